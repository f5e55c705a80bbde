"""Log lines: machines read them, and no secret stands in them."""

from __future__ import annotations

import io
import json
import logging
import sys

import httpx
import pytest

from app.api.logs import ROOT, JsonLines, Lines, Logfmt, configure_logging, tell


def line(formatter: Lines, message: str, level: int = logging.WARNING, **fields: object) -> str:
    record = logging.LogRecord("entente.test", level, "", 1, message, None, None)
    record.fields = fields
    return formatter.format(record)


def test_json_lines_are_one_object_each() -> None:
    written = line(JsonLines(), 'a "quoted"\nthing', status=200)
    assert "\n" not in written
    assert json.loads(written).items() >= {"message": 'a "quoted"\nthing', "status": 200}.items()


def test_logfmt_lines_are_pairs_quoted_where_they_must_be() -> None:
    written = line(Logfmt(), "request", logging.INFO, path="/a b", status=200, trace_id=None, note='say "x"=1\n')
    assert written.endswith(r'level=info message=request path="/a b" status=200 trace_id="" note="say \"x\"=1\n"')


@pytest.mark.parametrize("formatter", [JsonLines(), Logfmt()])
@pytest.mark.parametrize(
    "message",
    [
        "connection to postgresql://writer:S3CRET@db.example/entente failed",
        "no answer from https://S3CRET@feeds.example/world",
        "https://feeds.example/world?token=S3CRET&x=1 is gone",
        "refused: Authorization: Bearer S3CRET",
        "sent Cookie: session=S3CRET; other=S3CRET",
        "key entente_0123456789ab_S3CRETS3CRETS3CRETS3CRETS3CRETS3CRETS3CRETS was sent",
        "dsn was host=db user=writer password=S3CRET",
    ],
)
def test_secrets_are_struck_out_of_what_goes_wrong(formatter: Lines, message: str) -> None:
    assert "S3CRET" not in line(formatter, message)
    assert "S3CRET" not in line(formatter, "feed", reason=message)


def test_secrets_are_struck_out_of_tracebacks() -> None:
    word = "".join(("S3", "CRET"))
    try:
        httpx.get(f"http://me:{word}@127.0.0.1:9/feed?token={word}").raise_for_status()
    except httpx.HTTPError as error:
        failed = RuntimeError(f"{error} at {error.request.url} as http://me:{word}@127.0.0.1/feed")
    record = logging.LogRecord("entente", logging.ERROR, "", 1, "unhandled", None, (RuntimeError, failed, None))
    assert "RuntimeError" in JsonLines().format(record)
    assert word not in JsonLines().format(record)


def test_what_is_told_besides_stays_readable() -> None:
    message = "sqlite:///entente.db: no such table? e-mail a@b.example, see https://docs.example/a/b"
    assert json.loads(line(JsonLines(), message))["message"] == message


def test_what_is_told_is_the_line_of_a_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a record is made of it or not."""
    told = io.StringIO()
    monkeypatch.setattr(sys, "stderr", told)
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging.root, "level", logging.root.level)
    monkeypatch.setattr(logging.getLogger(ROOT), "level", logging.NOTSET)
    configure_logging("info")
    logger = logging.getLogger(f"{ROOT}.test")
    tell(logger, "request", {"path": "/a b"})
    logging.root.addHandler(logging.NullHandler())
    tell(logger, "request", {"path": "/a b"})
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    assert len({line.pop("time")[:16] for line in lines}) <= 2
    assert lines == [{"level": "info", "message": "request", "path": "/a b"}] * 2
    logger.setLevel(logging.WARNING)
    tell(logger, "request", {})
    assert told.getvalue().count("\n") == 2
