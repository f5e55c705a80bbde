"""Records through the workers, in order, some ahead of the one that is waited for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Protocol, TypeVar

from app.ingest.files import RawRecord
from app.ingest.prepared import Outcome, Refused, prepare_records
from app.ingest.workers import BROKEN, TaskFailed, Workers, WorkersDown


class Chunk(Protocol):
    """Records that one task of a worker holds."""

    @property
    def records(self) -> Sequence[RawRecord]:
        """The records."""
        ...


ChunkT = TypeVar("ChunkT", bound=Chunk)


def prepared_in_order(workers: Workers, chunks: Iterator[ChunkT], ahead: int) -> Iterator[tuple[ChunkT, list[Outcome]]]:
    """What became of each chunk; up to ``ahead`` of them are under way."""
    waiting: deque[tuple[ChunkT, Future[list[Outcome]]]] = deque()
    while True:
        while len(waiting) < ahead and (chunk := next(chunks, None)):
            waiting.append((chunk, workers.submit_batch(prepare_records, chunk.records)))
        if not waiting:
            return
        chunk, future = waiting.popleft()
        yield chunk, _outcomes(workers, chunk.records, future)


def prepare_anew(workers: Workers, records: Sequence[RawRecord]) -> list[Outcome]:
    """What becomes of records whose texts are to be extracted whether or not they are known."""
    return _outcomes(workers, records, workers.submit_batch(partial(prepare_records, anew=True), records))


def _outcomes(workers: Workers, records: Sequence[RawRecord], future: Future[list[Outcome]]) -> list[Outcome]:
    """What became of records; where a worker broke down over them, of each on its own.

    Raises `WorkersDown`: no record is to blame for that.
    """
    try:
        return future.result()
    except BROKEN:
        if not workers.is_open:
            raise
    return [_outcome(workers, record) for record in records]


def _outcome(workers: Workers, record: RawRecord) -> Outcome:
    try:
        (outcome,) = workers.ask(prepare_records, [record])
    except WorkersDown:
        raise
    except TaskFailed as error:
        return Refused(record.line, str(error))
    return outcome
