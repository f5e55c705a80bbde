"""What was looked for and found, as the service gives it."""

from __future__ import annotations

from pydantic import Field

from app.schemas.articles import ArticleListing
from app.schemas.base import Page, Wire


class Place(Wire):
    """Where a word that was looked for stands."""

    start: int = Field(ge=0, description="Offset of the first character, in Unicode code points.")
    end: int = Field(gt=0, description="Offset after the last character.")


class Snippet(Wire):
    """A passage of the article's text; all offsets count the whole text, so that `text[start:end]` is the passage."""

    start: int
    end: int
    text: str | None
    highlights: list[Place]


class FoundEvidence(Snippet):
    """Evidence of a commitment that has a word that was looked for."""

    commitment: str = Field(description="Id of the commitment.")
    sentence: int


class Hit(Wire):
    """An article with the words, and where they stand."""

    article: ArticleListing
    title_highlights: list[Place] = Field(description="Where the words stand in the title; offsets count the title.")
    snippets: list[Snippet] = Field(
        description="Passages that show the words; the beginning where none is in the text."
    )
    evidence: list[FoundEvidence] = Field(description="Evidence that has any of the words, in the order of the text.")


class Hits(Page[Hit]):
    """A page of what was found."""

    order: str = Field(description="`rank`: the best first; `newest`: very many articles have each of the words.")
