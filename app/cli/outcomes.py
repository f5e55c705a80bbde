"""How a command ends: refusals, exit codes, and the articles that came to nothing."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from app.extraction.extractor import ExtractionFailed

if TYPE_CHECKING:
    from app.ingest.records import UnreadableFile
    from app.ingest.workers import TaskFailed

INTERRUPTED = 130
"""Exit code after Ctrl+C, as shells have it."""

UNREADABLE = 3
"""Exit code where some records could not be read; the others were."""

MOST_FAILURES = 3
"""Articles in a row for which the extractor may fail before a command gives up."""


class Refusal(Exception):
    """The command cannot go on; the message is one line for the user."""


@dataclass
class Faults:
    """Articles that came to nothing, each named on standard error."""

    count: int = 0
    in_a_row: int = 0

    def unreadable(self, fault: UnreadableFile) -> None:
        """A record that could not be read."""
        typer.echo(f"entente: {fault}", err=True)
        self.count += 1

    def unextracted(self, article: str | int, failure: ExtractionFailed | TaskFailed) -> None:
        """An article whose extraction failed. Raises `Refusal` where that goes on and on."""
        typer.echo(f"entente: {article}: {failure}", err=True)
        self.count += 1
        self.in_a_row += 1
        if self.in_a_row == MOST_FAILURES:
            sys.stdout.buffer.flush()
            raise Refusal(f"the extraction of {MOST_FAILURES} articles in a row failed")
