"""Statements as the service gives them."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from app.domain.statement import StatementForm
from app.schemas.base import SpanOut, SpeakerOut, Wire


class StatementOut(Wire):
    """What a source is reported to say."""

    id: str
    form: StatementForm
    nested_in: str | None = Field(description="Id of the statement that reports this one.")
    speakers: list[SpeakerOut]
    cue: list[SpanOut] = Field(description="The reporting words.")
    content: list[SpanOut] = Field(description="What is said.")


class FactLinks(Wire):
    """Where the fact and its article are."""

    self: str
    article: str


class StoredStatement(StatementOut):
    """A statement, and the article that it stands in."""

    article: str = Field(description="Id of the article.")
    published: date | None
    extractor: str
    links: FactLinks
