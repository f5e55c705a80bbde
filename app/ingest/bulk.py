"""Loading many files: workers read them and extract their facts, one writer stores them in batches, in order.

Loading again what was loaded in part goes on where that stopped: what is in the store is known by its text, and known
texts are not extracted again. A batch is stored whole or not at all, so that a process may be killed at any time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from app.ingest.failures import FailuresFile
from app.ingest.files import RawRecord, UnreadableFile, files_under, is_packed, raw_records
from app.ingest.pipeline import prepare_anew, prepared_in_order
from app.ingest.prepared import Outcome, Prepared, Refused, store_all
from app.ingest.result_folders import result_files, result_records
from app.ingest.workers import Workers
from app.store.database import Database

CHUNK_RECORDS = 16
CHUNK_BYTES = 256 * 1024
"""What one task of a worker holds at most: enough that passing it on costs nothing, little enough to be spread."""

CHUNKS_AHEAD = 4
"""Tasks for each worker that wait or are done before the writer needs them."""

BATCH_ARTICLES = 512
BATCH_SECONDS = 1.0
"""After how many articles, or after how long, what was prepared is stored."""


@dataclass(slots=True)
class Tally:
    """How far a load has come. ``bytes`` counts those of the inputs, of packed files only once they are done."""

    bytes_in_all: int = 0
    bytes: int = 0
    new: int = 0
    known: int = 0
    refused: int = 0
    file: Path | None = None
    failures: list[Path] = field(default_factory=list)

    @property
    def settled(self) -> int:
        """Articles that are stored, known or refused."""
        return self.new + self.known + self.refused


Watch = Callable[[Tally], None]
"""Is told after every batch."""


@dataclass(frozen=True, slots=True)
class InputForm:
    """Which files an input has, and how a file is taken apart."""

    files: Callable[[Path], list[Path]]
    records: Callable[[Path], Iterator[RawRecord | UnreadableFile]]


ARTICLES = InputForm(files_under, raw_records)
"""Articles in any format, whose facts are to be extracted."""

RESULTS = InputForm(result_files, result_records)
"""Articles that have their facts with them, as `extract-bulk` writes them."""


def load_inputs(
    database: Database, workers: Workers, inputs: Sequence[Path], watch: Watch, form: InputForm = ARTICLES
) -> Tally:
    """Load files, or the files in folders. What is refused is written beside each input. Raises `StoreError`."""
    files = {given: form.files(given) for given in inputs}
    tally = Tally(bytes_in_all=sum(_size(file) for file in chain.from_iterable(files.values())))
    for given in inputs:
        with FailuresFile(given) as failures:
            before = tally.refused
            _Load(database, workers, failures, tally, watch).run(_chunks(files[given], form))
            if tally.refused > before:
                tally.failures.append(failures.path)
    return tally


@dataclass(slots=True)
class _Chunk:
    """Records of one file, or the fault that ended its reading, and how many bytes of the file they are."""

    file: Path
    records: list[RawRecord] = field(default_factory=list)
    fault: UnreadableFile | None = None
    size: int = 0

    @property
    def is_full(self) -> bool:
        return len(self.records) >= CHUNK_RECORDS or self.size >= CHUNK_BYTES


@dataclass(slots=True)
class _Load:
    """One input on its way into the store."""

    database: Database
    workers: Workers
    failures: FailuresFile
    tally: Tally
    watch: Watch
    batch: list[tuple[RawRecord, Prepared]] = field(default_factory=list)
    stored_at: float = field(default_factory=time.monotonic)

    def run(self, chunks: Iterator[_Chunk]) -> None:
        ahead = CHUNKS_AHEAD * self.workers.staff.workers
        for chunk, outcomes in prepared_in_order(self.workers, chunks, ahead):
            self._take(chunk.records, outcomes)
            if chunk.fault:
                self._refuse(chunk.file, Refused(chunk.fault.line, chunk.fault.reason))
            self.tally.bytes += chunk.size
            self.tally.file = chunk.file
            if len(self.batch) >= BATCH_ARTICLES or time.monotonic() - self.stored_at > BATCH_SECONDS:
                self._store()
        self._store()

    def _take(self, records: Sequence[RawRecord], outcomes: Sequence[Outcome]) -> None:
        for raw, outcome in zip(records, outcomes, strict=True):
            if isinstance(outcome, Refused):
                self._refuse(raw.path, outcome, raw)
            else:
                self.batch.append((raw, outcome))

    def _refuse(self, path: Path, refused: Refused, raw: RawRecord | None = None) -> None:
        self.failures.add(path, refused.line, refused.reason, raw)
        self.tally.refused += 1

    def _store(self) -> None:
        stored, anew = self._in_transaction()
        self.batch, self.stored_at = [], time.monotonic()
        self.tally.new += sum(stored)
        self.tally.known += len(stored) - sum(stored)
        if anew:
            self._take(anew, prepare_anew(self.workers, anew))
            self._store()
        self.watch(self.tally)

    def _in_transaction(self) -> tuple[list[bool], list[RawRecord]]:
        """Store the batch: for each article whether it is new; and the records that must be prepared anew."""
        stored: list[bool] = []
        anew: list[RawRecord] = []
        if not self.batch:
            return stored, anew
        with self.database.write() as connection:
            done = store_all(connection, [prepared for _, prepared in self.batch])
        for (raw, _), kept in zip(self.batch, done, strict=True):
            if kept is None:
                anew.append(raw)
            else:
                stored.append(kept.created)
        return stored, anew


def _chunks(files: Iterable[Path], form: InputForm) -> Iterator[_Chunk]:
    for file in files:
        packed, size = is_packed(file), _size(file)
        counted = 0
        chunk = _Chunk(file)
        for found in form.records(file):
            if isinstance(found, UnreadableFile):
                chunk.fault = found
                break
            chunk.records.append(found)
            if not packed:
                read = min(len(found.content) + 1, size - counted)
                chunk.size += read
                counted += read
            if chunk.is_full:
                yield chunk
                chunk = _Chunk(file)
        chunk.size += size - counted
        yield chunk


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
