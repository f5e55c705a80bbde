"""Log lines, on standard error: JSON objects or logfmt, one a line; with no secrets in them, whoever put them there."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
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


class Told(logging.LogRecord):
    """A record of something usual, at ``info``, which costs a fraction of what `Logger.info` takes to make one."""

    def __init__(self, logger: logging.Logger, message: str, fields: dict[str, object]) -> None:
        self.__dict__ = {**_USUAL, "name": logger.name, "msg": message, "created": time.time(), "fields": fields}


_USUAL = logging.LogRecord("", logging.INFO, "", 0, "", None, None).__dict__
"""What is the same in all of them."""


class _Handler(logging.StreamHandler[TextIO]):
    """Writes lines to a stream that is flushed at the end of each, as standard error is."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            self.stream.write(f"{self.format(record)}\n")
        except Exception:  # as the library does: what is served must not hang on its log
            self.handleError(record)


class Lines(logging.Formatter):
    """Time, level, message, and what the caller put into ``extra={"fields": {...}}``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line. What is only told of requests holds no words but a path, and is not searched for secrets."""
        line: dict[str, object] = {
            "time": f"{_second(int(record.created))}.{int(record.created % 1 * 1000):03}+00:00",
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        written = self.written(line)
        return written if record.levelno == logging.INFO and record.name.startswith(ROOT) else without_secrets(written)

    def written(self, line: dict[str, object]) -> str:
        """The fields of a line in a row."""
        raise NotImplementedError


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
    handler = _Handler(sys.stderr)
    handler.setFormatter(FORMATTERS[log_format]())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(ROOT).setLevel(level.upper())
