"""What `entente extract` prints for one article."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from app.schemas.base import SpanOut, Wire
from app.schemas.commitments import CommitmentOut
from app.schemas.entities import ArticleEntity
from app.schemas.statements import StatementOut


class ExtractedArticle(Wire):
    """An article and all facts found in it; offsets count code points of `text`."""

    id: str | int
    title: str
    published: date | None
    text: str
    extractor: str
    warnings: list[str]
    entities: list[ArticleEntity]
    statements: list[StatementOut]
    commitments: list[CommitmentOut]


class TableRowOut(Wire):
    """A row of a readable table that had a part in a fact."""

    table: str
    cells: dict[str, str] = Field(description="The row's cells that are not empty, by the table's headers.")


class ExplanationOut(Wire):
    """What made a fact."""

    fact: str = Field(description="Id of the entity, the statement or the commitment.")
    rule: str
    clause: SpanOut | None = Field(description="The words that the rule was applied to.")
    rows: list[TableRowOut]


class ExplainedArticle(ExtractedArticle):
    """What `entente extract --explain` prints: an article's facts, and what made each of them."""

    explanations: list[ExplanationOut]
