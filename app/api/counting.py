"""Counts of requests, in windows; and one count for several processes that serve.

That one is kept by the process that started them, and asked for over a socket that only this user can reach: one line
of JSON each way: what is asked and by whom, then the `Count`. A process has one connection, on which its requests wait
for one another for some tens of microseconds.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import orjson
from limits import RateLimitItem
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

PATIENCE = 0.5
"""Seconds that a count may take, wherever it is kept."""

BACKLOG = 256
"""As many as processes may serve."""


@dataclass(frozen=True, slots=True)
class Count:
    """Whether a request is within the rate, how many more are, and the time when the window begins anew."""

    is_within: bool
    remaining: int
    reset: float


class Counter(Protocol):
    """Counts requests."""

    async def count(self, kind: str, who: str) -> Count:
        """Count one of this kind, by somebody."""
        ...


class Windows:
    """Sliding windows in a storage of the library's: memory, or a Redis."""

    def __init__(self, rates: Mapping[str, RateLimitItem], storage: Storage | None = None) -> None:
        self._rates = rates
        self._windows = SlidingWindowCounterRateLimiter(storage or MemoryStorage())

    async def count(self, kind: str, who: str) -> Count:
        """See `Counter`."""
        rate = self._rates[kind]
        is_within = await self._windows.hit(rate, kind, who)
        reset, remaining = await self._windows.get_window_stats(rate, kind, who)
        return Count(is_within, remaining, reset)


class Elsewhere:
    """The count that another process keeps, at the path of its socket."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = asyncio.Lock()
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def count(self, kind: str, who: str) -> Count:
        """See `Counter`. Raises `OSError`, `TimeoutError` or `ValueError` where the other process does not answer."""
        async with self._turn:
            try:
                async with asyncio.timeout(PATIENCE):
                    return await self._asked(kind, who)
            except BaseException:  # an answer that nobody waited for must not be taken for the next one
                if self._connection:
                    self._connection[1].close()
                self._connection = None
                raise

    async def _asked(self, kind: str, who: str) -> Count:
        if self._connection is None:
            self._connection = await asyncio.open_unix_connection(self._path)
        reader, writer = self._connection
        writer.write(orjson.dumps((kind, who)) + b"\n")
        return Count(*orjson.loads(await reader.readline()))


@asynccontextmanager
async def counted_here(counter: Counter) -> AsyncIterator[Path]:
    """Keep the count of others while the block lasts; gives the path of the socket that they ask at."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                kind, who = orjson.loads(line)
                found = await counter.count(kind, who)
                writer.write(orjson.dumps((found.is_within, found.remaining, found.reset)) + b"\n")
        except ConnectionError:
            pass  # whoever asked is gone
        finally:
            writer.close()

    with tempfile.TemporaryDirectory(prefix="entente-") as folder:  # nobody else may look into it
        path = Path(folder) / "counts"
        async with await asyncio.start_unix_server(answer, path, backlog=BACKLOG):
            yield path
