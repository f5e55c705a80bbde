"""What bulk extraction is to read: Parquet files on a disk or in an object store, and the pieces they fall into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from app.ingest.archives import Stretch

PIECE_ROWS = 1000
"""Articles that an actor takes at once: half a minute of work, so that little is lost with a machine."""

LOOKS_AT_ONCE = 16
"""Footers that are read at the same time: an object store takes its time over each."""

_ENDING = ".parquet"


class NoInputs(ValueError):
    """There is nothing to read; the message says where."""


@dataclass(frozen=True, slots=True)
class BulkInput:
    """A Parquet file: where it is, and below the common folder of all inputs its name, without the ending."""

    uri: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one file, all of one row group; fields as in `Stretch`."""

    uri: str
    name: str
    group: int
    skipped: int
    first: int
    count: int

    @property
    def stretch(self) -> Stretch:
        """Which rows."""
        return Stretch(self.group, self.skipped, self.first, self.count)

    @property
    def label(self) -> str:
        """Its first and its last row, which name its folder."""
        return f"{self.first:010}-{self.first + self.count - 1:010}"


@dataclass(frozen=True, slots=True)
class Looked:
    """A file and the pieces that it falls into, or in words why it cannot be read."""

    input: BulkInput
    pieces: tuple[Piece, ...] = ()
    fault: str | None = None


def find_inputs(pattern: str) -> list[BulkInput]:
    """The files that a path or the URI of an object store stands for, sorted. Raises `NoInputs`.

    It names a file, a folder (all `*.parquet` in and below it), or has wildcards: `*` within a name, `**` across
    folders.
    """
    base, wanted, query = _taken_apart(pattern)
    try:
        filesystem, root = pafs.FileSystem.from_uri(base + query)
        info = filesystem.get_file_info(root)
        if not wanted and info.type == pafs.FileType.File:
            return [BulkInput(base + query, _name(info.base_name), info.size)]
        listed = filesystem.get_file_info(pafs.FileSelector(root, recursive=True, allow_not_found=True))
    except (pa.ArrowException, OSError) as error:
        raise NoInputs(f"{pattern} cannot be looked into: {error}") from None
    matching = re.compile(_as_regex(wanted or f"**/*{_ENDING}"))
    found = []
    for each in listed:
        below = each.path[len(root.rstrip("/")) + 1 :]
        hidden = any(part.startswith(".") for part in below.split("/"))
        if each.type == pafs.FileType.File and not hidden and matching.fullmatch(below):
            found.append(BulkInput(f"{base.rstrip('/')}/{below}{query}", _name(below), each.size))
    if not found:
        raise NoInputs(f"{pattern}: there are no such files")
    return sorted(found, key=lambda each: each.name)


def look(inputs: list[BulkInput]) -> Iterator[Looked]:
    """Read each file's footer, in order, and take the file apart."""
    with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
        yield from pool.map(_look, inputs)


def open_input(uri: str) -> pa.NativeFile:
    """The file, to be read anywhere in it. Raises `OSError` and `pyarrow.ArrowException`."""
    filesystem, path = pafs.FileSystem.from_uri(uri)
    return filesystem.open_input_file(path)


def _look(given: BulkInput) -> Looked:
    try:
        with open_input(given.uri) as stream, pq.ParquetFile(stream) as file:
            columns = file.schema_arrow.names
            rows = [file.metadata.row_group(n).num_rows for n in range(file.metadata.num_row_groups)]
    except (pa.ArrowException, OSError) as error:
        return Looked(given, fault=f"not readable as Parquet: {str(error).strip().partition(chr(10))[0]}")
    if not {"text", "html"} & set(columns):
        return Looked(given, fault=f"it has neither a column text nor a column html, but {', '.join(columns)}")
    return Looked(given, tuple(_pieces(given, rows)))


def _pieces(given: BulkInput, group_rows: list[int]) -> Iterator[Piece]:
    before = 0
    for group, rows in enumerate(group_rows):
        for skipped in range(0, rows, PIECE_ROWS):
            count = min(PIECE_ROWS, rows - skipped)
            yield Piece(given.uri, given.name, group, skipped, before + skipped + 1, count)
        before += rows


def _taken_apart(pattern: str) -> tuple[str, str, str]:
    """The folder or file before the first wildcard, what is wanted below it, and the query of a URI."""
    query = ""
    if "://" in pattern:
        parts = urlsplit(pattern)
        query = f"?{parts.query}" if parts.query else ""
        pattern = urlunsplit(parts._replace(query="", fragment=""))
    else:
        pattern = str(Path(pattern).absolute())
    fixed, wildcard, _ = pattern.partition("*")
    if not wildcard:
        return pattern, "", query
    base, _, _ = fixed.rpartition("/")
    return base or "/", pattern[len(base) + 1 :], query


def _as_regex(wanted: str) -> str:
    """`**/` stands for any folders or none, `*` for anything within a name."""
    pieces = re.split(r"(\*\*/|\*\*|\*)", wanted)
    return "".join({"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}.get(piece, re.escape(piece)) for piece in pieces)


def _name(path: str) -> str:
    return path.removesuffix(_ENDING)
