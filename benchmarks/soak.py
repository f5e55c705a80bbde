"""Whether the service stays as it is under load: reads, searches and posts at 80 % of its peak, for some minutes.

usage: make soak SECONDS=120

The service is the real one, with the real extractor, on a store of made-up articles. First as many clients as keep it
busy ask without a pause: that is its peak. Then requests are sent at 80 % of that rate, each at its time whether or not
earlier ones are answered, and latency counts from that time. The driver runs on the same machine, and its part counts.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.api import KEPT, Choices
from benchmarks.news import record
from benchmarks.servers import BIN, Server, serving
from benchmarks.synthetic import store_of

ARTICLES = 1000
SECONDS = 600
SHARE = 0.8
CLIENTS = 8
"""They keep two cores busy, and are fewer than may wait for extraction."""

CONNECTIONS = 64
MIX = {"read": 75, "search": 15, "post": 10}
OK = {"read": (200,), "search": (200,), "post": (201,)}

MOST_DRIFT = {"p50": 1.25, "p99": 2.0}
"""How many times as long the last third may take as the first."""

MOST_GROWTH = 1.05
"""How many times the memory of the first third the last one may take."""

MOST_FILES = 5
"""How many more files may be open in the last third; connections of the driver do not count."""

EACH = 1.0
"""Seconds between looks at memory and files."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: when it was due, in seconds from the start, how long its answer took, and whether it was right."""

    kind: str
    due: float
    taken: float
    is_right: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What all processes of the service took at a moment: bytes of memory, and open files without connections."""

    at: float
    memory: int
    files: int


class Driver:
    """Asks for a random mix, the same one each time; posts are of articles that nobody has handed in before."""

    def __init__(self, client: httpx.AsyncClient, store: Path) -> None:
        chosen = Choices(store)
        articles = [f"/articles/{article}" for article in chosen.ids]
        facts = [f"{article}/{part}" for article in articles for part in ("commitments", "entities", "statements")]
        self._reads = [articles, facts, chosen.pair_paths(), ["/entities?limit=20", "/commitments?limit=20"]]
        self._searches = chosen.searches()
        self._numbers = itertools.count(1)
        self._chance = random.Random(1)
        self._client = client

    async def ask(self, kind: str, due: float, began: float) -> Asked:
        """Send a request of a kind and wait for its answer."""
        try:
            if kind == "post":
                answer = await self._client.post("/articles", json=record(next(self._numbers)))
            else:
                paths = self._searches if kind == "search" else self._chance.choice(self._reads)
                answer = await self._client.get(self._chance.choice(paths))
            is_right = answer.status_code in OK[kind]
        except httpx.TransportError:
            is_right = False
        return Asked(kind, due, time.monotonic() - began - due, is_right)

    def kinds(self) -> Iterator[str]:
        """Kinds of requests without end, in the shares of the mix."""
        while True:
            yield from self._chance.choices(list(MIX), list(MIX.values()), k=100)

    async def peak(self, seconds: float) -> float:
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


async def watch(server: Server, seen: list[Seen]) -> None:
    """Look at the processes of the service, for ever."""
    began = time.monotonic()
    while True:
        memory, files = _taken_by(server.process.pid)
        connections = len(list(Path("/proc/self/fd").iterdir()))  # each has a file here, beside a few that stay
        seen.append(Seen(time.monotonic() - began, memory, files - connections))
        await asyncio.sleep(EACH)


def _taken_by(pid: int) -> tuple[int, int]:
    """Memory and files of a process and all below it; memory that several share counts once (PSS)."""
    own = Path(f"/proc/{pid}")
    (kilobytes,) = re.findall(r"^Pss:\s+(\d+)", (own / "smaps_rollup").read_text(), re.MULTILINE)
    memory, files = int(kilobytes) * 1024, len(list((own / "fd").iterdir()))
    for child in (own / f"task/{pid}/children").read_text().split():
        more_memory, more_files = _taken_by(int(child))
        memory, files = memory + more_memory, files + more_files
    return memory, files


async def drive(server: Server, store: Path, seconds: float) -> tuple[float, list[Asked], list[Seen]]:
    """The peak, and what was asked and seen at a share of it."""
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    async with httpx.AsyncClient(base_url=server.address, timeout=60, limits=limits) as client:
        driver, seen = Driver(client, store), list[Seen]()
        peak = await driver.peak(min(60, seconds / 4))
        watching = asyncio.create_task(watch(server, seen))
        asked = await driver.at_rate(peak * SHARE, seconds)
        watching.cancel()
    return peak, asked, seen


def thirds(seconds: float) -> tuple[Callable[[float], bool], Callable[[float], bool]]:
    """Whether a moment lies in the first third of the time, or in the last."""
    return lambda at: at < seconds / 3, lambda at: at >= seconds * 2 / 3


def percentile(asked: Sequence[Asked], part: Callable[[float], bool], which: int) -> float:
    """Milliseconds within which so many of 100 requests of a third are answered."""
    taken = [each.taken * 1000 for each in asked if part(each.due)]
    return statistics.quantiles(taken, n=100)[which - 1]


def show(peak: float, asked: list[Asked], seen: list[Seen], seconds: float) -> bool:
    """Print the table and what is to be held; gives whether all is."""
    console = Console(width=120)
    first, last = thirds(seconds)
    title = (
        f"{seconds:.0f} s at {SHARE:.0%} of the peak of {peak:.0f} requests/s; first third, last third, last / first"
    )
    table = Table(title=title, title_justify="left")
    for name in ("what", "requests", "errors", "p50 ms", "", "drift", "p99 ms", "", "drift"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for kind in (*MIX, "all"):
        some = [each for each in asked if kind in (each.kind, "all")]
        row = [kind, f"{len(some)}", f"{sum(not each.is_right for each in some)}"]
        for which in (50, 99):
            one, other = percentile(some, first, which), percentile(some, last, which)
            row += [f"{one:.1f}", f"{other:.1f}", f"{other / one:.2f}"]
        table.add_row(*row)
    console.print(table)
    held = [*_latencies(asked, seconds), *_processes(seen, seconds)]
    for line, is_held in held:
        console.print(f"{'pass' if is_held else 'FAIL'}  {line}", highlight=False)
    return all(is_held for _, is_held in held)


def _latencies(asked: list[Asked], seconds: float) -> Iterator[tuple[str, bool]]:
    first, last = thirds(seconds)
    errors = sum(not each.is_right for each in asked)
    yield f"errors: {errors} of {len(asked)} requests", errors == 0
    for name, most in MOST_DRIFT.items():
        drift = percentile(asked, last, int(name[1:])) / percentile(asked, first, int(name[1:]))
        yield f"{name} drift: {drift:.2f} (at most {most})", drift <= most


def _processes(seen: list[Seen], seconds: float) -> Iterator[tuple[str, bool]]:
    first, last = ([each for each in seen if part(each.at)] for part in thirds(seconds))
    before, after = (statistics.median(each.memory for each in some) / 1e6 for some in (first, last))
    growth = after / before
    yield f"memory: {before:.0f} MB, then {after:.0f} MB: {growth:.3f} (at most {MOST_GROWTH})", growth <= MOST_GROWTH
    files = [statistics.median(each.files for each in some) for some in (first, last)]
    more = files[1] - files[0]
    yield f"open files: {files[0]:.0f}, then {files[1]:.0f}: {more:+.0f} (at most +{MOST_FILES})", more <= MOST_FILES


def main() -> None:
    """Start the service on a copy of the store, drive it, print, and say by the exit code whether all held."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    KEPT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(shutil.copy(store_of(ARTICLES, KEPT), folder))
        settings = {"ENTENTE_DATABASE_URL": f"sqlite:///{store}", "ENTENTE_FETCH": "false"}
        with serving([BIN / "entente", "serve", "--port", "{port}"], "/health/ready", settings) as server:
            peak, asked, seen = asyncio.run(drive(server, store, seconds))
    sys.exit(0 if show(peak, asked, seen, seconds) else 1)


if __name__ == "__main__":
    main()
