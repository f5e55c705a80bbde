"""HTTP connections that nobody can hold by being slow, nor fill by sending without end, nor take all of.

uvicorn ends connections that are idle between requests, and nothing else: a head may take forever and grow without
bound, a body and an answer may take forever. All that is bounded here, by one timer a connection; and so is how many
connections one address may have.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import unquote

import orjson
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from app.api.at_once import at_once_of, joined, lines_of

LONGEST_HEAD = 32 * 1024
"""Bytes of the request line and all headers."""

LONGEST_URL = 8 * 1024
"""Bytes of path and query; 8000 are to be supported (RFC 9112, section 3)."""

PACE = 1024
"""Bytes a second of a body or an answer that count as progress."""

CLOSE = (b"connection", b"close")
"""The header of the last answer on a connection."""

OF_BODIES = frozenset({b"content-length", b"transfer-encoding", b"expect"})
"""Headers of requests that something follows (RFC 9112, section 6)."""

BODILESS = frozenset({204, 304})
"""Statuses of answers that have no body (RFC 9110, section 6.4.1)."""

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


class Crowd:
    """Connections that are open, by the address that they come from; of IPv6, the network of 64 bits that one has."""

    def __init__(self, most: int, free: Sequence[str] = ()) -> None:
        """One address may have ``most``, 0: any number; those in the networks ``free`` are not counted."""
        self._most = most
        self._free = [ip_network(network) for network in free]
        self._open: Counter[str] = Counter()

    def enter(self, address: str) -> str | None:
        """Count a connection; gives what to `leave` with, None where there are too many already."""
        found = ip_address(address)
        if isinstance(found, IPv6Address):
            found = found.ipv4_mapped or found
        if not self._most or any(found in network for network in self._free):
            return ""
        home = str(found) if isinstance(found, IPv4Address) else str(IPv6Network((int(found), 64), strict=False))
        if self._open[home] >= self._most:
            return None
        self._open[home] += 1
        return home

    def leave(self, home: str) -> None:
        """A connection that was counted has ended."""
        if home:
            self._open[home] -= 1
            if not self._open[home]:
                del self._open[home]


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


class PatientProtocol(HttpToolsProtocol):
    """A connection that gives its client `patience` seconds for a head, and for each next part of a body or answer."""

    patience: float = 20
    crowd = Crowd(0)

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
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > LONGEST_HEAD and not self.transport.is_closing():
            self._refuse(431 if self.headers else 414)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
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
            and (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and not self.transport.is_closing()
            and CLOSE not in self.server_state.default_headers
            and OF_BODIES.isdisjoint([name for name, _ in self.headers])
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
        answer = self._at_once(scope)
        if answer is None:
            return False
        usual = joined(self.server_state.default_headers)
        self.transport.write(b"%b%b%b\r\n%b" % (STATUS_LINE[answer.status], usual, answer.lines, answer.body))
        self.on_response_complete()
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
        is_begun = self._head_bytes or not self._is_asked  # else uvicorn ends it, in its own time
        is_slow_head = self._in_head and is_begun and not now.is_answering and not was.is_answering
        is_slow_body = self._in_body and not self._in_head and now.body - was.body < enough
        if is_slow_head or is_slow_body:
            self._give_up()

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
    return type("PatientProtocol", (PatientProtocol,), {"patience": seconds, "crowd": crowd})
