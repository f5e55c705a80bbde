"""The service as `make run` starts it: over a socket, stopped by a signal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent.parent
WITHIN = 240
"""Seconds that a start may take."""


def run_command(port: int) -> list[str]:
    """What `make run` runs, read off the Makefile by make itself."""
    asked = ["make", "--no-print-directory", "--dry-run", "--always-make", "run", f"PORT={port}"]
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    printed = subprocess.run(
        asked,
        env=alone,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return printed.stdout.strip().splitlines()[-1].removeprefix("exec ").split()


def log_of(store: Path) -> Path:
    """What services on a store log: a file, since a pipe that nobody reads stops a service once it is full."""
    return store.with_suffix(".log")


@contextmanager
def serving(store: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    program, *arguments = run_command(0)
    assert program == ".venv/bin/entente"
    own = str(Path(sys.executable).parent / "entente")
    environment = {**os.environ, "ENTENTE_DATABASE_URL": f"sqlite:///{store}", "ENTENTE_NICENESS": "0", **settings}
    command = [own, *arguments] if "--port" in arguments else [own, *arguments, "--port", "0"]
    with log_of(store).open("a", encoding="utf-8") as log:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1)
    assert process.stdout
    address = re.search(r"at (http://\S+?)/?$", process.stdout.readline())
    assert address, log_of(store).read_text()
    try:
        with httpx.Client(base_url=address[1], timeout=30) as client:
            yield process, client
    finally:
        process.kill()
        process.communicate()


def wait_until_ready(client: httpx.Client) -> None:
    until = time.monotonic() + WITHIN
    while True:
        try:
            if client.get("/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < until, "not ready"
        time.sleep(0.05)


def test_seed_is_served_over_a_socket_and_sigterm_is_a_clean_exit(tmp_path: Path) -> None:
    with serving(tmp_path / "store.db") as (process, client):
        wait_until_ready(client)
        found = client.get("/commitments").json()["items"]
        assert {country for c in found for p in c["parties"] if (country := p["country"])} >= {"IR", "BY"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(WITHIN) == 0
        errors = log_of(tmp_path / "store.db").read_text()
        assert "Traceback" not in errors
        assert {json.loads(line)["level"] for line in errors.splitlines()} == {"info"}


def test_two_processes_that_start_together_share_a_store(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    with serving(store) as (_, first), serving(store) as (_, second):
        for client in (first, second):
            wait_until_ready(client)
        lists = [client.get("/commitments?count=true").json() for client in (first, second)]
        assert lists[0] == lists[1]
        assert first.get("/articles?count=true").json()["total"] == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_requests_under_way_are_finished_before_the_exit(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path / "store.db") as (process, client):
        wait_until_ready(client)
        statuses: list[int] = []

        def ask() -> None:
            try:
                while True:
                    statuses.append(client.get("/commitments?limit=200").status_code)
            except httpx.TransportError:
                return  # It no longer takes requests.

        asking = threading.Thread(target=ask)
        asking.start()
        while len(statuses) < 5:
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(WITHIN) == 0
        asking.join(WITHIN)
        assert set(statuses) == {200}
