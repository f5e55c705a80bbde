"""The real service as a process that may be killed and started again, on a store that stays."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import orjson

from app.api.counters import children_of

ENTENTE = (str(Path(sys.executable).parent / "entente"),)
READY_WITHIN = 120
"""Seconds that a start may take on a busy machine."""

LOOK_SECONDS = 0.1
"""How often it is looked whether it is ready; what looks oftener takes the time that it needs to start."""


class NotStarted(Exception):
    """The service ended before it listened; the message is what it said."""


class Running:
    """`entente serve` on the database of a URL. What it logs is added to a file, over all its lives."""

    def __init__(self, url: str, log: Path, entente: Sequence[str] = ENTENTE) -> None:
        self._log = log
        self._command = [*entente, "serve", "--port", "0"]
        # One worker, as quick as any process, and no fetching; all else is as anyone has it who starts the service.
        fixed = {"ENTENTE_DATABASE_URL": url, "ENTENTE_WORKERS": "1", "ENTENTE_FETCH": "false"}
        fixed |= {"ENTENTE_NICENESS": "0"}
        self._environment = {**os.environ, **fixed}
        self._process: subprocess.Popen[str] | None = None
        self._http = httpx.Client(timeout=READY_WITHIN)  # kept, since each new one reads all certificates
        self.address = ""

    def start(self) -> None:
        """Start it and wait until it listens. Raises `NotStarted`."""
        said = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert process.stdout
        found = re.search(r"at (http://\S+?)/?$", process.stdout.readline())
        if not found:
            process.wait(READY_WITHIN)
            raise NotStarted(self._log.read_bytes()[said:].decode())
        self._process, self.address = process, found[1]
        self._wait_for("/health/live")

    def wait_until_ready(self) -> None:
        """Wait until it takes articles."""
        self._wait_for("/health/ready")

    def _wait_for(self, path: str) -> None:
        until = time.monotonic() + READY_WITHIN
        while True:
            with contextlib.suppress(httpx.TransportError):
                if self.get(path).status_code == 200:
                    return
            if self._process and self._process.poll() is not None:
                raise NotStarted(f"it ended with {self._process.returncode} while it started")
            if time.monotonic() > until:
                raise NotStarted("it does not get ready")
            time.sleep(LOOK_SECONDS)

    def get(self, path: str) -> httpx.Response:
        """Its answer to a GET. Raises `httpx.TransportError`."""
        return self._http.get(self.address + path)

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self._process
        return self._process.pid

    def is_up(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def workers(self) -> list[int]:
        """The processes that extract facts, those of the pool that are there just now."""
        return [pid for pid in children_of(self.pid) if b"spawn_main" in _command_line(pid)]

    def kill(self, *, with_workers: bool = False) -> None:
        """Kill it (-9): the process that serves, which its workers notice, or all of them at one blow."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if with_workers else os.kill)(self._process.pid, signal.SIGKILL)
        self._process.wait(READY_WITHIN)
        assert self._process.stdout
        self._process.stdout.close()
        self._process = None

    def stop(self) -> int:
        """Stop it as anyone would (SIGTERM); gives its exit code."""
        assert self._process
        self._process.terminate()
        code = self._process.wait(READY_WITHIN)
        self.kill()
        return code

    def logged(self) -> list[dict[str, Any]]:
        """The fields of every line that it logged, over all its lives."""
        lines = self._log.read_bytes().splitlines()
        return [orjson.loads(line) for line in lines if line.startswith(b"{") and line.endswith(b"}")]


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
