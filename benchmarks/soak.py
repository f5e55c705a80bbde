"""Whether the service stays as it is under load: reads, searches and writes at 80 % of its peak, for some minutes.

usage: make soak SECONDS=120

The service is the real one, with the real extractor, on a store of made-up articles. Half of the writes hand an article
in, the other half remove one, so that the store stays as large as it is: what grows is the service's own.

The peak is the highest rate that the service keeps up with. Requests are sent at random moments, so many a second,
whether or not earlier ones are answered, for a while each: at first as often as clients that wait for each answer were
answered, then oftener or less often, by halves of what is left between a rate that was kept up and one that was not.
Kept up is a rate where no answer is wrong, where 99 of 100 come within a second, and where they come at the end as soon
as at the beginning; latency counts from when a request was due. These trials fill all caches, too. Then the same goes
on at 80 % of that rate.

The driver runs on the same machine: what it takes of the processors is printed beside what the service takes.
"""

from __future__ import annotations

import asyncio
import math
import shutil
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.api import KEPT
from benchmarks.connections import Connections
from benchmarks.processes import PARTS, Seen, seconds_of, watch
from benchmarks.servers import BIN, Server, serving
from benchmarks.soak_driver import MIX, Asked, Driver, percentile, thirds
from benchmarks.synthetic import store_of

ARTICLES = 1000
SECONDS = 600
SHARE = 0.8
MOST_TRIALS = 8
TRIAL = 20.0
"""Rates that are tried, at most, and seconds of each; less where all of it is to be short."""

STEP = 1.3
"""How many times as high the next rate is where all were kept up so far; or as low, where none was."""

NEAR = 1.1
"""Trials end when a rate that was not kept up is at most so many times one that was."""

SLOWEST = 1000.0
"""Milliseconds within which 99 of 100 answers come at a rate that is kept up."""

MOST_DRIFT = {"p50": 1.25, "p99": 2.0}
"""How many times as long the last third may take as the first."""

TRIAL_DRIFT = 1.5
"""How many times, in a trial; and so many milliseconds are none, whatever they are a multiple of."""

NO_DRIFT = 5.0

MOST_GROWTH = 1.05
"""How many times the memory of the first third the last one may take, each part by itself."""

MOST_FILES = 5
"""How many more files may be open in the last third; connections of the driver do not count."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A rate, in requests a second, and what became of it."""

    rate: float
    errors: int
    p99: float
    drift: float
    is_kept_up: bool


@dataclass(frozen=True, slots=True)
class Soaked:
    """All that was seen; processor seconds are those of each part, over the time at a share of the peak."""

    trials: list[Trial]
    peak: float
    asked: list[Asked]
    seen: list[Seen]
    used: dict[str, float]


async def trials(driver: Driver, seconds: float) -> list[Trial]:
    """Rates that were tried, the last of them next to the highest that is kept up."""
    done: list[Trial] = []
    rate = await driver.without_pause(seconds)
    while len(done) < MOST_TRIALS:
        done.append(tried(rate, await driver.at_rate(rate, seconds), seconds))
        kept, missed = highest(done), min((each.rate for each in done if not each.is_kept_up), default=math.inf)
        if missed <= kept * NEAR:
            break
        rate = kept * STEP if missed == math.inf else missed / STEP if not kept else math.sqrt(kept * missed)
    return done


def tried(rate: float, asked: list[Asked], seconds: float) -> Trial:
    """Whether a rate was kept up with."""
    first, last = thirds(seconds)
    errors = sum(bool(each.fault) for each in asked)
    p99 = percentile(asked, lambda _: True, 99)
    before, after = (percentile(asked, part, 50) for part in (first, last))
    is_steady = after <= before * TRIAL_DRIFT or after - before <= NO_DRIFT
    return Trial(rate, errors, p99, after / before, errors == 0 and p99 <= SLOWEST and is_steady)


def highest(done: Sequence[Trial]) -> float:
    """The highest rate that was kept up below all that were not, in requests a second; 0 without any."""
    missed = min((each.rate for each in done if not each.is_kept_up), default=math.inf)
    return max((each.rate for each in done if each.is_kept_up and each.rate < missed), default=0.0)


