"""HTTP connections that nobody can hold by being slow, nor fill by sending without end, nor take all of.

uvicorn ends connections that are idle between requests, and nothing else: a head may take forever and grow without
bound, a body and an answer may take forever. All that is bounded here, by one timer a connection. Requests that can be
answered while they are being read are; see `app.api.at_once`.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from app.api.at_once import at_once_of, joined
from app.api.crowd import Crowd
from app.api.heads import Head, Heads
from app.api.joined import CLOSE, Joined

LONGEST_HEAD = 32 * 1024
"""Bytes of the request line and all headers."""

LONGEST_URL = 8 * 1024
"""Bytes of path and query; 8000 are to be supported (RFC 9112, section 3)."""

PACE = 1024
"""Bytes a second of a body or an answer that count as progress."""

OF_BODIES = frozenset({b"content-length", b"transfer-encoding", b"expect"})
"""Headers of requests that something follows (RFC 9112, section 6)."""

REASONS = {
    400: ("Bad Request", "this is not HTTP/1.1 as it is understood here"),
    408: ("Request Timeout", "the request came too slowly"),
    414: ("URI Too Long", f"the address is longer than {LONGEST_URL} bytes"),
    429: ("Too Many Requests", "this address has as many connections open as one may"),
    431: ("Request Header Fields Too Large", f"the headers are longer than {LONGEST_HEAD} bytes"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a connection has come: the request that it is at, bytes of its body, and what of answers is waiting."""

    scope: object
    is_answering: bool
    body: int
    taken: int
    waiting: int


class Refused(Exception):
    """The request cannot be taken, whatever else it says."""


