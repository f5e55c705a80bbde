"""Answers that go out in one piece, past uvicorn, which sends head and body one after the other."""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from app.api.at_once import lines_of

CLOSE = (b"connection", b"close")
"""The header of the last answer on a connection."""

BODILESS = frozenset({204, 304})
"""Statuses of answers that have no body (RFC 9110, section 6.4.1)."""


class Joined:
    """The application of one request, whose answer goes out in one piece where it is whole: its head with its body.

    uvicorn sends them one after the other, and has the client woken twice.
    """

    def __init__(self, cycle: RequestResponseCycle, app: ASGIApp) -> None:
        self._cycle = cycle
        self._app = app
        self._start: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle the request."""
        await self._app(scope, receive, self._send)

    async def _send(self, message: Any) -> None:
        start, self._start = self._start, None
        if message["type"] == "http.response.start":
            self._start = message
            return
        cycle = self._cycle
        if start is not None:
            if not message.get("more_body") and (head := self._head(start, message.get("body", b""))):
                cycle.transport.write(head + message.get("body", b""))
                cycle.response_started = cycle.response_complete = True
                cycle.message_event.set()
                cycle.on_response()
                return
            await cycle.send(start)
        await cycle.send(message)

    def _head(self, start: Any, body: bytes) -> bytes | None:
        """The head of an answer; None for all that uvicorn must see to itself."""
        cycle = self._cycle
        is_plain = cycle.keep_alive and not cycle.disconnected and not cycle.flow.write_paused
        if not is_plain or cycle.response_started or cycle.scope["method"] == "HEAD":
            return None
        headers = [*cycle.default_headers, *start["headers"]]
        length = (b"content-length", b"%d" % len(body))
        has_none = start["status"] in BODILESS and not body
        if not (has_none or length in headers) or CLOSE in headers:
            return None
        lines = lines_of(headers)
        return None if lines is None else b"%b%b\r\n" % (STATUS_LINE[start["status"]], lines)
