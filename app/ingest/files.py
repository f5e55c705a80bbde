"""Articles in files: which format a file is in, and one record after the other out of it.

A file is read in two steps, so that the second, which takes the time, can be done by other processes: `raw_records`
streams the bytes of record after record, and `read_raw` makes an article of one of them. What reads pages and archives
takes half a second to import, so it is imported where such a file is met.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from app.domain.article import Article
from app.ingest import markdown
from app.ingest.records import Record, UnreadableFile, UnreadableRecord, article_of, json_lines, read_record
from app.ingest.submission import BadField, cleaned, submission
from app.ingest.text import NotAnArticle, normalise, one_line

__all__ = [
    "FORMATS",
    "RawRecord",
    "UnreadableFile",
    "files_under",
    "is_packed",
    "raw_records",
    "read_files",
    "read_markdown",
    "read_raw",
]

FAILURES = ".failures.jsonl"
"""What a file ends in that holds what could not be loaded of another."""

FAULT = "fault"
"""The format of a record that is none: its content is in words why it cannot be read."""

RESULT = "result"
"""The format of a record that has its facts with it, as `extract-bulk` found them: JSON too."""

LONGEST_TITLE = 200
"""Characters of a first line of a plain text that is taken for its headline."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as it stands in a file, its format, and the address of a page.

    The format is "json", "markdown", "text", "html", `RESULT` or `FAULT`.
    """

    path: Path
    line: int
    format: str
    content: bytes
    url: str | None = None


def read_files(path: Path) -> Iterator[Record | UnreadableFile]:
    """Read every article of a file, or of the files in a folder and below it, cleaned, in a steady order.

    What cannot be read is yielded in its place, and the rest goes on.
    """
    for file in files_under(path):
        for raw in raw_records(file):
            yield raw if isinstance(raw, UnreadableFile) else read_raw(raw)


def read_markdown(path: Path) -> Article:
    """Read the one article of a Markdown file with front matter. Raises `UnreadableFile`."""
    (raw,) = raw_records(path)
    found = raw if isinstance(raw, UnreadableFile) else read_raw(raw)
    if isinstance(found, UnreadableFile):
        raise found
    return found.article


def files_under(path: Path) -> list[Path]:
    """List the file itself, or those in a folder and below it whose names end like one of `FORMATS`, sorted.

    Hidden ones and records of failed loads are not among them.
    """
    if not path.is_dir():
        return [path]
    found = (file for file in path.rglob("*") if _format(file) and file.is_file())
    return sorted(
        file
        for file in found
        if not file.name.endswith(FAILURES) and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def raw_records(path: Path) -> Iterator[RawRecord | UnreadableFile]:
    """Stream the records of one file. What stops the reading is the last thing yielded."""
    split = _format(path)
    try:
        if split is None:
            yield UnreadableFile(path, 1, f"unknown format; known are {', '.join(FORMATS)}")
        elif not path.stat().st_size:
            yield UnreadableFile(path, 1, "empty")
        else:
            yield from split(path)
    except OSError as error:
        yield UnreadableFile(path, 1, error.strerror or str(error))


def read_raw(raw: RawRecord) -> Record | UnreadableFile:
    """Make an article of a record, cleaned."""
    if raw.format == "json":
        return read_record(raw.content, raw.path, raw.line, _article_of)
    if raw.format == FAULT:
        return UnreadableFile(raw.path, raw.line, raw.content.decode())
    if raw.format == RESULT:
        return _with_facts(raw)
    try:
        if raw.format == "html":
            from app.ingest.html import read_html

            return Record(read_html(raw.content, raw.url), line=raw.line)
        return Record(_front_mattered(raw), line=raw.line)
    except (NotAnArticle, BadField) as refusal:
        return _refusal(raw, raw.line, refusal.reason)
    except markdown.BadFrontMatter as refusal:
        return _refusal(raw, refusal.line, refusal.reason)


def _with_facts(raw: RawRecord) -> Record | UnreadableFile:
    from app.schemas.results import NotResults, result_of

    row = orjson.loads(raw.content)
    try:
        result = result_of(row, row["entities"], row["statements"], row["commitments"])
    except NotResults as refusal:
        return UnreadableFile(raw.path, raw.line, str(refusal))
    if normalise(result.article.text) != result.article.text:
        reason = "its text is not as Entente cleans texts, and its facts point into it; load it without --facts"
        return UnreadableFile(raw.path, raw.line, reason)
    return Record(result.article, line=raw.line, facts=result.facts)


def _article_of(fields: Mapping[str, object]) -> Article:
    """As `article_of`; a whole text file may stand in a record too (``document``), as failed loads keep it."""
    document, kind = fields.get("document"), fields.get("format")
    if not isinstance(document, str) or kind not in ("markdown", "text"):
        return article_of(fields)
    try:
        return _front_mattered(RawRecord(Path(), 1, str(kind), document.encode("utf-8", "surrogatepass")))
    except markdown.BadFrontMatter as refusal:
        raise NotAnArticle(f"line {refusal.line} of the document: {refusal.reason}") from None


def _refusal(raw: RawRecord, line: int, reason: str) -> UnreadableFile:
    if raw.url is None:
        return UnreadableFile(raw.path, line, reason)
    page = orjson.dumps({"url": raw.url, "html": raw.content.decode("utf-8", "replace")})
    return UnreadableRecord(raw.path, line, reason, page)


def _front_mattered(raw: RawRecord) -> Article:
    text = _decoded(raw.content)
    front, body = markdown.split(text)
    title = front.values.get("title") or None
    if title is None:
        title, body = markdown.heading(body) if raw.format == "markdown" else _headline(body)
    if not title:
        raise markdown.BadFrontMatter(1, "no title: the front matter must give one, as in `title: …`")
    try:
        words = markdown.plain(body) if raw.format == "markdown" else body
        return cleaned(submission(words, {**front.values, "title": title}))
    except BadField as refusal:
        raise markdown.BadFrontMatter(front.lines[refusal.name], refusal.reason) from None
    except NotAnArticle as refusal:
        raise markdown.BadFrontMatter(front.body_line, refusal.reason) from None


def _decoded(content: bytes) -> str:
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        if marked:
            raise markdown.BadFrontMatter(1, f"not UTF-16, though it is marked as such: {error.reason}") from None
        line = content.count(b"\n", 0, error.start) + 1
        raise markdown.BadFrontMatter(line, f"not UTF-8: byte 0x{content[error.start]:02x}") from None
    if not text.strip():
        raise markdown.BadFrontMatter(1, "empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _headline(body: str) -> tuple[str | None, str]:
    """Take the first line of a plain text for its headline where it is short and ends like none."""
    first, _, rest = body.lstrip().partition("\n")
    title = one_line(first)
    return (title, rest) if rest.strip() and len(title) <= LONGEST_TITLE and title[-1:] not in ".!:;," else (None, body)


def _whole(name: str) -> Callable[[Path], Iterator[RawRecord]]:
    def split(path: Path) -> Iterator[RawRecord]:
        yield RawRecord(path, 1, name, path.read_bytes())

    return split


def _json(path: Path) -> Iterator[RawRecord | UnreadableFile]:
    content = path.read_bytes()
    try:
        found = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        yield UnreadableFile(path, error.lineno, f"not JSON: {error.msg}")
        return
    for number, record in enumerate(found if isinstance(found, list) else [found], 1):
        yield RawRecord(path, number, "json", orjson.dumps(record))


def _json_lines(path: Path) -> Iterator[RawRecord]:
    with path.open("rb") as stream:
        for line, content in json_lines(stream):
            yield RawRecord(path, line, "json", content)


def _packed_json_lines(path: Path) -> Iterator[RawRecord | UnreadableFile]:
    line = 0
    try:
        with gzip.open(path) as stream:
            for line, content in json_lines(stream):
                yield RawRecord(path, line, "json", content)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        yield UnreadableFile(path, line + 1, f"the packed file is damaged or cut short: {error}")


def _parquet(path: Path) -> Iterator[RawRecord | UnreadableFile]:
    from app.ingest.archives import UnreadableArchive, rows_of_parquet

    try:
        for row, found in rows_of_parquet(path):
            yield raw_row(path, row, found)
    except UnreadableArchive as refusal:
        yield UnreadableFile(path, refusal.record, refusal.reason)


def raw_row(path: Path, row: int, found: bytes | str) -> RawRecord:
    """A row of Parquet, or why it cannot be read, as a record."""
    return (
        RawRecord(path, row, "json", found) if isinstance(found, bytes) else RawRecord(path, row, FAULT, found.encode())
    )


def _warc(path: Path) -> Iterator[RawRecord | UnreadableFile]:
    from app.ingest.archives import UnreadableArchive, pages_of_warc

    try:
        for number, url, content in pages_of_warc(path):
            yield RawRecord(path, number, "html", content, url)
    except UnreadableArchive as refusal:
        yield UnreadableFile(path, refusal.record, refusal.reason)


FORMATS: dict[str, Callable[[Path], Iterator[RawRecord | UnreadableFile]]] = {
    ".md": _whole("markdown"),
    ".txt": _whole("text"),
    ".html": _whole("html"),
    ".htm": _whole("html"),
    ".json": _json,
    ".jsonl": _json_lines,
    ".jsonl.gz": _packed_json_lines,
    ".parquet": _parquet,
    ".warc": _warc,
    ".warc.gz": _warc,
}
"""What a file's name ends in, and how its records are taken apart."""


def is_packed(path: Path) -> bool:
    """Whether the file's size says nothing of how much is read of it at a time."""
    return path.name.lower().endswith((".gz", ".parquet", ".warc"))


def _format(path: Path) -> Callable[[Path], Iterator[RawRecord | UnreadableFile]] | None:
    name = path.name.lower()
    return next((split for ending, split in FORMATS.items() if name.endswith(ending)), None)
