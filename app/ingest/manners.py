"""How hosts are treated: one request at a time, with pauses, what ``robots.txt`` forbids left alone, and back-off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from protego import Protego

from app.ingest.fetch_errors import FetchFailed

PAUSE = 1.0
"""Seconds between the end of one request to a host and the next."""
LONGEST_PAUSE = 30.0
"""Seconds: what is waited at most, whatever ``Crawl-delay`` says; where more is due, the fetch fails and says so."""
ROBOTS_KEPT = 24 * 3600.0
"""Seconds that ``robots.txt`` is kept (RFC 9309, 2.4)."""
FIRST_BACK_OFF = 60.0
"""Seconds that a host in trouble is left alone, twice as long each time, where it does not say for how long."""
LONGEST_BACK_OFF = 24 * 3600.0
HOSTS_REMEMBERED = 2000


@dataclass(slots=True)
class Host:
    """What is remembered of a host; times are those of the clock."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    failures: int = 0
    robots: dict[str, tuple[Protego, float]] = field(default_factory=dict)


@dataclass(slots=True)
class Manners:
    """Whose turn it is at each host."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    pause: float = PAUSE
    hosts: dict[str, Host] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[Host]:
        """Wait for the host to be free of other requests and for its pause to be over.

        Raises `FetchFailed` where the host has asked to be left alone for longer than one waits.
        """
        host = self._host(name)
        async with host.turn:
            wait = host.free_at - self.clock()
            if wait > LONGEST_PAUSE:
                raise FetchFailed(name, f"the host is left alone for another {wait:.0f} seconds, as it asked", wait)
            if wait > 0:
                await self.sleep(wait)
            try:
                yield host
            finally:
                host.free_at = max(host.free_at, self.clock() + self.pause)

    def back_off(self, host: Host, asked: float | None) -> float:
        """Leave a host alone for the time it asked for, or twice as long as after its last failure; in seconds."""
        host.failures += 1
        wait = min(asked if asked is not None else FIRST_BACK_OFF * 2.0 ** min(host.failures - 1, 20), LONGEST_BACK_OFF)
        host.free_at = max(host.free_at, self.clock() + wait)
        return wait

    def slow_down(self, host: Host, delay: float | None) -> None:
        """Pause before the next request for as long as ``Crawl-delay`` says, within reason."""
        host.free_at = max(host.free_at, self.clock() + min(delay or 0.0, LONGEST_PAUSE))

    def _host(self, name: str) -> Host:
        host = self.hosts.pop(name, None) or Host()
        if len(self.hosts) >= HOSTS_REMEMBERED:
            now = self.clock()
            done = (n for n, h in self.hosts.items() if not h.turn.locked() and h.free_at <= now)
            if oldest := next(done, None):
                del self.hosts[oldest]
        self.hosts[name] = host
        return host


def retry_after(given: str | None, now: datetime | None = None) -> float | None:
    """Read the seconds of a ``Retry-After`` header, which are given as such or as a date (RFC 9110, 10.2.3)."""
    if given is None:
        return None
    if given.strip().isdecimal():
        return float(given)
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def robots_of(status: int, content: bytes) -> Protego:
    """Read ``robots.txt`` from its answer; where there is none, everything is allowed (RFC 9309, 2.3.1.3)."""
    return Protego.parse(content.decode("utf-8", "replace") if status == 200 else "")
