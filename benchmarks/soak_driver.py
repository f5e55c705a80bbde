"""What asks a service for a mix of reads, searches and writes: as fast as it answers, or so many times a second."""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.api import Choices
from benchmarks.connections import Connections, NoAnswer
from benchmarks.news import record

CLIENTS = 8
"""They keep two cores busy, and are fewer than may wait for extraction."""

MIX = {"read": 65, "search": 15, "post": 10, "remove": 10}
OK = {"read": 200, "search": 200, "post": 201, "remove": 204}

STOCK = 50
"""Articles that are handed in beforehand, to be removed: more than may be under way at once."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: when it was due, in seconds from the start, how long its answer took, and what was wrong with it."""

    kind: str
    due: float
    taken: float
    fault: str = ""


class Driver:
    """Asks for a random mix, the same one each time; posts are of articles that nobody has handed in before."""

    def __init__(self, connections: Connections, store: Path) -> None:
        chosen = Choices(store)
        articles = [f"/articles/{article}" for article in chosen.ids]
        facts = [f"{article}/{part}" for article in articles for part in ("commitments", "entities", "statements")]
        self._reads = [articles, facts, chosen.pair_paths(), ["/entities?limit=20", "/commitments?limit=20"]]
        self._searches = chosen.searches()
        self._numbers = itertools.count(1)
        self._writes = itertools.cycle(("post", "remove"))
        self._handed_in = deque[str]()
        self._chance = random.Random(1)
        self._connections = connections

    async def ask(self, kind: str, due: float, began: float) -> Asked:
        """Send a request of a kind and wait for its answer."""
        if kind == "remove" and not self._handed_in:
            kind = "post"  # none was taken
        try:
            status = await self._ask(kind)
            fault = "" if status == OK[kind] else f"{kind}: {status}"
        except NoAnswer as none:
            fault = f"{kind}: {none}"
        return Asked(kind, due, time.monotonic() - began - due, fault)

    async def _ask(self, kind: str) -> int:
        if kind == "post":
            answer = await self._connections.ask("POST", "/articles", record(next(self._numbers)))
            if answer.location:
                self._handed_in.append(answer.location)
        elif kind == "remove":
            answer = await self._connections.ask("DELETE", self._handed_in.popleft())
        else:
            paths = self._searches if kind == "search" else self._chance.choice(self._reads)
            answer = await self._connections.ask("GET", self._chance.choice(paths))
        return answer.status

    def kinds(self) -> Iterator[str]:
        """Kinds of requests without end, in the shares of the mix; one article is removed for each that is new."""
        while True:
            for kind in self._chance.choices(list(MIX), list(MIX.values()), k=100):
                yield next(self._writes) if kind in ("post", "remove") else kind

    async def stock(self) -> None:
        """Hand in what is to be removed."""
        for _ in range(STOCK):
            await self.ask("post", 0, time.monotonic())

    async def without_pause(self, seconds: float) -> float:
        """Requests a second while clients ask without a pause; the first quarter, in which caches fill, is left out."""
        began, kinds = time.monotonic(), self.kinds()
        answered: list[Asked] = []

        async def go_on() -> None:
            while (due := time.monotonic() - began) < seconds:
                answered.append(await self.ask(next(kinds), due, began))

        await asyncio.gather(*(go_on() for _ in range(CLIENTS)))
        counted = sum(seconds / 4 < each.due + each.taken <= seconds for each in answered)
        if not counted:
            raise SystemExit(f"soak: nothing was answered within {seconds:.0f} s; the machine has too much else to do")
        return counted / (seconds * 0.75)

    async def at_rate(self, rate: float, seconds: float) -> list[Asked]:
        """Send requests at random moments, so many a second, and wait for all answers."""
        began, due, under_way = time.monotonic(), 0.0, []
        for kind in self.kinds():
            due += self._chance.expovariate(rate)
            if due >= seconds:
                break
            await asyncio.sleep(max(0.0, due - (time.monotonic() - began)))
            under_way.append(asyncio.create_task(self.ask(kind, due, began)))
        return await asyncio.gather(*under_way)


def thirds(seconds: float) -> tuple[Callable[[float], bool], Callable[[float], bool]]:
    """Whether a moment lies in the first third of the time, or in the last."""
    return lambda at: at < seconds / 3, lambda at: at >= seconds * 2 / 3


def percentile(asked: Sequence[Asked], part: Callable[[float], bool], which: int) -> float:
    """Milliseconds within which so many of 100 requests of a third are answered."""
    taken = [each.taken * 1000 for each in asked if part(each.due)]
    if len(taken) < 2:
        raise SystemExit("soak: hardly anything was asked; the machine has too much else to do, or the time is short")
    return statistics.quantiles(taken, n=100)[which - 1]
