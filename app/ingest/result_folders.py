"""Folders with the results of bulk extraction: written table by table, and read back article by article."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from app.ingest.files import RESULT, RawRecord, UnreadableFile
from app.schemas.columns import arrow_schema, arrow_table
from app.schemas.results import TABLES

BYTES_AT_ONCE = 16 * 1024 * 1024
"""How much JSON is gathered before it is written as a row group."""

ROWS_AT_ONCE = 256
FIRST_TABLE = "articles.parquet"
"""The table that has a row for each article."""


class ResultWriter:
    """Writes the tables of one folder, which is there and empty. Nothing counts before `close`."""

    def __init__(self, folder: Path) -> None:
        self._paths = {name: folder / f"{name}.parquet" for name in TABLES}
        self._files = {
            name: pq.ParquetWriter(path, arrow_schema(TABLES[name]), compression="zstd")
            for name, path in self._paths.items()
        }
        self._waiting: dict[str, list[bytes]] = {name: [] for name in TABLES}
        self._size = 0

    def add(self, rows: Mapping[str, Sequence[bytes]]) -> None:
        """Add the rows of an article, each as JSON, by table."""
        for name, more in rows.items():
            self._waiting[name] += more
            self._size += sum(map(len, more))
        if self._size >= BYTES_AT_ONCE:
            self._write()

    def close(self) -> None:
        """Write what waits, and have it on the disk."""
        self._write()
        for name, file in self._files.items():
            file.close()
            with self._paths[name].open("rb") as written:
                os.fsync(written.fileno())

    def _write(self) -> None:
        for name, items in self._waiting.items():
            if items:
                self._files[name].write_table(arrow_table(TABLES[name], items))
                items.clear()
        self._size = 0


def result_files(given: Path) -> list[Path]:
    """The tables of articles in a folder and below it, sorted; what is not done is hidden, and not among them."""
    found = given.rglob(FIRST_TABLE)
    return sorted(f for f in found if not any(part.startswith(".") for part in f.relative_to(given).parts))


def result_records(path: Path) -> Iterator[RawRecord | UnreadableFile]:
    """Stream the articles of one folder, each with its facts. What stops the reading is the last thing yielded.

    Rows of one article stand together in every table, in the order of the articles, as many as it counts.
    """
    row = 0
    try:
        tables = {name: _rows(path.with_name(f"{name}.parquet")) for name in TABLES}
        for row, article in enumerate(tables.pop("articles"), 1):
            facts = {name: [next(rows) for _ in range(article["counts"][name])] for name, rows in tables.items()}
            strangers = {fact["article"] for found in facts.values() for fact in found} - {article["id"]}
            if strangers:
                yield UnreadableFile(path, row, f"the tables beside it have facts of {min(strangers)} in its place")
                return
            yield RawRecord(path, row, RESULT, orjson.dumps(article | facts))
    except (pa.ArrowException, OSError) as error:
        yield UnreadableFile(path, row + 1, f"not readable as Parquet: {str(error).strip().partition(chr(10))[0]}")
    except (KeyError, TypeError) as error:
        yield UnreadableFile(path, row + 1, f"not a table of results: it lacks the column {error}")
    except StopIteration:
        yield UnreadableFile(path, row + 1, "the tables beside it end before the facts of this article")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
            yield from batch.to_pylist()
