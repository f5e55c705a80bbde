"""Of two replicas behind a proxy one is stopped while another one starts, again and again, and no client notices."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count, cycle
from pathlib import Path

import httpx
import pytest

from tests.service.test_serve import WITHIN, wait_until_ready

HAPROXY = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(HAPROXY is None, reason="there is no haproxy here (Debian: apt-get install haproxy)"),
]

PLACES = ("first", "second", "third")
RESTARTS = 20
READERS = 3

CONFIG = """
global
    log stderr local0 warning
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    timeout check 5s
frontend all
    bind 127.0.0.1:{front}
    stats enable
    stats uri /proxy
    default_backend replicas
backend replicas
    option httpchk GET /health/ready
    default-server check inter 100ms fall 1 rise 1
    server first 127.0.0.1:{first}
    server second 127.0.0.1:{second}
    server third 127.0.0.1:{third}
"""
"""No request is sent twice: whatever a replica drops, a client sees."""


def free_ports(many: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(many)]
    ports = [listening.getsockname()[1] for listening in held]
    for listening in held:
        listening.close()
    return ports


class Replica:
    """The service, from when it is ready until it is stopped, or killed at the end of the block."""

    def __init__(self, store: Path, log: Path, port: int) -> None:
        environment = {
            **os.environ,
            "ENTENTE_DATABASE_URL": f"sqlite:///{store}",
            "ENTENTE_NICENESS": "0",
            "ENTENTE_WORKERS": "1",
            "ENTENTE_LOG_LEVEL": "warning",
            "ENTENTE_NOTICE_SECONDS": "3",
            "ENTENTE_FEED_INTERVAL": "0",
        }
        command = [str(Path(sys.executable).parent / "entente"), "serve", "--port", str(port)]
        with log.open("ab") as errors:
            self._process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=errors)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            wait_until_ready(client)

    def stop(self) -> int:
        """Ask it to stop; gives its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(WITHIN)

    def __enter__(self) -> Replica:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def proxy(folder: Path, front: int, ports: dict[str, int]) -> Iterator[None]:
    assert HAPROXY
    config = folder / "haproxy.cfg"
    config.write_text(CONFIG.format(front=front, **ports))
    process = subprocess.Popen([HAPROXY, "-db", "-f", str(config)], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


class Load:
    """Clients that read, on kept and on new connections, and one that writes; counts what they are told."""

    def __init__(self, front: int) -> None:
        self.answers: Counter[str] = Counter()
        self._base = f"http://127.0.0.1:{front}"
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(number % 2 == 0,)) for number in range(READERS)]
        self._threads.append(threading.Thread(target=self._write))

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(WITHIN)

    def _read(self, kept: bool) -> None:
        headers = {} if kept else {"connection": "close"}
        with httpx.Client(base_url=self._base, headers=headers, timeout=30) as client:
            for path in cycle(("/commitments?limit=200", "/articles", "/summary", "/search?q=military")):
                if self._stopping.wait(0.03):
                    return
                self._count("read", partial(client.get, path))

    def _write(self) -> None:
        with httpx.Client(base_url=self._base, timeout=30) as client:
            for number in count():
                if self._stopping.wait(0.1):
                    return
                text = f"The envoy of Fiji met the minister of Peru in Suva in round {number}."
                self._count("write", partial(client.post, "/articles", json={"text": text}))

    def _count(self, kind: str, ask: Callable[[], httpx.Response]) -> None:
        try:
            response = ask()
        except httpx.TransportError as error:
            self.answers[f"{kind} {error!r}"] += 1
        else:
            self.answers[f"{kind} {response.status_code if response.is_success else response.text}"] += 1


def wait_until_up(front: int, places: set[str]) -> None:
    """Wait until the proxy has found the replicas in these places ready, and none elsewhere."""
    until = time.monotonic() + WITHIN
    while True:
        rows = csv.DictReader(io.StringIO(httpx.get(f"http://127.0.0.1:{front}/proxy;csv").text))
        if {row["svname"] for row in rows if row["svname"] in PLACES and row["status"] == "UP"} == places:
            return
        assert time.monotonic() < until
        time.sleep(0.05)


def test_no_request_fails_while_replicas_are_restarted_in_turn(tmp_path: Path) -> None:
    front, *free = free_ports(1 + len(PLACES))
    ports = dict(zip(PLACES, free, strict=True))
    start = partial(Replica, tmp_path / "store.db", tmp_path / "replicas.log")
    with ExitStack() as stack:
        stack.enter_context(proxy(tmp_path, front, ports))
        aside = stack.enter_context(ThreadPoolExecutor())
        running = {place: stack.enter_context(start(ports[place])) for place in PLACES[:-1]}
        wait_until_up(front, {*running})
        with Load(front) as load:
            for number in range(RESTARTS):
                old, new = PLACES[number % 3], PLACES[(number + 2) % 3]
                stopped = aside.submit(running.pop(old).stop)
                running[new] = stack.enter_context(start(ports[new]))
                assert stopped.result() == 0
                wait_until_up(front, {*running})
    assert set(load.answers) == {"read 200", "write 201"}, load.answers
    assert load.answers["write 201"] > RESTARTS
    assert not re.findall("Traceback", (tmp_path / "replicas.log").read_text())
