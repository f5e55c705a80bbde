"""Two replicas behind a proxy are restarted in turn, again and again, and no client notices."""

from __future__ import annotations

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
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx
import pytest

from tests.service.test_serve import WITHIN, wait_until_ready

HAPROXY = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(HAPROXY is None, reason="there is no haproxy here (Debian: apt-get install haproxy)"),
]

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
    timeout queue 30s
frontend all
    bind 127.0.0.1:{front}
    default_backend replicas
backend replicas
    option httpchk GET /health/ready
    default-server check inter 100ms fall 1 rise 1
    server first 127.0.0.1:{first}
    server second 127.0.0.1:{second}
"""
"""No request is sent twice: whatever a replica drops, a client sees."""


def free_ports(many: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(many)]
    ports = [listening.getsockname()[1] for listening in held]
    for listening in held:
        listening.close()
    return ports


@contextmanager
def replica(store: Path, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "ENTENTE_DATABASE_URL": f"sqlite:///{store}",
        "ENTENTE_NICENESS": "0",
        "ENTENTE_WORKERS": "1",
        "ENTENTE_LOG_LEVEL": "warning",
        "ENTENTE_NOTICE_SECONDS": "1",
        "ENTENTE_FEED_INTERVAL": "0",
    }
    command = [str(Path(sys.executable).parent / "entente"), "serve", "--port", str(port)]
    with log.open("ab") as errors:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=errors)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            wait_until_ready(client)
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def proxy(folder: Path, front: int, first: int, second: int) -> Iterator[None]:
    assert HAPROXY
    config = folder / "haproxy.cfg"
    config.write_text(CONFIG.format(front=front, first=first, second=second))
    process = subprocess.Popen([HAPROXY, "-db", "-f", str(config)], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def load(front: int, answers: Counter[str]) -> Iterator[None]:
    """Clients that read, on connections that are kept and on new ones, and one that writes, until the end."""
    stopping = threading.Event()
    base = f"http://127.0.0.1:{front}"

    def ask(kept: bool) -> None:
        with httpx.Client(base_url=base, timeout=30) as client:
            while not stopping.is_set():
                for path in ("/commitments?limit=200", "/articles", "/summary", "/search?q=military"):
                    try:
                        status = (client if kept else httpx).get(path if kept else base + path).status_code
                    except httpx.TransportError as error:
                        answers[repr(error)] += 1
                    else:
                        answers[f"read {status}"] += 1
                    stopping.wait(0.005)

    def hand_in() -> None:
        with httpx.Client(base_url=base, timeout=30) as client:
            for number in count():
                if stopping.wait(0.05):
                    return
                text = f"The envoy of Fiji met the minister of Peru in Suva in round {number}."
                try:
                    answers[f"write {client.post('/articles', json={'text': text}).status_code}"] += 1
                except httpx.TransportError as error:
                    answers[repr(error)] += 1

    threads = [threading.Thread(target=ask, args=(number % 2 == 0,)) for number in range(READERS)]
    threads.append(threading.Thread(target=hand_in))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join(WITHIN)


def test_no_request_fails_while_replicas_are_restarted_in_turn(tmp_path: Path) -> None:
    front, *ports = free_ports(3)
    store, log = tmp_path / "store.db", tmp_path / "replicas.log"
    answers: Counter[str] = Counter()
    with proxy(tmp_path, front, *ports):
        running = [replica(store, port, log) for port in ports]
        processes = [each.__enter__() for each in running]
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{front}") as client:
                wait_until_ready(client)
            time.sleep(1)  # until the proxy knows both
            with load(front, answers):
                for number in range(RESTARTS):
                    at = number % 2
                    processes[at].send_signal(signal.SIGTERM)
                    assert processes[at].wait(WITHIN) == 0
                    running[at] = replica(store, ports[at], log)
                    processes[at] = running[at].__enter__()
                    time.sleep(0.5)  # until the proxy knows that it is back
        finally:
            for each in running:
                each.__exit__(None, None, None)
    assert set(answers) == {"read 200", "write 201"}, answers
    assert answers["write 201"] > RESTARTS
    assert not re.findall("Traceback", log.read_text())
