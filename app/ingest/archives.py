"""Records of Parquet files and web archives, as bytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

ROWS_AT_ONCE = 256
LARGEST_PAGE = 16 * 1024 * 1024
"""Bytes, unpacked, of a page of a web archive; what is longer is cut there, as a page that unpacks without end is."""

_DAMAGED = (ArchiveLoadFailed, EOFError, AttributeError, ValueError, zlib.error)
"""What warcio raises of damaged records: where a header is missing or no number, it stumbles over that."""

_PAGES = ("text/html", "application/xhtml+xml")


class UnreadableArchive(ValueError):
    """A file that is damaged or no archive of its kind: at which record, from 1, and why."""

    def __init__(self, record: int, reason: str) -> None:
        super().__init__(record, reason)
        self.record = record
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of one row group of a Parquet file: ``first`` is the first one's number in the file, from 1.

    ``group`` numbers the row group from 0, and ``skipped`` rows of it come before the first.
    """

    group: int
    skipped: int
    first: int
    count: int


def rows_of_parquet(source: Path | IO[bytes], stretch: Stretch | None = None) -> Iterator[tuple[int, bytes | str]]:
    """Yield each row's number, from 1, and its columns as a JSON object, or in words why it cannot be read.

    Raises `UnreadableArchive`.
    """
    row = stretch.first - stretch.skipped - 1 if stretch else 0
    last = stretch.first + stretch.count - 1 if stretch else None
    try:
        with pq.ParquetFile(source) as file:
            groups = [stretch.group] if stretch else None
            for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, row_groups=groups):
                for n in range(batch.num_rows):
                    row += 1
                    if last is not None and row > last:
                        return
                    if stretch is None or row >= stretch.first:
                        yield row, _fields(batch.slice(n, 1))
    except (pa.ArrowException, OSError) as error:
        raise UnreadableArchive(row + 1, f"not readable as Parquet: {_first_line(error)}") from None


def _fields(row: pa.RecordBatch) -> bytes | str:
    try:
        (fields,) = row.to_pylist()
        return orjson.dumps(fields, default=str)
    except (UnicodeDecodeError, OverflowError, TypeError) as error:
        return f"a column of the row cannot be read: {error}"


def pages_of_warc(path: Path) -> Iterator[tuple[int, str | None, bytes]]:
    """Yield of each HTML page its record's number, from 1, its address, and its bytes. Raises `UnreadableArchive`.

    Answers other than 200, and what is not HTML, are passed over.
    """
    number = 0
    try:
        with path.open("rb") as stream:
            for number, record in enumerate(ArchiveIterator(stream), 1):
                headers = record.http_headers
                answered = record.rec_type == "response" and headers and headers.get_statuscode() == "200"
                kind = (headers if headers else record.rec_headers).get_header("Content-Type") or ""
                if (answered or record.rec_type == "resource") and kind.lower().startswith(_PAGES):
                    content = record.content_stream().read(LARGEST_PAGE)
                    yield number, record.rec_headers.get_header("WARC-Target-URI"), content
    except _DAMAGED as error:
        reason = _first_line(error) if isinstance(error, ArchiveLoadFailed | EOFError) else "a record is damaged"
        raise UnreadableArchive(number + 1, f"not readable as a web archive: {reason}") from None


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
