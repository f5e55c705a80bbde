"""Answers that were given just now, given again: as bytes, as long as nothing was written since.

An answer is kept under the state of the store that was known before it was made, so that it can be newer than that but
never older; each look-up asks the store first whether anything was written, by whichever process. Who may read and
write, and how often, must be decided outside of this layer.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.at_once import Headers, Whole, at_once_of, lines_of
from app.api.conditional import tag_is_among
from app.api.metrics import template_of
from app.api.traces import REQUESTS_OF_FASTAPI, name_span

KEPT = (b"/articles", b"/entities", b"/statements", b"/commitments", b"/search", b"/summary")
"""What depends on the store alone begins so."""

LARGEST = 1 << 18
"""Bytes of an answer that is kept, at most."""

OVERHEAD = 1800
"""Bytes that an answer takes besides its body, about."""

Key = tuple[bytes, bytes, bytes]
State = Callable[[], int | None]
"""A number that is another after every write to the store; None where that cannot be told."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer: what is sent for it, what for it to a client that has it, and the route that gave it."""

    tag: str
    whole: Whole
    not_modified: Whole
    route: object

    @property
    def size(self) -> int:
        """Bytes that it takes, about."""
        return len(self.whole.body) + OVERHEAD


class _Look(NamedTuple):
    """What was looked for, in which state of the store, and what of it is kept; ``tags`` are what the client has."""

    key: Key
    state: int
    tags: str | None
    kept: Kept | None

    @property
    def has_it(self) -> bool:
        """Whether the client has what is kept."""
        return self.kept is not None and self.tags is not None and tag_is_among(self.kept.tag, self.tags)


class HotAnswers:
    """Keeps answers to GET requests, up to ``capacity`` bytes; those not asked for longest go first."""

    def __init__(self, app: ASGIApp, state: State, capacity: int) -> None:
        self._app = app
        self._inner = at_once_of(app)
        self._state = state
        self._capacity = capacity
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._size = 0
        self._known: int | None = None
        self._state_of_turn: int | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        is_get = scope["type"] == "http" and scope["method"] == "GET"
        look = self._look(scope, self._state) if is_get else None
        if look is None:
            await self._app(scope, receive, send)
            return
        kept = look.kept
        if kept is None:
            await self._app(scope, receive, _Recorder(send, lambda *answer: self._keep(look, scope, *answer)))
            return
        if REQUESTS_OF_FASTAPI in scope:
            name_span(scope, template_of(kept.route))
        sent = kept.not_modified if look.has_it else kept.whole
        await send({"type": "http.response.start", "status": sent.status, "headers": sent.headers})
        await send({"type": "http.response.body", "body": sent.body})

    def at_once(self, scope: Scope) -> Whole | None:
        """See `app.api.at_once`."""
        look = self._look(scope, self._state_in_turn)
        if look is None:
            return self._inner(scope)
        if look.kept is not None:
            return look.kept.not_modified if look.has_it else look.kept.whole
        answer = self._inner(scope)
        if answer is not None and answer.status == 200:
            self._keep(look, scope, answer.headers, answer.body)
        return answer

    def _state_in_turn(self) -> int | None:
        """The state, asked for once a turn of the event loop.

        Requests that are answered in one turn had come before it began, and so before the state was asked for: whoever
        was told of a write before they asked is not shown what was before it.
        """
        if self._state_of_turn is None and (state := self._state()) is not None:
            self._state_of_turn = state
            asyncio.get_running_loop().call_soon(self._end_turn)
        return self._state_of_turn

    def _end_turn(self) -> None:
        self._state_of_turn = None

    def _look(self, scope: Scope, asked: State) -> _Look | None:
        """Look for the answer to a GET; None for what is never kept, and while that cannot be told."""
        if not scope.get("raw_path", b"").startswith(KEPT):
            return None
        accept, tags, plain = _asked(scope["headers"])
        state = asked() if plain else None
        if state is None:
            return None
        if state != self._known:
            self._forget(state)
        key = (scope["raw_path"], scope["query_string"], accept)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            scope["route"] = kept.route  # for those who count
        return _Look(key, state, tags, kept)

    def _keep(self, look: _Look, scope: Scope, headers: Headers, body: bytes) -> None:
        """Keep an answer of status 200, where it is one to keep: tagged, not large, and still the latest."""
        if look.state != self._known or look.key in self._kept or len(body) > LARGEST:
            return
        answer = _kept(headers, body, scope.get("route"))
        if answer is None:
            return
        self._kept[look.key] = answer
        self._size += answer.size
        while self._size > self._capacity:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size

    def _forget(self, state: int) -> None:
        self._kept.clear()
        self._size = 0
        self._known = state


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
    """Sends an answer on, and hands headers and body over where it is of status 200 and in one piece."""

    def __init__(self, send: Send, hand_over: Callable[[Headers, bytes], None]) -> None:
        self._send = send
        self._hand_over = hand_over
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message if message["status"] == 200 else None
        elif self._start is not None:
            if not message.get("more_body"):
                self._hand_over(list(self._start["headers"]), message["body"])
            self._start = None
        await self._send(message)


def _kept(headers: Headers, body: bytes, route: object) -> Kept | None:
    """An answer to keep; None where it has no tag."""
    tag = next((value for name, value in headers if name == b"etag"), None)
    fewer = [header for header in headers if header[0] not in _NOT_SENT]
    lines, fewer_lines = lines_of(headers), lines_of(fewer)
    if tag is None or lines is None or fewer_lines is None:
        return None
    not_modified = Whole(304, fewer, fewer_lines, b"")
    return Kept(tag.decode("latin-1"), Whole(200, headers, lines, body), not_modified, route)
