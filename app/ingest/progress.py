"""How far a load has come, on standard error: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from app.ingest.bulk import Tally

SECONDS_BETWEEN_LINES = 10.0
RATE_SECONDS = 10.0
"""Over how long the rate is taken that is shown."""


class LoadingBar:
    """Shows a `Tally` whenever it is told to."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._bar = Progress(
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.description}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task("starting", total=None)
        self._marks = [(time.monotonic(), 0)]
        self._printed_at = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Take the bar away."""
        self._bar.stop()

    def show(self, tally: Tally) -> None:
        """Show how far it is."""
        now = time.monotonic()
        self._marks = [mark for mark in self._marks if mark[0] > now - RATE_SECONDS] or self._marks[-1:]
        began, settled = self._marks[0]
        rate = (tally.settled - settled) / max(now - began, 0.001)
        self._marks.append((now, tally.settled))
        told = f"{tally.new} new, {tally.known} known, {tally.refused} refused, {rate:.0f}/s"
        if tally.file:
            told += f", {tally.file.name}"
        self._bar.update(self._task, description=told, total=tally.bytes_in_all, completed=tally.bytes)
        if self._bar.disable and now - self._printed_at > SECONDS_BETWEEN_LINES:
            self._printed_at = now
            share = tally.bytes / tally.bytes_in_all if tally.bytes_in_all else 1.0
            sys.stderr.write(f"entente: {share:.0%}: {told}\n")
