"""A site on loopback that answers what a test tells it to, byte for byte, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.ingest.fetch import Fetcher, Limits
from app.ingest.guard import Guard
from app.ingest.manners import Manners

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(
    content: bytes = b"", status: str = "200 OK", kind: str = "text/html", headers: Mapping[str, str] | None = None
) -> bytes:
    given = {"Content-Type": kind, "Content-Length": str(len(content)), "Connection": "close", **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + content


def redirect(to: str, status: str = "302 Found") -> bytes:
    return answer(status=status, headers={"Location": to})


@dataclass
class Clock:
    """Time that passes only by waiting."""

    now: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@dataclass
class Site:
    """Answers by path; "/robots.txt" allows everything until told otherwise."""

    answers: dict[str, Answer]
    port: int = 0
    requests: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def paths(self) -> list[str]:
        return [request.split()[1] for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.requests.append(request)
            given = self.answers.get(request.split()[1], answer(status="404 Not Found"))
            if isinstance(given, bytes):
                writer.write(given)
                await writer.drain()
            else:
                await given(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.at_once -= 1
            writer.close()


@asynccontextmanager
async def served(answers: dict[str, Answer], host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Site]:
    site = Site(answers)
    server = await asyncio.start_server(site.serve, host, port)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()


def resolver(names: Mapping[str, Sequence[str]]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """Names stand for the addresses given. Others are not found."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        if host not in names:
            raise OSError(-2, "Name or service not known")
        return names[host]

    return resolve


def fetcher(
    site: Site,
    names: Mapping[str, Sequence[str]] | None = None,
    limits: Limits | None = None,
    clock: Clock | None = None,
) -> Fetcher:
    """A fetcher that may reach the site as post.example, and nothing else that is not public."""
    resolve = resolver({"post.example": ["127.0.0.1"], **(names or {})})
    time = clock or Clock()
    guard = Guard(resolve, frozenset({("127.0.0.1", site.port)}))
    return Fetcher(guard, limits or Limits(seconds=5), Manners(time, time.sleep))
