"""Articles as records: one JSON object each, in JSON Lines or in an array."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from app.domain.article import Article
from app.domain.facts import Facts
from app.ingest.submission import BadField, as_given, cleaned, submission
from app.ingest.text import NotAnArticle

_NOT_ASKED = frozenset({"home_page", "url", "summary"})
"""Fields that neither the extraction reads nor its output prints, so that no fault in them costs a record its facts."""


@dataclass(frozen=True, slots=True)
class Record:
    """An article, and the id that its record gave it, unchanged.

    ``line`` is where it stands in its file, from 1: a line, a row of Parquet, a record of a web archive. ``facts`` are
    those that came with it.
    """

    article: Article
    id: str | int | None = None
    line: int = 1
    facts: Facts | None = None


class UnreadableFile(ValueError):
    """A file that holds no article: where, and why. Lines count from 1."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(path, line, reason)
        self.path = path
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


class UnreadableRecord(UnreadableFile):
    """One record of a file that holds no article, the record with it; those around it are not touched."""

    def __init__(self, path: Path, line: int, reason: str, record: bytes = b"") -> None:
        super().__init__(path, line, reason)
        self.args = (path, line, reason, record)
        self.record = record


def article_of(fields: Mapping[str, object]) -> Article:
    """Make an article of a record's fields: of its page (``html``) where it has one, else of its text, cleaned.

    Raises `BadField` and `NotAnArticle`.
    """
    return cleaned(submission(fields.get("text"), fields)) if fields.get("html") is None else _page(fields, fields)


def read_records(stream: Iterable[bytes], name: str | Path) -> Iterator[Record | UnreadableRecord]:
    """Read JSON Lines record by record, each ``text`` exactly as given: offsets into it are offsets into the input.

    A record is an object of ``text`` and, where known, ``id`` and the fields of a submission; other fields are passed
    over; a page (``html``, and its ``url``) may stand for the text. No text is refused for its length or language.
    ``name`` stands for the stream in what cannot be read.
    """
    for line, content in json_lines(stream):
        yield read_record(content, Path(name), line, _as_given)


def json_lines(stream: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Number the lines that are not blank, from 1."""
    for line, content in enumerate(stream, 1):
        if stripped := content.removeprefix(b"\xef\xbb\xbf").strip():
            yield line, stripped


def read_record(
    content: bytes, path: Path, line: int, take: Callable[[Mapping[str, object]], Article] = article_of
) -> Record | UnreadableRecord:
    """Read one JSON object; ``take`` makes the article of its fields."""
    try:
        fields = orjson.loads(content)
        if not isinstance(fields, dict):
            raise BadField("the record", "is not a JSON object")
        identifier = fields.get("id")
        if not isinstance(identifier, str | int | None) or isinstance(identifier, bool):
            raise BadField("id", "must be a string or a whole number")
        article = take(fields)
        return Record(article, identifier, line)
    except orjson.JSONDecodeError as error:
        reason = f"not JSON: {error.msg} at column {error.colno}"
    except (BadField, NotAnArticle) as error:
        reason = error.reason
    return UnreadableRecord(path, line, reason, content)


def _as_given(fields: Mapping[str, object]) -> Article:
    asked = {name: value for name, value in fields.items() if name not in _NOT_ASKED}
    if fields.get("html") is not None:
        return _page(fields, asked)
    return as_given(submission(asked.get("text"), asked))


def _page(fields: Mapping[str, object], said: Mapping[str, object]) -> Article:
    from app.ingest.html import read_html

    page, url = fields["html"], fields.get("url")
    if not isinstance(page, str):
        raise BadField("html", "must be a string")
    if not isinstance(url, str | None):
        raise BadField("url", "must be a string")
    return read_html(page, url, said=said)
