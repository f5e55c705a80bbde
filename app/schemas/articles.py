"""Articles as the service gives them."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from app.schemas.base import Wire


class SourceOut(Wire):
    """An outlet that carried the article."""

    name: str
    home_page: str | None
    url: str | None


class FactCounts(Wire):
    """How many facts the article holds."""

    sentences: int
    entities: int
    mentions: int
    statements: int
    commitments: int


class ArticleLinks(Wire):
    """Where the article and its facts are."""

    self: str
    entities: str
    mentions: str
    statements: str
    commitments: str
    same_story: str

    @classmethod
    def of(cls, article: str) -> ArticleLinks:
        """The links of the article with this id."""
        parts = ("entities", "mentions", "statements", "commitments")
        paths = {part: f"/articles/{article}/{part}" for part in parts}
        return cls(self=f"/articles/{article}", same_story=f"/articles/{article}/same-story", **paths)


class ArticleListing(Wire):
    """An article without its text, as lists give it."""

    id: str
    title: str
    summary: str | None = Field(description="The standfirst.")
    published: date | None
    sources: list[SourceOut]
    language: str = Field(description="BCP 47 tag.")
    word_count: int
    reading_minutes: int
    content_hash: str = Field(description="SHA-256 of the normalised text, in hexadecimal digits.")
    ingested_at: datetime
    extractor: str = Field(description="Name and version of what found the facts.")
    warnings: list[str] = Field(description="What the extractor could not do.")
    counts: FactCounts
    links: ArticleLinks


class ArticleOut(ArticleListing):
    """One article with its text."""

    text: str | None = Field(description="Paragraphs separated by one blank line; all offsets count its code points.")


class Telling(Wire):
    """Another article that tells the same story in much the same words."""

    similarity: float = Field(description="Estimated share of runs of three words that both have, 0.6 to 1.")
    article: ArticleListing
