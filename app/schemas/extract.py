"""What `entente extract` prints for one article."""

from __future__ import annotations

from datetime import date

from app.schemas.base import Wire
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
