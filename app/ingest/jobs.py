"""Many articles handed in at once: taken into the store as they come, and worked off behind the requests."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from anyio import CancelScope, to_thread
from sqlalchemy import Connection

from app.ingest import job_queue
from app.ingest.files import RawRecord
from app.ingest.job_queue import Pulse
from app.ingest.pipeline import prepare_anew, prepared_in_order
from app.ingest.prepared import Outcome, Prepared, Refused, store_all
from app.ingest.records import json_lines
from app.ingest.workers import TaskFailed, Workers
from app.store import jobs
from app.store.database import Database, StoreError

ResultT = TypeVar("ResultT")

log = logging.getLogger("entente.jobs")

RECORDS_AT_ONCE = 500
BYTES_AT_ONCE = 4 * 1024 * 1024
"""How many records are taken in, and how long they may be together, before they are written."""

CHUNK_RECORDS = 4
CHUNKS_AHEAD = 2
"""Records in one task of a worker, and tasks for each worker: few, so that single articles need not wait for many."""

LOOK_SECONDS = 2.0
"""How often the store is asked for jobs that another process took in."""

_SOURCE = Path("job")
_PULSE = Pulse()
_EVERY_LINE = (0, 2**62)


class NoRecords(ValueError):
    """A job without a single record."""


class RecordTooLong(ValueError):
    """A line that is longer than an article may be; the message names it."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    records: Sequence[RawRecord]


class Inbox:
    """Takes jobs in."""

    def __init__(self, database: Database, queued: Callable[[], None] | None = None) -> None:
        """``queued`` is called after a job was taken in, where whoever works it off can be told."""
        self._database = database
        self._queued = queued

    async def receive(self, chunks: AsyncIterator[bytes], longest: int) -> str:
        """Take in JSON Lines; gives the job's id. Either all of it is taken in, or nothing.

        Raises `NoRecords`, and `RecordTooLong` for a line of more than ``longest`` bytes.
        """
        pk, job = await to_thread.run_sync(_written, self._database, jobs.open_job)
        try:
            count = 0
            async for records in _records(chunks, longest):
                await to_thread.run_sync(_written, self._database, partial(jobs.add_records, pk=pk, records=records))
                count += len(records)
            if not count:
                raise NoRecords("the body holds no record; JSON Lines are wanted: one article as JSON on each line")
            await to_thread.run_sync(_written, self._database, partial(jobs.queue_job, pk=pk))
        except BaseException:
            with CancelScope(shield=True):
                await to_thread.run_sync(_written, self._database, partial(jobs.drop_job, pk=pk))
            raise
        if self._queued:
            self._queued()
        return job


class Jobs:
    """Works jobs off in a thread of its own between `start` and `stop`.

    Where the store has a queue, many share a job, range by range; else one has a job until it is done, or falls silent.
    """

    def __init__(self, database: Database, workers: Workers, pulse: Pulse = _PULSE) -> None:
        self._database = database
        self._pulse = pulse
        self._workers = workers
        # From a queue there are as many tasks under way as there are workers.
        self._ahead = CHUNKS_AHEAD * (1 if database.queue_address else workers.staff.workers)
        self._owner = uuid.uuid4().hex
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Go on with the jobs of the store."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Finish what is under way, for so long at most; the rest stays in the store."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(seconds)

    def wake(self) -> None:
        """Look for jobs at once."""
        self._wake.set()

    def _run(self) -> None:
        swept = False
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                if not swept:
                    _written(self._database, jobs.drop_old_jobs)
                    swept = True
                self._work()
            except (StoreError, TaskFailed, CancelledError) as error:
                if not self._stopping.is_set():
                    log.error("jobs interrupted", extra={"fields": {"reason": str(error)}})
            self._wake.wait(LOOK_SECONDS)

    def _work(self) -> None:
        """What there is; where there is a queue, also what comes."""
        if address := self._database.queue_address:
            job_queue.work(address, self._work_off, self._workers.staff.workers, self._pulse, self._stopping)
            return
        while not self._stopping.is_set() and (pk := self._lease()) is not None:
            self._work_off(pk, *_EVERY_LINE)

    def _lease(self) -> int | None:
        with self._database.read() as connection:
            if not jobs.are_open(connection):
                return None
        return _written(self._database, partial(jobs.lease_job, owner=self._owner))

    def _work_off(self, pk: int, first: int, last: int) -> bool:
        """Settle the records of a job from one line to another; False where it was stopped before that."""
        for chunk, outcomes in prepared_in_order(self._workers, self._chunks(pk, first, last), self._ahead):
            anew = self._settle(pk, chunk.records, outcomes)
            if anew:
                self._settle(pk, anew, prepare_anew(self._workers, anew))
        return not self._stopping.is_set()

    def _chunks(self, pk: int, first: int, last: int) -> Iterator[_Chunk]:
        line = first - 1
        while not self._stopping.is_set():
            with self._database.read() as connection:
                found = jobs.records_after(connection, pk, line, last, CHUNK_RECORDS)
            if not found:
                return
            line = found[-1][0]
            yield _Chunk([RawRecord(_SOURCE, number, "json", content) for number, content in found])

    def _settle(self, pk: int, records: Sequence[RawRecord], outcomes: Sequence[Outcome]) -> list[RawRecord]:
        """Store what was prepared; gives the records that must be prepared anew."""
        with self._database.write() as connection:
            return _settle(connection, pk, self._owner, list(zip(records, outcomes, strict=True)))


def _settle(
    connection: Connection, pk: int, owner: str, settled: Sequence[tuple[RawRecord, Outcome]]
) -> list[RawRecord]:
    mine = [(raw, outcome) for raw, outcome in settled if jobs.take_record(connection, pk, raw.line)]
    refused = [(raw.line, outcome.reason) for raw, outcome in mine if isinstance(outcome, Refused)]
    prepared = [(raw, outcome) for raw, outcome in mine if isinstance(outcome, Prepared)]
    stored = store_all(connection, [outcome for _, outcome in prepared])
    anew = [raw for (raw, _), kept in zip(prepared, stored, strict=True) if kept is None]
    jobs.add_records(connection, pk, [(raw.line, raw.content) for raw in anew])
    jobs.refuse_records(connection, pk, refused)
    new, known = ([kept.created for kept in stored if kept].count(created) for created in (True, False))
    jobs.count_settled(connection, pk, jobs.Counts(new, known, len(refused)), owner)
    return anew


def _written(database: Database, change: Callable[[Connection], ResultT]) -> ResultT:
    with database.write() as connection:
        return change(connection)


async def _records(chunks: AsyncIterator[bytes], longest: int) -> AsyncIterator[list[tuple[int, bytes]]]:
    """Lines that are not blank, with their numbers, some at a time."""
    waiting: list[tuple[int, bytes]] = []
    size = 0
    async for line, content in _lines(chunks, longest):
        waiting += [(line, stripped) for _, stripped in json_lines([content])]
        size += len(content)
        if len(waiting) >= RECORDS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield waiting
            waiting, size = [], 0
    if waiting:
        yield waiting


async def _lines(chunks: AsyncIterator[bytes], longest: int) -> AsyncIterator[tuple[int, bytes]]:
    line, rest = 0, bytearray()
    async for chunk in chunks:
        *ended, tail = chunk.split(b"\n")
        for piece in ended:
            line += 1
            yield line, bytes(rest + piece)
            rest.clear()
        rest += tail
        if len(rest) > longest:
            raise RecordTooLong(f"line {line + 1} is longer than {longest} bytes")
    yield line + 1, bytes(rest)