class PatientProtocol(HttpToolsProtocol):
    """A connection that gives its client `patience` seconds for a head, and for each next part of a body or answer."""

    patience: float = 20
    crowd = Crowd(0)
    heads = Heads()

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._status = 400
        self.url = b""
        self._head_bytes = 0
        self._in_head = True
        self._in_body = False
        self._body_bytes = 0
        self._at_once = at_once_of(self.app)
        self._is_asked = False
        self._is_over = False
        self._begun = 0
        self._usual: Sequence[tuple[bytes, bytes]] = ()
        self._usual_lines = b""
        self._answered_at = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._taken = 0
        self._seen = self._standing()
        self._home: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to watch, unless its address has too many already."""
        super().connection_made(transport)
        self._home = self.crowd.enter(self.client[0]) if self.client else ""
        if self._home is None:
            self._refuse(429)
        self._seen = self._standing()
        self._watch = self.loop.call_later(self.patience, self._look)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        super()._start_asgi_task(cycle, Joined(cycle, app))

    def connection_lost(self, exc: Exception | None) -> None:
        """Watch no longer."""
        if self._watch:
            self._watch.cancel()
        if self._home is not None:
            self.crowd.leave(self._home)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless a head grows too long."""
        is_between = not self._in_body
        if is_between and (head := self.heads.get(data)) and self._answered_again(head):
            return
        if self._in_head:
            self._head_bytes += len(data)
        self._begun = 0
        super().data_received(data)
        if is_between and self._is_over and self._begun == 1 and not self._in_body:
            self.heads.keep(data, self.scope)
        if self._in_head and self._head_bytes > LONGEST_HEAD and not self.transport.is_closing():
            self._refuse(431 if self.headers else 414)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._begun += 1
        self._in_head = True
        self._in_body = True

    def on_headers_complete(self) -> None:
        """The head is whole."""
        if len(self.url) > LONGEST_URL:
            self._status = 414
            raise Refused
        is_long = self._head_bytes > LONGEST_HEAD
        if is_long and sum(len(name) + len(value) for name, value in self.headers) > LONGEST_HEAD:
            self._status = 431
            raise Refused
        self._in_head = False
        self._head_bytes = 0
        self._is_asked = True
        self._is_over = self._is_plain() and self._answered_at_once()
        if not self._is_over:
            super().on_headers_complete()

    def _is_plain(self) -> bool:
        """Whether this is a GET that nothing follows, on a connection that nothing waits on and that goes on."""
        parser = self.parser
        return (
            parser.get_method() == b"GET"
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and self._is_free()
            and OF_BODIES.isdisjoint([name for name, _ in self.headers])
        )

    def _is_free(self) -> bool:
        """Whether nothing waits on the connection, and it goes on."""
        return (
            (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and not self.transport.is_closing()
            and CLOSE not in self.server_state.default_headers
        )

    def _answered_at_once(self) -> bool:
        """Answer where nothing need be waited for; all else is uvicorn's, which makes a task of it."""
        path, _, query = self.url.partition(b"?")
        if not path.startswith(b"/") or b"#" in self.url or self.root_path or not path.isascii():
            return False
        text = path.decode("ascii")
        scope: Any = self.scope
        scope["method"] = "GET"
        scope["path"] = unquote(text) if "%" in text else text
        scope["raw_path"] = path
        scope["query_string"] = query
        return self._answered(scope)

    def _answered_again(self, head: Head) -> bool:
        """Answer a head that came before, of which the parser need not know."""
        if not self._is_free():
            return False
        of_connection = {"server": self.server, "client": self.client, "scheme": self.scheme}
        scope: Any = {**head, **of_connection, "state": self.app_state.copy()}
        self.scope = scope
        self._is_asked = True
        return self._answered(scope)

    def _answered(self, scope: Any) -> bool:
        answer = self._at_once(scope)
        if answer is None:
            return False
        usual = self.server_state.default_headers
        if usual is not self._usual:
            self._usual, self._usual_lines = usual, joined(usual)
        self.transport.write(
            b"%b%b%b\r\n%b" % (STATUS_LINE[answer.status], self._usual_lines, answer.lines, answer.body)
        )
        self.server_state.total_requests += 1
        self._unset_keepalive_if_required()
        self._answered_at = self.loop.time()
        return True

    def on_body(self, body: bytes) -> None:
        """Part of a body."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._in_body = False
        self._in_head = True  # what comes next is another head, or nothing that belongs to one
        if not self._is_over:
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read."""
        self._refuse(self._status)

    def _refuse(self, status: int) -> None:
        """Answer with a problem and end the connection; in the midst of an answer, end it without a word."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            body = _problem(status, self.url)
            head = f"content-type: application/problem+json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[status] + head.encode() + body)
        self.transport.close()

    def resume_writing(self) -> None:
        """The client has taken most of what was waiting for it."""
        self._taken += 1
        super().resume_writing()

    def _standing(self) -> Standing:
        waiting = self.transport.get_write_buffer_size() if self.transport else 0
        is_answering = self.cycle is not None and not self.cycle.response_complete
        return Standing(self.scope, is_answering, self._body_bytes, self._taken, waiting)

    def _look(self) -> None:
        """End the connection where too little has come on since the last look; that takes up to twice the patience."""
        was, now = self._seen, self._standing()
        self._seen = now
        self._watch = self.loop.call_later(self.patience, self._look)
        enough = PACE * self.patience
        if was.waiting and now.waiting and now.taken == was.taken and was.waiting - now.waiting < enough:
            self.transport.abort()
            return
        if now.scope is not was.scope or self.flow.read_paused:
            return
        is_begun = self._head_bytes or not self._is_asked  # else it is idle
        if not is_begun and not now.is_answering and self._is_idle_for_long():
            self.transport.close()
            return
        is_slow_head = self._in_head and is_begun and not now.is_answering and not was.is_answering
        is_slow_body = self._in_body and not self._in_head and now.body - was.body < enough
        if is_slow_head or is_slow_body:
            self._give_up()

    def _is_idle_for_long(self) -> bool:
        """Whether the last answer was one given at once, long ago; behind the others uvicorn has its own timer."""
        is_timed = self.timeout_keep_alive_task is not None
        return not is_timed and self.loop.time() - self._answered_at >= self.timeout_keep_alive

    def _give_up(self) -> None:
        """End a connection on which nothing comes; there is nobody to tell where nothing was asked."""
        if self.transport.is_closing():
            self.transport.abort()
        elif self._in_head and not self._head_bytes:
            self.transport.close()
        else:
            self._refuse(408)


def _problem(status: int, url: bytes) -> bytes:
    """What is wrong, as every other problem says it; the request has got an id from nobody yet."""
    title, detail = REASONS[status]
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    path = url.partition(b"?")[0].decode(errors="replace")
    return orjson.dumps({**told, "instance": path, "request_id": secrets.token_hex(16)})


def patient(seconds: float, crowd: Crowd) -> type[PatientProtocol]:
    """The protocol with this much patience, counting its connections in the crowd, as uvicorn takes it."""
    return type("PatientProtocol", (PatientProtocol,), {"patience": seconds, "crowd": crowd, "heads": Heads()})
