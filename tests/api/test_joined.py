"""Answers in one piece: what a client gets is what uvicorn alone would have sent."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from app.api.joined import Joined

BODY = b'{"items":[]}'
LENGTH = (b"content-length", b"12")
TYPE = (b"content-type", b"application/json")


class Cycle(SimpleNamespace):
    """uvicorn's part of a request: remembers what is written past it, and what it is told."""

    def __init__(self, method: str = "GET", *, keep_alive: bool = True) -> None:
        super().__init__(
            keep_alive=keep_alive,
            disconnected=False,
            response_started=False,
            response_complete=False,
            flow=SimpleNamespace(write_paused=False),
            message_event=asyncio.Event(),
            scope={"method": method},
            default_headers=[(b"date", b"Mon, 03 Mar 2025 08:00:00 GMT")],
            transport=SimpleNamespace(write=lambda piece: self.written.append(piece)),
            on_response=lambda: self.written.append(b"."),
            written=[],
            told=[],
        )

    async def send(self, message: Any) -> None:
        self.told.append(message)


def answered(cycle: Cycle, *messages: dict[str, Any]) -> Cycle:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    asyncio.run(Joined(cycle, app)({}, None, None))  # type: ignore[arg-type]
    return cycle


def start(*headers: tuple[bytes, bytes], status: int = 200) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(piece: bytes = BODY, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": piece, "more_body": more}


def test_whole_answer_is_written_in_one_piece_and_ends_the_request() -> None:
    cycle = answered(Cycle(), start(LENGTH, TYPE), body())
    head = b"HTTP/1.1 200 OK\r\ndate: Mon, 03 Mar 2025 08:00:00 GMT\r\ncontent-length: 12\r\n"
    assert cycle.written == [head + b"content-type: application/json\r\n\r\n" + BODY, b"."]
    assert (cycle.response_complete, cycle.message_event.is_set(), cycle.told) == (True, True, [])


def test_answer_without_a_body_needs_no_length() -> None:
    cycle = answered(Cycle(), start((b"etag", b'"a"'), status=304), body(b""))
    assert cycle.written[0].endswith(b'etag: "a"\r\n\r\n')
    assert cycle.told == []


@pytest.mark.parametrize(
    ("cycle", "messages"),
    [
        (Cycle("HEAD"), [start(LENGTH), body(b"")]),
        (Cycle(keep_alive=False), [start(LENGTH), body()]),
        (Cycle(), [start(LENGTH, (b"connection", b"close")), body()]),
        (Cycle(), [start(TYPE), body()]),
        (Cycle(), [start((b"content-length", b"13")), body()]),
        (Cycle(), [start(LENGTH, (b"link", b"</a>\r\nset-cookie: a=b")), body()]),
        (Cycle(), [start(LENGTH, (b"link", b"</a>\nset-cookie: a=b")), body()]),
        (Cycle(), [start(TYPE), body(b"a", more=True), body(b"b")]),
    ],
    ids=["HEAD", "last", "closing", "no length", "wrong length", "header in a header", "line in a header", "in pieces"],
)
def test_everything_else_is_told_to_uvicorn_as_it_was_said(cycle: Cycle, messages: list[dict[str, Any]]) -> None:
    assert answered(cycle, *messages).told == messages
    assert cycle.written == []


def test_head_that_nothing_follows_is_not_sent() -> None:
    cycle = answered(Cycle(), start(LENGTH))
    assert (cycle.written, cycle.told, cycle.response_started) == ([], [], False)
