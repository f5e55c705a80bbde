"""Inputs that coverage leads to: atheris on one parser, for some seconds.

usage: python -m tests.fuzz.guided TARGET SECONDS SEED (in a process of its own, since libFuzzer ends it)
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(sys.prefix) / "fuzzing"
"""Where `make fuzz` puts atheris, which has wheels for some versions of Python only."""

sys.path.append(str(FOLDER))


@dataclass(frozen=True, slots=True)
class Guided:
    """How many inputs were tried, and what libFuzzer says of the one that the parser fell over, if it did."""

    tried: int
    said: str | None


def is_there() -> bool:
    """Whether there is an atheris for this Python."""
    return find_spec("atheris") is not None


def guided(target: str, seconds: int, seed: int) -> Guided:
    """Try a parser for so long."""
    command = [sys.executable, "-m", "tests.fuzz.guided", target, str(seconds), str(seed)]
    done = subprocess.run(command, capture_output=True, check=False)
    said = done.stderr.decode(errors="replace")
    counts = [int(count) for count in re.findall(r"^(?:#|Done )(\d+)", said, re.MULTILINE)]
    return Guided(max(counts, default=0), None if done.returncode == 0 else (done.stdout.decode() + said)[-6000:])


def main() -> None:
    """Run libFuzzer."""
    import atheris

    with atheris.instrument_imports(include=["app", "warcio", "feedparser", "frontmatter"]):
        from tests.fuzz.targets import TARGETS
    (target,) = (each for each in TARGETS if each.name == sys.argv[1])
    with tempfile.TemporaryDirectory() as corpus:
        for number, example in enumerate(target.examples):
            (Path(corpus) / str(number)).write_bytes(example)
        options = [
            f"-max_total_time={sys.argv[2]}",
            f"-seed={sys.argv[3]}",
            "-max_len=4096",
            f"-artifact_prefix={corpus}/",
        ]
        atheris.Setup([sys.argv[0], *options, corpus], target.parse)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
