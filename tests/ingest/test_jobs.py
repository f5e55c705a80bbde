"""Jobs: taken in whole or not at all, worked off once, whoever stops and whoever goes on."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import func, select

from app.ingest.jobs import Inbox, Jobs, NoRecords, RecordTooLong
from app.ingest.workers import Staff, Workers
from app.store import tables
from app.store.database import Database
from app.store.jobs import Job, find_job
from tests.ingest.readers import Reader

pytestmark = pytest.mark.anyio
WITHIN = 240


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def workers(database: Database) -> Iterator[Workers]:
    made = Workers(Staff(1), database.location, Reader)
    yield made
    made.close()


def record(number: int) -> bytes:
    return json.dumps({"text": f"The envoy of Fiji met the minister of Peru in Suva in round {number}."}).encode()


async def sent(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def job(database: Database, job_id: str) -> Job:
    with database.read() as connection:
        found = find_job(connection, job_id, 10)
    assert found
    return found


def finished(database: Database, job_id: str) -> Job:
    until = time.monotonic() + WITHIN
    while (found := job(database, job_id)).state != "done":
        assert time.monotonic() < until, found
        time.sleep(0.05)
    return found


def count(database: Database, table: str) -> int:
    with database.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(getattr(tables, table))) or 0)


async def test_records_are_worked_off_and_those_refused_are_named(database: Database, workers: Workers) -> None:
    jobs = Jobs(database, workers)
    body = b"\n".join([record(1), b"", record(2), b"{", record(1), b'{"text": "Der Mann hat das Haus gesehen."}'])
    job_id = await Inbox(database).receive(sent(body[:70], body[70:71], body[71:]), 1000)
    waiting = job(database, job_id)
    assert (waiting.state, waiting.total, waiting.new) == ("queued", 5, 0)
    jobs.start()
    done = finished(database, job_id)
    jobs.stop(WITHIN)
    assert (done.new, done.known, done.refused) == (2, 1, 2)
    assert [line for line, _ in done.refusals] == [4, 6]
    assert "not JSON" in done.refusals[0][1]
    assert done.finished_at
    assert (count(database, "articles"), count(database, "job_records")) == (2, 0)


async def test_job_outlives_the_processes_that_took_it_in_and_worked_on_it(
    database: Database, workers: Workers
) -> None:
    first = Jobs(database, workers)
    job_id = await Inbox(database).receive(sent(b"\n".join(map(record, range(40)))), 1000)
    first.start()
    until = time.monotonic() + WITHIN
    while not job(database, job_id).new and time.monotonic() < until:
        time.sleep(0.01)
    first.stop(WITHIN)
    stopped = job(database, job_id)
    assert 0 < stopped.new <= 40
    second = Jobs(database, workers)
    second.start()
    done = finished(database, job_id)
    second.stop(WITHIN)
    assert (done.new, done.known, done.refused) == (40, 0, 0)
    assert count(database, "articles") == 40


async def test_two_processes_that_work_on_a_job_count_each_record_once(database: Database, workers: Workers) -> None:
    pair = [Jobs(database, workers), Jobs(database, workers)]
    job_id = await Inbox(database).receive(sent(b"\n".join(map(record, range(40)))), 1000)
    with database.write() as connection:  # as if the first one's lease had run out
        for jobs in pair:
            jobs.start()
        connection.execute(tables.jobs.update().values(leased_until=None))
    done = finished(database, job_id)
    for jobs in pair:
        jobs.stop(WITHIN)
    assert (done.new, done.known, done.refused) == (40, 0, 0)


async def test_what_is_not_sent_whole_leaves_nothing(database: Database) -> None:
    inbox = Inbox(database)

    async def broken() -> AsyncIterator[bytes]:
        for number in range(1000):
            yield record(number) + b"\n"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await inbox.receive(broken(), 1000)
    with pytest.raises(NoRecords):
        await inbox.receive(sent(b"\n \n"), 1000)
    with pytest.raises(RecordTooLong, match="line 2"):
        await inbox.receive(sent(record(1) + b"\n" + b"x" * 2000, b"x"), 1000)
    assert count(database, "jobs") == count(database, "job_records") == 0
