"""An article as it is handed in, by a file, a record or a request, and the two ways to take it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from app.domain.article import Article, Source
from app.ingest.text import clean, normalise, one_line
from app.language.english import is_english

UNDETERMINED = "und"
"""The BCP 47 tag of a text in a language that nobody named and that is not English (ISO 639-2)."""

FIELDS = ("title", "summary", "source", "home_page", "published", "url", "language")
"""What may be said of an article besides its text: headline, standfirst, the outlet's name and home page, the day of
publication (``2024-08-08``), the page's address, and a BCP 47 language tag."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class BadField(ValueError):
    """A field that cannot be used: its name, and in words what it holds and what is wanted."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = f"{name} {reason}"

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Submission:
    """A text and what is said of it, before any cleaning; ``language`` is None where nobody says."""

    text: str
    title: str = ""
    summary: str | None = None
    published: date | None = None
    sources: tuple[Source, ...] = ()
    language: str | None = None


def submission(text: object, fields: Mapping[str, object]) -> Submission:
    """Check a text and its fields; those that `FIELDS` lacks are passed over. Raises `BadField`."""
    if not isinstance(text, str):
        raise BadField("text", "must be a string" if text is not None else "is missing; it is the one field required")
    words = {name: _words(name, fields.get(name)) for name in FIELDS if name != "published"}
    return Submission(
        text=text,
        title=words["title"] or "",
        summary=words["summary"],
        published=_day(fields.get("published")),
        sources=outlets(words["source"], words["home_page"], words["url"]),
        language=_language(words["language"]),
    )


def as_given(handed_in: Submission) -> Article:
    """Take an article with its text exactly as it is, character for character, whatever it holds."""
    return Article(
        text=handed_in.text,
        title=handed_in.title,
        summary=handed_in.summary,
        published=handed_in.published,
        sources=handed_in.sources,
        language=handed_in.language or language_of(handed_in.text),
    )


def cleaned(handed_in: Submission) -> Article:
    """Take an article with its text normalised and its furniture gone. Raises `NotAnArticle`.

    What is said of it wins over what the text was found to say: standfirst, day of publication.
    """
    found = clean(handed_in.text, handed_in.title, handed_in.sources)
    return Article(
        text=found.text,
        title=found.title,
        summary=normalise(handed_in.summary or "") or found.summary,
        published=handed_in.published or found.published,
        sources=handed_in.sources,
        language=handed_in.language or language_of(found.text),
    )


def outlets(name: str | None, home_page: str | None, url: str | None) -> tuple[Source, ...]:
    """Name the outlet, by the host of its address where nobody named it. Raises `BadField`."""
    for field, address in (("home_page", home_page), ("url", url)):
        if address and not host_of(address):
            raise BadField(field, f"is {address!r}; an address that begins with http:// or https:// is wanted")
    called = one_line(name or "") or host_of(url or home_page or "")
    return (Source(called, home_page, url),) if called else ()


def language_of(text: str) -> str:
    """``en`` where a text reads like English, else ``und``: no other language is told apart."""
    return "en" if is_english(text) else UNDETERMINED


def host_of(address: str) -> str | None:
    """The host of a web address; None where it is no address, or not of the web."""
    try:
        parts = urlsplit(address)
        return parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:  # brackets that hold no IPv6 address
        return None


def _words(name: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise BadField(name, f"must be a string, not {type(value).__name__}")
    return value.strip() or None if value else None


def _day(value: object) -> date | None:
    given = _words("published", value)
    try:
        return datetime.fromisoformat(given).date() if given else None
    except ValueError:
        raise BadField("published", f"is {given!r}; a day such as 2024-08-08 is wanted") from None


def _language(tag: str | None) -> str | None:
    if tag and not _LANGUAGE.fullmatch(tag):
        raise BadField("language", f"is {tag!r}; a BCP 47 tag such as en or pt-BR is wanted")
    return tag
