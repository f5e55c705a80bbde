"""Requests over connections that are kept, with next to nothing between them and the socket.

A driver on the machine that it measures takes from what it measures; HTTPX takes more of a core than what it asks.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST = 64
PATIENCE = 60.0
"""Seconds that an answer may take."""

IDLE = 15.0
"""Seconds after which a connection that nobody used is closed, sooner than the service closes it."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)


class NoAnswer(Exception):
    """None came, or it took too long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says, apart from its body."""

    status: int
    location: str | None


_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Connections:
    """Up to `MOST` connections to a server on this machine; who comes when all are taken waits."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._free: list[tuple[_Streams, float]] = []
        self._turn = asyncio.Semaphore(MOST)
        self.open = 0

    async def ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Answer:
        """Send a request and read all of its answer. Raises `NoAnswer`."""
        content = json.dumps(body).encode() if body is not None else b""
        typed = "Content-Type: application/json\r\n" if body is not None else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{typed}Content-Length: {len(content)}"
        async with self._turn:
            try:
                async with asyncio.timeout(PATIENCE):
                    return await self._answer(f"{head}\r\n\r\n".encode() + content)
            except (OSError, EOFError, TimeoutError) as error:
                raise NoAnswer(f"{type(error).__name__} {error}".rstrip()) from error

    async def _answer(self, request: bytes) -> Answer:
        reader, writer = self._kept() or await self._connected()
        is_whole = False
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length, location = _LENGTH.search(head), _LOCATION.search(head)
            await reader.readexactly(int(length[1]) if length else 0)
            is_whole = True
        finally:
            if is_whole:
                self._free.append(((reader, writer), time.monotonic()))
            else:
                self._drop(writer)
        return Answer(int(head[9:12]), location[1].decode() if location else None)

    def _kept(self) -> _Streams | None:
        """The one that was used last, since which the others are older; those are closed in time."""
        while self._free and self._free[0][1] < time.monotonic() - IDLE:
            self._drop(self._free.pop(0)[0][1])
        return self._free.pop()[0] if self._free else None

    async def _connected(self) -> _Streams:
        made = await asyncio.open_connection(self._host, self._port)
        self.open += 1
        return made

    def _drop(self, writer: asyncio.StreamWriter) -> None:
        self.open -= 1
        writer.close()

    def close(self) -> None:
        """Close those that are free."""
        for (_, writer), _ in self._free:
            self._drop(writer)
        self._free.clear()
