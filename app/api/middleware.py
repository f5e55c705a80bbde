"""Around every request, as pure ASGI: its id, one log line, HEAD, and the last resort when something breaks."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Mapping
from random import getrandbits

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import metrics
from app.api.at_once import Whole, at_once_of
from app.api.logs import ROOT, tell
from app.api.problems import BROKEN, problem
from app.api.traces import REQUESTS_OF_FASTAPI, current_ids

log = logging.getLogger(f"{ROOT}.requests")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
"""W3C Trace Context, section 3.2."""


class Requests:
    """Gives each request an id (the caller's `X-Request-ID`, or a new one), counts it, and logs one line of it.

    An exception that nothing handled is logged with its traceback and answered with a problem of status 500. HEAD is
    answered as GET without the body (RFC 9110, section 9.3.2).
    """

    def __init__(self, app: ASGIApp, counted: metrics.Requests) -> None:
        self._app = app
        self._inner = at_once_of(app)
        self._counted = counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, trace = _traced(scope["headers"])
        if REQUESTS_OF_FASTAPI in scope:
            trace = {**trace, **current_ids()}
        scope.setdefault("state", {})["request_id"] = request_id
        fields = _fields(scope, request_id, trace)
        started = time.perf_counter()
        method = scope["method"]
        answer = _Answer(send, request_id.encode(), bodiless=method == "HEAD")
        if method == "HEAD":
            scope = {**scope, "method": "GET"}
        try:
            await self._app(scope, receive, answer)
        except Exception:
            log.exception("unhandled", extra={"fields": fields})
            if answer.status is None:
                await problem(Request(scope), 500, BROKEN)(scope, receive, answer)
        finally:
            self._note(scope, method, answer.status, started, fields)

    def at_once(self, scope: Scope) -> Whole | None:
        """See `app.api.at_once`."""
        started = time.perf_counter()
        answer = self._inner(scope)
        if answer is None:
            return None
        request_id, trace = _traced(scope["headers"])
        self._note(scope, "GET", answer.status, started, _fields(scope, request_id, trace))
        lines = b"%bx-request-id: %b\r\n" % (answer.lines, request_id.encode())
        return Whole(answer.status, answer.headers, lines, answer.body)

    def _note(
        self, scope: Scope, method: str, status: int | None, started: float, fields: Mapping[str, object]
    ) -> None:
        """Count a request that is over, and log its line."""
        taken = time.perf_counter() - started
        self._counted.add(scope, method, status, taken)
        tell(log, "request", {**fields, "status": status, "ms": round(taken * 1000, 2)})


def _fields(scope: Scope, request_id: str, trace: Mapping[str, str]) -> dict[str, object]:
    """What a log line of a request says of it."""
    return {"method": scope["method"], "path": scope["path"], "request_id": request_id, **trace}


class _Answer:
    """Sends an answer on, with the request's id, and remembers its status."""

    def __init__(self, send: Send, request_id: bytes, *, bodiless: bool) -> None:
        self._send = send
        self._request_id = request_id
        self._bodiless = bodiless
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message["headers"], (b"x-request-id", self._request_id)]}
        elif self._bodiless and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def _traced(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, Mapping[str, str]]:
    """The request's id, the caller's where it is fit for a log, and the ids of the trace that it belongs to."""
    request_id, trace = "", {}
    for name, value in headers:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            request_id = value.decode()
        elif name == b"traceparent" and (found := _TRACEPARENT.fullmatch(value)):
            trace = {"trace_id": found[1].decode(), "parent_id": found[2].decode()}
    return request_id or f"{getrandbits(128):032x}", trace
