"""Log lines: one JSON object each, on standard error."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

import orjson

ROOT = "entente"
"""The logger that all of ours hang on."""


class JsonLines(logging.Formatter):
    """Time, level, message, and what the caller put into ``extra={"fields": {...}}``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def configure_logging(level: str) -> None:
    """Send every log line of the process through `JsonLines`; those of libraries from warnings on."""
    # Nothing in a line tells of threads, processes and places in the code; not asking for them halves what a line costs
    # ("Optimization" in the standard library's Logging HOWTO).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(ROOT).setLevel(level.upper())