async def drive(server: Server, store: Path, seconds: float) -> Soaked:
    """Find the peak, and go on at a share of it."""
    with closing(Connections(server.address)) as connections:
        driver, seen = Driver(connections, store), list[Seen]()
        await driver.stock()
        done = await trials(driver, min(TRIAL, seconds / 6))
        peak = highest(done)
        if not peak:
            console.print(table_of(done))
            raise SystemExit("soak: the service keeps up with none of these rates")
        before = seconds_of(server.process.pid)
        watching = asyncio.create_task(watch(server.process.pid, seen, lambda: connections.open))
        asked = await driver.at_rate(peak * SHARE, seconds)
        watching.cancel()
        after = seconds_of(server.process.pid)
    return Soaked(done, peak, asked, seen, {part: after[part] - before[part] for part in after})


console = Console(width=120)


def table_of(done: Sequence[Trial]) -> Table:
    """What was tried."""
    table = Table(title="Rates tried", title_justify="left")
    for name in ("requests/s", "errors", "p99 ms", "p50 drift", "kept up"):
        table.add_column(name, justify="right")
    for each in done:
        said = "yes" if each.is_kept_up else "no"
        table.add_row(f"{each.rate:.0f}", f"{each.errors}", f"{each.p99:.0f}", f"{each.drift:.2f}", said)
    return table


def show(soaked: Soaked, seconds: float) -> bool:
    """Print the tables and what is to be held; gives whether all is."""
    console.print(table_of(soaked.trials))
    first, last = thirds(seconds)
    title = (
        f"{seconds:.0f} s at {SHARE:.0%} of the peak of {soaked.peak:.0f} requests/s; first third, last third, drift"
    )
    table = Table(title=title, title_justify="left")
    for name in ("what", "requests", "errors", "p50 ms", "", "drift", "p99 ms", "", "drift"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for kind in (*MIX, "all"):
        some = [each for each in soaked.asked if kind in (each.kind, "all")]
        row = [kind, f"{len(some)}", f"{sum(bool(each.fault) for each in some)}"]
        for which in (50, 99):
            one, other = percentile(some, first, which), percentile(some, last, which)
            row += [f"{one:.1f}", f"{other:.1f}", f"{other / one:.2f}"]
        table.add_row(*row)
    console.print(table)
    shares = ", ".join(f"{part} {used / seconds:.0%}" for part, used in soaked.used.items())
    console.print(f"of one core: {shares}", highlight=False)
    held = [*_latencies(soaked.asked, seconds), *_processes(soaked.seen, seconds)]
    for line, is_held in held:
        console.print(f"{'pass' if is_held else 'FAIL'}  {line}", highlight=False)
    return all(is_held for _, is_held in held)


def _latencies(asked: list[Asked], seconds: float) -> Iterator[tuple[str, bool]]:
    first, last = thirds(seconds)
    faults = Counter(each.fault for each in asked if each.fault)
    named = "".join(f"; {count} x {fault}" for fault, count in faults.most_common())
    yield f"errors: {faults.total()} of {len(asked)} requests{named}", not faults
    for name, most in MOST_DRIFT.items():
        drift = percentile(asked, last, int(name[1:])) / percentile(asked, first, int(name[1:]))
        yield f"{name} drift: {drift:.2f} (at most {most})", drift <= most


def _processes(seen: list[Seen], seconds: float) -> Iterator[tuple[str, bool]]:
    first, last = ([each for each in seen if part(each.at)] for part in thirds(seconds))
    for part in PARTS:
        before, after = (statistics.median(each.memory[part] for each in some) / 1e6 for some in (first, last))
        growth = after / before
        said = f"memory of {part}: {before:.0f} MB, then {after:.0f} MB: {growth:.3f} (at most {MOST_GROWTH})"
        yield said, growth <= MOST_GROWTH
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
            soaked = asyncio.run(drive(server, store, seconds))
    sys.exit(0 if show(soaked, seconds) else 1)


if __name__ == "__main__":
    main()
