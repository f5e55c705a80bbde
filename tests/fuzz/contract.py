"""Everything that the specification allows and forbids, asked of the real service over a socket, by Schemathesis."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.service import Running

SCHEMATHESIS = Path(sys.prefix) / "tools" / "bin" / "schemathesis"
"""In an environment of its own, which `make check-slow` and `make fuzz` make."""

CONFIGURATION = Path(__file__).parent.parent / "openapi" / "schemathesis.toml"


@dataclass(frozen=True, slots=True)
class Asked:
    """How many requests were made up, how many were answered, and how many of those with a 500 or more; which answer
    took longest; whether all are as the specification has them; and what Schemathesis says of them.
    """

    made_up: int
    answered: int
    server_errors: int
    slowest: str
    is_sound: bool
    said: str


def ask_everything(seconds: int, seed: int) -> Asked:
    """Ask for about so long. The service has a store of its own and fetches nothing."""
    with tempfile.TemporaryDirectory() as folder:
        service = Running(f"sqlite:///{folder}/store.db", Path(folder) / "log.txt")
        service.start()
        try:
            service.wait_until_ready()
            before = len(_answers(service))
            asked = _ask(service.address, seconds, seed)
            answers = _answers(service)[before:]
        finally:
            service.stop()
    made_up = re.search(r"(\d+) generated", asked.stdout)
    return Asked(
        made_up=int(made_up[1]) if made_up else 0,
        answered=len(answers),
        server_errors=sum(int(answer["status"]) >= 500 for answer in answers),
        slowest=_slowest(answers),
        is_sound=asked.returncode == 0,
        said=asked.stdout + asked.stderr,
    )


def _ask(address: str, seconds: int, seed: int) -> subprocess.CompletedProcess[str]:
    command: list[object] = [SCHEMATHESIS, "--config-file", CONFIGURATION.name, "run", f"{address}/openapi.json"]
    options = ["--max-time", seconds, "--seed", seed, "--continue-on-failure", "--no-color"]
    # It keeps what it found in the folder of its configuration.
    return subprocess.run(
        [str(part) for part in (*command, *options)],
        cwd=CONFIGURATION.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def _answers(service: Running) -> list[dict[str, Any]]:
    return [line for line in service.logged() if line.get("status")]


def _slowest(answers: list[dict[str, Any]]) -> str:
    last = max(answers, key=lambda answer: float(answer["ms"]), default=None)
    return f"{last['method']} {last['path'][:60]}: {last['ms'] / 1000:.1f} s" if last else "none"
