"""The long run: the service against its specification, and every parser; prints what was tried.

usage: python -m tests.fuzz [seconds for each] [seed]
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from rich.console import Console
from rich.table import Table

from tests.fuzz.contract import ask_everything
from tests.fuzz.guided import guided, is_there
from tests.fuzz.inputs import changed
from tests.fuzz.targets import TARGETS, Target

EXAMPLES = 2000
"""That Hypothesis makes up for each parser."""


def made_up(target: Target, seed: int) -> tuple[int, str | None]:
    """How many inputs of Hypothesis a parser was tried with, and what went wrong."""
    tried = 0

    def parse(content: bytes) -> None:
        nonlocal tried
        tried += 1
        with redirect_stderr(StringIO()):  # warcio says there what it thinks of an archive
            target.parse(content)

    phases = (Phase.generate, Phase.shrink)
    asked = settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=phases, suppress_health_check=list(HealthCheck)
    )
    check: Callable[[], None] = seeded(seed)(asked(given(changed(target.examples))(parse)))
    try:
        check()
    except Exception as error:  # whatever a parser raises is a defect
        return tried, f"{type(error).__name__}: {error}"
    return tried, None


def main() -> None:
    """Try everything; exit code 1 where anything failed."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1, 10**6)
    console = Console(width=110)
    console.print(f"seed {seed}; {'atheris' if is_there() else 'no atheris for this Python: Hypothesis alone'}")
    table = Table()
    for column in ("what", "tried", "defects"):
        table.add_column(column, justify="left" if column == "what" else "right")
    defects = []
    for target in TARGETS:
        outcomes = {"Hypothesis": made_up(target, seed)}
        if is_there():
            found = guided(target.name, seconds, seed)
            outcomes["atheris"] = (found.tried, found.said)
        for by, (tried, said) in outcomes.items():
            table.add_row(f"{target.name}, {by}", f"{tried:,}", "0" if said is None else "1")
            defects += [] if said is None else [f"{target.name}, {by}: {said}"]
    asked = ask_everything(5 * seconds, seed)
    bad = asked.server_errors + (not asked.is_sound)
    table.add_row("requests by the specification, Schemathesis", f"{asked.answered:,}", str(bad))
    defects += [asked.said] if bad else []
    console.print(table)
    console.print(f"the answer that took longest: {asked.slowest}", markup=False, highlight=False)
    for defect in defects:
        console.print(defect, markup=False, highlight=False)
    sys.exit(bool(defects))


if __name__ == "__main__":
    main()
