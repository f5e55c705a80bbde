"""Log lines, on standard error: JSON objects or logfmt, one a line; with no secrets in them, whoever put them there."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TextIO

import orjson

from app.settings import LogFormat

ROOT = "entente"
"""The logger that all of ours hang on."""

SECRETS = (
    re.compile(r"(://)[^/\s@\"'\\]+(?=@)"),  # who one is, in an address
    re.compile(r"(://[^\s?\"'\\]+\?)[^\s\"'<>()\\]+"),  # the query of an address
    re.compile(r"(?i)(\bbearer )[^\s\"'\\]+"),
    re.compile(r"(?i)(\bcookie: )[^\"'\\]+"),
    re.compile(r"(\bentente_[0-9a-f]{12}_)[A-Za-z0-9_-]{43}"),  # a key of ours; what stands before its secret names it
    re.compile(r"(?i)(\bpassword[=:] ?)[^\s\"'\\]+"),
)
"""What no line shows: libraries put it into their messages, and those into tracebacks."""


def without_secrets(line: str) -> str:
    """The line with what looks like a secret struck out."""
    for secret in SECRETS:
        line = secret.sub(r"\1***", line)
    return line


class Lines(logging.Formatter):
    """Time, level, message, and what the caller put into ``extra={"fields": {...}}``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line. What is only told of requests holds no words but a path, and is not searched for secrets."""
        fields = getattr(record, "fields", {})
        if record.exc_info:
            fields = {**fields, "traceback": self.formatException(record.exc_info)}
        line = self.line(record.created, record.levelname.lower(), record.getMessage(), fields)
        return line if record.levelno == logging.INFO and record.name.startswith(ROOT) else without_secrets(line)

    def line(self, at: float, level: str, message: str, fields: Mapping[str, object]) -> str:
        """A line of what was logged at this time, in seconds since the epoch."""
        time_ = f"{_second(int(at))}.{int(at % 1 * 1000):03}+00:00"
        return self.written({"time": time_, "level": level, "message": message, **fields})

    def written(self, line: dict[str, object]) -> str:
        """The fields of a line in a row."""
        raise NotImplementedError


class _Handler(logging.StreamHandler[TextIO]):
    """Writes lines to a stream that is flushed at the end of each, as standard error is."""

    def __init__(self, stream: TextIO, lines: Lines) -> None:
        super().__init__(stream)
        self.setFormatter(lines)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            self.stream.write(f"{self.format(record)}\n")
        except Exception:  # as the library does: what is served must not hang on its log
            self.handleError(record)

    def tell(self, message: str, fields: Mapping[str, object]) -> bool:
        """Write the line of something at ``info``, without a record of it; False where that fails."""
        self.acquire()
        try:
            self.stream.write(f"{self._lines.line(time.time(), 'info', message, fields)}\n")
        except Exception:
            return False
        finally:
            self.release()
        return True


def tell(logger: logging.Logger, message: str, fields: Mapping[str, object]) -> None:
    """Log something usual of ours at ``info``, in a third of the time where nobody but our handler would get it."""
    if not logger.isEnabledFor(logging.INFO):
        return
    handlers = logging.root.handlers
    alone = handlers[0] if len(handlers) == 1 else None
    if not (isinstance(alone, _Handler) and alone.tell(message, fields)):
        logger.info(message, extra={"fields": fields})


@lru_cache(4)  # many lines are of one second
def _second(since_epoch: int) -> str:
    """As ISO 8601 has it, in UTC."""
    return datetime.fromtimestamp(since_epoch, UTC).isoformat()[:19]


class JsonLines(Lines):
    """Each line a JSON object."""

    def written(self, line: dict[str, object]) -> str:
        """As JSON."""
        return orjson.dumps(line, default=str).decode()


class Logfmt(Lines):
    """Each line pairs of names and values, quoted where they are not plain words."""

    def written(self, line: dict[str, object]) -> str:
        """As logfmt."""
        return " ".join(f"{name}={_plain(value)}" for name, value in line.items())


def _plain(value: object) -> str:
    word = "" if value is None else str(value)
    return word if re.fullmatch(r"[!#-<>-~]+", word) else json.dumps(word)


FORMATTERS: dict[LogFormat, type[Lines]] = {LogFormat.JSON: JsonLines, LogFormat.LOGFMT: Logfmt}


def configure_logging(level: str, log_format: LogFormat = LogFormat.JSON) -> None:
    """Send every log line of the process through a formatter of ours; those of libraries from warnings on."""
    # Nothing in a line tells of threads, processes and places in the code; not asking for them halves what a line costs
    # ("Optimization" in the standard library's Logging HOWTO).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    handler = _Handler(sys.stderr, FORMATTERS[log_format]())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(ROOT).setLevel(level.upper())
