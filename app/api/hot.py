"""Answers that were given just now, given again: as bytes, as long as nothing was written since.

An answer is kept under the state of the store that was known before it was made, so that it can be newer than that but
never older; each look-up asks the store first whether anything was written, by whichever process. Who may read and
write, and how often, must be decided outside of this layer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.conditional import tag_is_among
from app.api.metrics import template_of
from app.api.traces import REQUESTS_OF_FASTAPI, name_span

KEPT = (b"/articles", b"/entities", b"/statements", b"/commitments", b"/search", b"/summary")
"""What depends on the store alone begins so."""

LARGEST = 1 << 18
"""Bytes of an answer that is kept, at most."""

OVERHEAD = 1700
"""Bytes that an answer takes besides its body, about."""

Headers = list[tuple[bytes, bytes]]
Key = tuple[bytes, bytes, bytes]
State = Callable[[], int | None]
"""A number that is another after every write to the store; None where that cannot be told."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer: what is sent for it, what for it to a client that has it, and the route that gave it."""

    tag: str
    start: Message
    body: Message
    size: int
    not_modified: Message
    route: object


class HotAnswers:
    """Keeps answers to GET requests, up to ``capacity`` bytes; those not asked for longest go first."""

    def __init__(self, app: ASGIApp, state: State, capacity: int) -> None:
        self._app = app
        self._state = state
        self._capacity = capacity
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._size = 0
        self._known: int | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope.get("raw_path", b"").startswith(KEPT):
            await self._app(scope, receive, send)
            return
        accept, tags, plain = _asked(scope["headers"])
        state = self._state()
        if state is None or not plain:
            await self._app(scope, receive, send)
            return
        if state != self._known:
            self._forget(state)
        key = (scope["raw_path"], scope["query_string"], accept)
        kept = self._kept.get(key)
        if kept is None:
            await self._app(scope, receive, _Recorder(scope, send, lambda answer: self._keep(key, state, answer)))
            return
        self._kept.move_to_end(key)
        scope["route"] = kept.route  # for those who count
        if REQUESTS_OF_FASTAPI in scope:
            name_span(scope, template_of(kept.route))
        if tags is not None and tag_is_among(kept.tag, tags):
            await send(kept.not_modified)
            await send(_EMPTY)
        else:
            await send(kept.start)
            await send(kept.body)

    def _keep(self, key: Key, state: int, answer: Kept) -> None:
        if state != self._known or key in self._kept:
            return
        self._kept[key] = answer
        self._size += answer.size
        while self._size > self._capacity:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size

    def _forget(self, state: int) -> None:
        self._kept.clear()
        self._size = 0
        self._known = state


_EMPTY: Message = {"type": "http.response.body", "body": b""}
_NOT_SENT = (b"content-length", b"content-type")
"""Headers that a 304 does without."""


def _asked(headers: Headers) -> tuple[bytes, str | None, bool]:
    """What the client accepts, which tags it has, and whether that is all there is to heed."""
    accept, tags, plain = b"", None, True
    for name, value in headers:
        if name == b"accept":
            accept = value
        elif name == b"if-none-match":
            tags = value.decode("latin-1")
        elif name in (b"if-modified-since", b"range"):
            plain = False
    return accept, tags, plain


class _Recorder:
    """Sends an answer on, and hands it over where it is one to keep: whole, tagged, not large."""

    def __init__(self, scope: Scope, send: Send, hand_over: Callable[[Kept], None]) -> None:
        self._scope = scope
        self._send = send
        self._hand_over = hand_over
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message if message["status"] == 200 else None
        elif self._start is not None:
            self._record(self._start, message)
            self._start = None
        await self._send(message)

    def _record(self, start: Message, body: Message) -> None:
        headers: Headers = list(start["headers"])
        tag = next((value for name, value in headers if name == b"etag"), None)
        if tag is None or body.get("more_body") or len(body["body"]) > LARGEST:
            return
        shorter = [header for header in headers if header[0] not in _NOT_SENT]
        self._hand_over(
            Kept(
                tag.decode("latin-1"),
                {**start, "headers": headers},
                {"type": "http.response.body", "body": body["body"]},
                len(body["body"]) + OVERHEAD,
                {"type": "http.response.start", "status": 304, "headers": shorter},
                self._scope.get("route"),
            )
        )
