"""Forms that a list can be had in: which one is asked for, and how each is written, piece by piece."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import orjson
from fastapi import Request

from app.schemas.accept import weight_of
from app.schemas.base import Wire
from app.schemas.columns import arrow_schema, arrow_table, column_names, flat_row


class Format(StrEnum):
    """JSON, the whole list as a file, or JSON-LD of an article and its facts."""

    JSON = "json"
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    JSONLD = "jsonld"


FILES = (Format.CSV, Format.JSONL, Format.PARQUET)
"""The formats of whole lists."""

MEDIA_TYPES = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv",
    Format.JSONL: "application/jsonl",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.JSONLD: "application/ld+json",
}
SYNONYMS = {
    "application/x-ndjson": Format.JSONL,
    "application/ndjson": Format.JSONL,
    "application/jsonlines": Format.JSONL,
    "application/x-parquet": Format.PARQUET,
}
"""Other names that clients give the same formats."""

ROWS_AT_ONCE = 1000
"""Items that are written together: a row group of Parquet has five times as many."""


def accepted(request: Request, *others: Format) -> Format:
    """What the client would rather have, JSON or one of the others, by its `Accept` header; JSON where it is silent."""
    given = b",".join([value for name, value in request.scope["headers"] if name == b"accept"]).decode("latin-1")
    if given in ("", "*/*"):
        return Format.JSON
    names = {media_type: name for name, media_type in MEDIA_TYPES.items()} | SYNONYMS
    offered = {media_type: name for media_type, name in names.items() if name in (Format.JSON, *others)}
    best, best_weight = Format.JSON, 0.0
    for part in given.split(","):
        media_type, _, rest = part.partition(";")
        found = offered.get(media_type.strip().lower())
        if media_type.strip() in ("*/*", "application/*"):
            found = Format.JSON
        weight = weight_of(rest)
        if found and weight > best_weight:
            best, best_weight = found, weight
    return best


def jsonl(items: Iterable[bytes], model: type[Wire]) -> Iterator[bytes]:
    """One item a line."""
    for batch in _batches(items, ROWS_AT_ONCE):
        yield b"\n".join(batch) + b"\n"


def as_csv(items: Iterable[bytes], model: type[Wire]) -> Iterator[bytes]:
    """RFC 4180 with a header, in UTF-8; what is below an item is in columns of its own, several values parted by `; `.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV Injection").
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(column_names(model))
    for batch in _batches(items, ROWS_AT_ONCE):
        writer.writerows([_harmless(cell) for cell in flat_row(model, orjson.loads(item))] for item in batch)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()


def _harmless(cell: object) -> object:
    is_formula = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{cell}" if is_formula else cell


def parquet(items: Iterable[bytes], model: type[Wire]) -> Iterator[bytes]:
    """Parquet with the columns that the items have as JSON, nested ones too."""
    import pyarrow
    import pyarrow.parquet

    schema = arrow_schema(model)
    written = _Written()
    with pyarrow.parquet.ParquetWriter(pyarrow.PythonFile(written, mode="w"), schema, compression="zstd") as writer:
        for batch in _batches(items, 5 * ROWS_AT_ONCE):
            writer.write_table(arrow_table(model, batch))
            yield written.take()
    yield written.take()


class _Written(io.RawIOBase):
    """A file that is read while it is written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._length = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._length += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._length

    def take(self) -> bytes:
        """What was written since."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


WRITERS: Mapping[Format, Callable[[Iterable[bytes], type[Wire]], Iterator[bytes]]] = {
    Format.CSV: as_csv,
    Format.JSONL: jsonl,
    Format.PARQUET: parquet,
}
"""How a list's items, each as JSON, are written as a file, by its format."""


def _batches(items: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
