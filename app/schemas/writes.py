"""What is handed in."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from app.schemas.base import DayIn, Wire

Line = Annotated[str, StringConstraints(max_length=2000)]

EXAMPLE = {
    "title": "Harbour talks",
    "text": "Fiji and Peru agreed on Monday to train their navies together, a spokesman said.",
    "source": "Bay News",
    "published": "2025-01-05",
    "url": "https://bay.example/harbour-talks",
}


class ArticleIn(Wire):
    """An article: its text, or its page's HTML, or nothing but the address to fetch it from."""

    text: str | None = Field(None, description="Plain text, its paragraphs separated by blank lines.")
    html: str | None = Field(None, description="The page that holds the article, instead of its text.")
    url: Line | None = Field(None, description="Where the article was published; alone, it is fetched from there.")
    title: Line | None = Field(None, description="The headline. Of a page, this and the following win over its own.")
    summary: Line | None = Field(None, description="The standfirst.")
    source: Line | None = Field(None, description="The outlet's name; else the page's own, or the host of `url`.")
    home_page: Line | None = Field(None, description="The outlet's home page.")
    published: DayIn | None = Field(None, description="The day of publication; relative dates are counted from it.")
    language: Line | None = Field(None, description="BCP 47 tag; else found out.")

    @model_validator(mode="after")
    def _one_content(self) -> Self:
        if self.text is not None and self.html is not None:
            raise ValueError("text and html exclude one another: hand in the article's text or its page")
        if self.text is None and self.html is None and self.url is None:
            raise ValueError("one of text, html and url is required")
        return self

    def fields(self) -> dict[str, object]:
        """The fields that are set, as files and records have them."""
        given: dict[str, object] = self.model_dump(mode="json", exclude_none=True)
        return given
