"""Real servers in processes of their own, on free ports of the loopback, and `wrk` to ask them."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

BIN = Path(sys.executable).parent
START_WITHIN = 240
"""Seconds, since a model is loaded, on a machine that may be busy."""

STOP_WITHIN = 60
CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Server:
    """A server: where it is and its process."""

    address: str
    process: subprocess.Popen[bytes]

    def megabytes(self) -> float:
        """Memory that is resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


@contextmanager
def serving(command: Sequence[object], path: str, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Start a command with a free port for `{port}`; ready when the path answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [str(part).replace("{port}", str(port)) for part in command]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(arguments, env={**os.environ, **(environment or {})}, stdout=quiet, stderr=quiet)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}{path}", process)
        yield Server(address, process)
    finally:
        process.terminate()
        process.wait(STOP_WITHIN)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(url, timeout=30).status_code < 500:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer")


def uvicorn(app: str) -> list[object]:
    """The command of a plain uvicorn without an access log, as the service itself has none."""
    return [BIN / "uvicorn", app, "--port", "{port}", "--no-access-log", "--log-level", "error"]


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests a second, milliseconds within which 50 and 99 of 100 are answered, and answers that were none."""

    rate: float
    p50: float
    p99: float
    failed: int


SCRIPT = """
local paths = {{}}
for line in io.lines("{paths}") do paths[#paths + 1] = line end
local next = 0
{headers}
request = function()
  next = next % #paths + 1
  return wrk.format("GET", paths[next], headers)
end
done = function(summary, latency, requests)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), failed))
end
"""


def ask(server: Server, paths: Sequence[str], seconds: float, folder: Path, tag: str | None = None) -> Measured:
    """Ask for the paths in turn over `CONNECTIONS` connections that are kept; ``tag`` goes into `If-None-Match`."""
    listed = folder / "paths.txt"
    listed.write_text("\n".join(paths))
    headers = f"local headers = {{['If-None-Match'] = '{tag}'}}" if tag else "local headers = nil"
    script = folder / "ask.lua"
    script.write_text(SCRIPT.format(paths=listed, headers=headers))
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), "--timeout", "30s", server.address]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (found,) = re.findall(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", printed)
    count, micros, p50, p99, failed = map(int, found)
    return Measured(count / micros * 1e6, p50 / 1000, p99 / 1000, failed)
