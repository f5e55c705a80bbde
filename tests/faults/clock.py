"""The clock of a service, set wrong while it runs.

libfaketime would do so from outside, but holds up the timed waits of threads, so that the service does not even start.
Hence time-machine, inside the process that serves: what Python's `time` and `datetime` say of the time of day is moved;
the clock that only ever goes on stays as it is, as on a machine whose clock is set.

usage: python -m tests.faults.clock FILE ARGUMENTS (`entente ARGUMENTS`, with the clock that the file says)
"""

from __future__ import annotations

import contextlib
import random
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

SKEWS = (400 * 86400, -400 * 86400, 3600, -3600, 20, -20)
"""Seconds."""

LOOKED_AT = 0.02
"""How often, in seconds, the file is looked at."""


class Clock:
    """Says in a file by how many seconds a clock goes wrong."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._set(0)

    @contextlib.contextmanager
    def wrong(self, chance: random.Random) -> Iterator[None]:
        """Set it wrong."""
        self._set(chance.choice(SKEWS))
        try:
            yield
        finally:
            self._set(0)

    def _set(self, seconds: int) -> None:
        self.file.write_text(str(seconds))
        time.sleep(2 * LOOKED_AT)


def follow(file: Path) -> None:
    """Move this process's clock as the file says, for ever."""
    held, travel = "0", None
    while True:
        said = file.read_text()
        if said and said != held:
            if travel:
                travel.stop()
            travel = time_machine.travel(datetime.now(UTC) + timedelta(seconds=int(said)), tick=True)
            travel.start()
            held = said
        time.sleep(LOOKED_AT)


def main() -> None:
    """Serve with that clock."""
    from app.cli import main as entente

    file = Path(sys.argv.pop(1))
    threading.Thread(target=follow, args=(file,), daemon=True).start()
    entente()


if __name__ == "__main__":
    main()
