"""Fetch pages and feeds, so that neither this machine nor the asked one can be harmed by it.

See `guard` for what may be connected to and `manners` for how hosts are treated.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import Message
from importlib.metadata import version
from types import TracebackType
from typing import Self

import httpcore
import httpx
from protego import Protego

from app.ingest.fetch_errors import FetchError, FetchFailed, FetchRefused
from app.ingest.guard import Guard, GuardedNetwork
from app.ingest.manners import ROBOTS_KEPT, Host, Manners, retry_after, robots_of

__all__ = ["FEEDS", "PAGES", "FetchError", "FetchFailed", "FetchRefused", "Fetched", "Fetcher", "Limits", "Validators"]

ROBOT = "Entente"
"""The name that ``robots.txt`` can address."""
USER_AGENT = f"{ROBOT}/{version('entente-news')} (reads news on cooperation between states; obeys robots.txt)"

PAGES = ("text/html", "application/xhtml+xml")
FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json", "application/xml",
         "text/xml", "application/rdf+xml", "text/plain", "text/html")  # fmt: skip
"""Media types. Feeds are often served under the wrong one, so that what is no feed shows in reading it."""

_REDIRECTS = (301, 302, 303, 307, 308)
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one fetch may take: seconds, without those it waits for its turn; bytes once unpacked; redirects."""

    seconds: float = 30.0
    size: int = 8 * 1024 * 1024
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of the state it gave, to be sent along the next time (RFC 9110, 8.8)."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Ask for an answer only if something has changed."""
        given = ((b"If-None-Match", self.etag), (b"If-Modified-Since", self.last_modified))
        return [(name, value.encode("latin-1", "ignore")) for name, value in given if value]


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer; ``url`` is where the last redirect led, ``content`` is None where nothing has changed (304)."""

    url: str
    content: bytes | None
    media_type: str
    charset: str | None
    validators: Validators


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    content: bytes = b""


@dataclass(slots=True)
class Fetcher:
    """Fetches, one request at a time for each host. Use it as an async context manager, and one for all."""

    guard: Guard = field(default_factory=Guard)
    limits: Limits = field(default_factory=Limits)
    manners: Manners = field(default_factory=Manners)
    _pool: httpcore.AsyncConnectionPool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            network_backend=GuardedNetwork(self.guard), max_connections=20, keepalive_expiry=5.0
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.aclose()

    async def fetch(self, url: str, media_types: tuple[str, ...] = PAGES, known: Validators | None = None) -> Fetched:
        """Fetch what has one of the media types, following redirects; ``known`` of what one has already.

        Raises `FetchRefused` for what may not be fetched, and `FetchFailed` for what could not be.
        """
        asked, known = self.guard.check_url(url), known or Validators()
        left = self.limits.seconds
        for _ in range(self.limits.redirects + 1):
            async with self.manners.turn(asked.host) as host:
                started = self.manners.clock()
                answer = await self._ask_in_time(left, host, asked, media_types, known)
                left -= self.manners.clock() - started
            if answer.status not in _REDIRECTS:
                return self._fetched(asked, answer)
            asked = self._redirected(asked, answer)
        raise FetchFailed(url, f"more than {self.limits.redirects} redirects")

    async def _ask_in_time(
        self, seconds: float, host: Host, url: httpx.URL, media_types: tuple[str, ...], known: Validators
    ) -> _Answer:
        try:
            async with asyncio.timeout(seconds):
                await self._obey_robots(host, url)
                return await self._ask(host, url, media_types, known)
        except TimeoutError:
            wait = self.manners.back_off(host, None)
            raise FetchFailed(str(url), f"not done within {self.limits.seconds:g} seconds", wait) from None

    def _redirected(self, url: httpx.URL, answer: _Answer) -> httpx.URL:
        location = answer.headers.get("Location")
        if not location:
            raise FetchFailed(str(url), f"answered {answer.status} without saying where to")
        try:
            return self.guard.check_url(str(url.join(location)))
        except httpx.InvalidURL as error:
            raise FetchRefused(str(url), f"redirects to what is not an address: {error}") from None

    @staticmethod
    def _fetched(url: httpx.URL, answer: _Answer) -> Fetched:
        if answer.status not in (200, 304):
            raise FetchFailed(str(url), f"answered {answer.status}")
        kind, charset = _content_type(answer.headers)
        validators = Validators(answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
        return Fetched(str(url), answer.content if answer.status == 200 else None, kind, charset, validators)

    async def _obey_robots(self, host: Host, url: httpx.URL) -> None:
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        robots, until = host.robots.get(origin, (None, 0.0))
        if robots is None or until < self.manners.clock():
            robots = await self._robots(host, url)
            host.robots[origin] = robots, self.manners.clock() + ROBOTS_KEPT
        self.manners.slow_down(host, robots.crawl_delay(ROBOT))
        if not robots.can_fetch(str(url), ROBOT):
            raise FetchRefused(str(url), "the host's robots.txt forbids it")

    async def _robots(self, host: Host, url: httpx.URL) -> Protego:
        """Fetch ``robots.txt``. While a server cannot give it, nothing is fetched from there (RFC 9309, 2.3.1.4)."""
        at = url.copy_with(raw_path=b"/robots.txt")
        for _ in range(self.limits.redirects + 1):
            answer = await self._ask(host, at, None, Validators())
            if answer.status not in _REDIRECTS:
                return robots_of(answer.status, answer.content)
            at = self._redirected(at, answer)
        return robots_of(404, b"")

    async def _ask(self, host: Host, url: httpx.URL, media_types: tuple[str, ...] | None, known: Validators) -> _Answer:
        address = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            async with self._pool.stream("GET", address, headers=_headers(url, media_types, known)) as response:
                answer = _Answer(response.status, httpx.Headers(response.headers))
                if response.status == 200:
                    content = await self._content(url, answer.headers, response.aiter_stream(), media_types)
                    answer = _Answer(200, answer.headers, content)
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            wait = self.manners.back_off(host, None)
            raise FetchFailed(str(url), f"no answer: {error or type(error).__name__}", wait) from None
        except FetchRefused as error:  # the network's, which knows the host alone
            raise FetchRefused(str(url), error.reason) from None
        if answer.status == _TOO_MANY_REQUESTS or answer.status >= 500:
            wait = self.manners.back_off(host, retry_after(answer.headers.get("Retry-After")))
            raise FetchFailed(str(url), f"answered {answer.status}; not asked again for {wait:.0f} seconds", wait)
        host.failures = 0
        return answer

    async def _content(
        self, url: httpx.URL, headers: httpx.Headers, chunks: AsyncIterator[bytes], media_types: tuple[str, ...] | None
    ) -> bytes:
        kind, _ = _content_type(headers)
        if media_types and kind not in media_types:
            raise FetchFailed(str(url), f"is {kind or 'of no media type'}; {', '.join(media_types)} are wanted")
        encoding = headers.get("Content-Encoding", "identity").strip().lower() or "identity"
        if encoding not in ("identity", "gzip", "x-gzip"):
            raise FetchFailed(str(url), f"is packed as {encoding}, which was not asked for")
        unpacked = bytearray()
        try:
            async for part in _unpacked(chunks, encoding != "identity", self.limits.size):
                unpacked += part
                if len(unpacked) > self.limits.size:
                    raise FetchFailed(str(url), f"longer than {self.limits.size} bytes")
        except (zlib.error, EOFError) as error:
            raise FetchFailed(str(url), f"is packed wrongly: {error}") from None
        return bytes(unpacked)


def _headers(url: httpx.URL, media_types: tuple[str, ...] | None, known: Validators) -> list[tuple[bytes, bytes]]:
    return [
        (b"Host", url.netloc),
        (b"User-Agent", USER_AGENT.encode("ascii")),
        (b"Accept", ", ".join((*(media_types or ()), "*/*;q=0.1")).encode("ascii")),
        (b"Accept-Encoding", b"gzip"),
        *known.headers(),
    ]


async def _unpacked(chunks: AsyncIterator[bytes], packed: bool, size: int) -> AsyncIterator[bytes]:
    """Unpack in pieces of at most ``size`` bytes and one, so that the caller can stop before memory is full."""
    unpacker = zlib.decompressobj(wbits=31)
    async for chunk in chunks:
        if not packed:
            yield chunk
        while packed and chunk and not unpacker.eof:
            yield unpacker.decompress(chunk, size + 1)
            chunk = unpacker.unconsumed_tail
    if packed and not unpacker.eof:
        raise EOFError("it ends too early")


def _content_type(headers: httpx.Headers) -> tuple[str, str | None]:
    message = Message()
    message["Content-Type"] = headers.get("Content-Type", "")
    charset = message.get_param("charset")
    return headers.get("Content-Type", "").partition(";")[0].strip().lower(), charset if isinstance(
        charset, str
    ) else None
