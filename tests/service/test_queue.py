"""Workers on the queue of a PostgreSQL store are killed in the middle of jobs, again and again."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from app.ingest.jobs import Inbox
from app.settings import shipped
from app.store import tables
from app.store.database import Database
from app.store.jobs import Job, find_job
from tests import postgres

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
KILLS = 50
SPARE = 3
"""Workers that get ready while others work."""

ARTICLES = 48
"""Of one job: three tasks."""

WITHIN = 300


class Worker:
    """A process that is ready to work, until it is killed."""

    def __init__(self, address: str) -> None:
        command = [sys.executable, "-m", "tests.service.queue_worker", address]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def begin(self) -> None:
        assert self._process.stdout
        assert self._process.stdin
        assert self._process.stdout.readline() == "ready\n"
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def line_of_workers(address: str) -> Iterator[Iterator[Worker]]:
    """Workers one after the other, some of them getting ready ahead; none outlives the block."""
    started = [Worker(address) for _ in range(SPARE)]

    def each() -> Iterator[Worker]:
        for number in range(KILLS + 1):
            if len(started) <= KILLS:
                started.append(Worker(address))
            yield started[number]

    try:
        yield each()
    finally:
        for worker in started:
            worker.kill()


def hand_in(database: Database, number: int) -> str:
    async def sent() -> AsyncIterator[bytes]:
        for n in range(ARTICLES):
            words = f"The envoy of Fiji met the minister of Peru in Suva in round {n} of session {number}."
            yield json.dumps({"text": words}).encode() + b"\n"

    return asyncio.run(Inbox(database).receive(sent(), 1000))


def under_way(database: Database) -> int:
    with database.read() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")) or 0)


def job(database: Database, job_id: str) -> Job:
    with database.read() as connection:
        found = find_job(connection, job_id, 10)
    assert found
    return found


def test_workers_killed_in_the_middle_of_jobs_lose_nothing_and_leave_nothing_twice(
    postgres_server: postgres.Server,
) -> None:
    address = postgres_server.fresh()
    database = Database(address, shipped("migrations"))
    handed_in: list[str] = []
    until = time.monotonic() + WITHIN
    with line_of_workers(address) as workers:
        for number, worker in enumerate(workers):
            if not handed_in or job(database, handed_in[-1]).new:  # the last one is begun: nothing may run dry
                handed_in.append(hand_in(database, len(handed_in)))
            left_by_others = under_way(database)
            worker.begin()
            if number == KILLS:
                break
            while under_way(database) <= left_by_others:
                assert time.monotonic() < until
                left_by_others = min(left_by_others, under_way(database))  # put back meanwhile
            time.sleep(number % 5 * 0.02)
            worker.kill()
        while [j for j in handed_in if job(database, j).state != "done"]:
            assert time.monotonic() < until
            time.sleep(0.1)
    for done in (job(database, job_id) for job_id in handed_in):
        assert (done.total, done.new, done.known, done.refused) == (ARTICLES, ARTICLES, 0, 0)
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.articles)) == ARTICLES * len(handed_in)
        assert connection.scalar(select(func.count()).select_from(tables.job_records)) == 0
    database.close()
