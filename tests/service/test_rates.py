"""Rates of requests are one count, whichever process answers: of one service, and of several that share a Redis."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest
import redis

from app.settings import shipped
from app.store.database import Database
from tests.service.test_processes import PROCESSES, clients_of_each
from tests.service.test_serve import WITHIN as START_WITHIN
from tests.service.test_serve import log_of, serving

RATE = 12
LIMITED = {"ENTENTE_RATE_READ": f"{RATE}/hour"}
WITHIN = 30
SERVER = shutil.which("redis-server")

needs_redis = pytest.mark.skipif(SERVER is None, reason="no redis-server here; Debian's comes by: apt-get install it")


class Redis:
    """A real server on a free port of the loopback, which keeps nothing on disk."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        command = [str(SERVER), "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/tmp")
        self.address = f"redis://127.0.0.1:{port}"
        until = time.monotonic() + WITHIN
        with redis.Redis.from_url(self.address) as client:
            while True:
                try:
                    client.ping()
                except redis.ConnectionError:
                    assert time.monotonic() < until, "redis-server does not start"
                    time.sleep(0.05)
                else:
                    return

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def counts() -> Iterator[Redis]:
    started = Redis()
    yield started
    started.kill()


def migrate(store: Path) -> None:
    """Make a store that services which only read, and load nothing, can serve."""
    with closing(Database(f"sqlite:///{store}", shipped("migrations"))) as database:
        database.migrate()


def wait_until_up(client: httpx.Client) -> None:
    """It answers reads while it still loads what it needs for writes."""
    until = time.monotonic() + START_WITHIN
    while True:
        try:
            if client.get("/health/live").status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < until, "it does not answer"
        time.sleep(0.05)


def left(answer: httpx.Response) -> int:
    """How many more requests the answer says are within the rate."""
    found = re.search(r"r=(\d+)", answer.headers["ratelimit"])
    assert found
    return int(found[1])


def assert_one_count(clients: Sequence[httpx.Client]) -> None:
    """Each asks in turn, and is told of what all of them have left."""
    answers = [clients[number % len(clients)].get("/commitments") for number in range(RATE + len(clients))]
    assert [left(answer) for answer in answers] == [*reversed(range(RATE)), *[0] * len(clients)]
    assert [answer.status_code for answer in answers] == [*[200] * RATE, *[429] * len(clients)]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="who serves is read off /proc")
@pytest.mark.parametrize("read_only", [False, True])
def test_processes_of_one_service_count_together_without_anything_else(tmp_path: Path, *, read_only: bool) -> None:
    store = tmp_path / "store.db"
    settings = {"ENTENTE_SERVE_WORKERS": str(PROCESSES), **LIMITED}
    with ExitStack() as stack:
        if read_only:
            migrate(store)
            settings["ENTENTE_READ_ONLY"] = "true"
        service, base = stack.enter_context(serving(store, **settings))
        wait_until_up(base)
        assert_one_count(list(clients_of_each(stack, base, service.pid).values()))


@needs_redis
def test_two_services_count_together_in_a_redis_and_alone_while_it_is_away(tmp_path: Path, counts: Redis) -> None:
    settings = {"ENTENTE_RATE_STORE": counts.address, "ENTENTE_READ_ONLY": "true", **LIMITED}
    stores = [tmp_path / name for name in ("one.db", "other.db")]
    for store in stores:
        migrate(store)
    with serving(stores[0], **settings) as (service, one), serving(stores[1], **settings) as (_, other):
        for client in (one, other):
            wait_until_up(client)
        assert_one_count([one, other])
        counts.kill()
        alone = [one.get("/commitments") for _ in range(2)]
        assert [left(answer) for answer in alone] == [RATE - 1, RATE - 2]
        service.terminate()
        service.wait(WITHIN)
        errors = log_of(stores[0]).read_text()
        assert "rates are counted by each process alone" in errors
        assert "Traceback" not in errors
