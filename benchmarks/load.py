"""How fast `entente load` is: on one core and on all of them, and at the end of a large load beside its start.

usage: make bench-load [SCALE=articles] [ORDERS=days|chance]      (default 100000, both; 0 leaves the large loads out)
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from app.ingest.bulk import BATCH_ARTICLES, Tally, load_inputs
from app.ingest.workers import Staff, Workers
from app.settings import all_cores, shipped
from app.store.database import Database
from benchmarks.news import ReadyMade, write_records
from benchmarks.synthetic import ORDERS

COMMAND = str(Path(sys.executable).parent / "entente")
RUNS = 3
ARTICLES = 1500
SHARE = 0.1
"""Of a large load, the part at its start and the part at its end that are compared."""

SMALLEST = 2 * int(BATCH_ARTICLES / SHARE)
"""Articles of a large load: rates are told between the ends of batches."""


def seconds(folder: Path, articles: int, cores: Sequence[int]) -> float:
    """How long the command takes on these cores, everything counted, on a store of its own."""
    source, store = folder / f"{articles}.jsonl", folder / "cores.db"
    if not source.exists():
        write_records(source, range(articles))
    for file in folder.glob("cores.db*"):
        file.unlink()
    environment = {**os.environ, "ENTENTE_DATABASE_URL": f"sqlite:///{store}"}
    pinned = ["taskset", "--cpu-list", ",".join(map(str, cores)), COMMAND, "load", str(source)]
    started = time.monotonic()
    subprocess.run(pinned, env=environment, check=True, capture_output=True)
    return time.monotonic() - started


def compare_cores(folder: Path) -> None:
    """Print articles a second on one core and on all, the start of the processes left out, and the ratio."""
    cores = sorted(os.sched_getaffinity(0))
    rates: dict[int, list[float]] = {1: [], len(cores): []}
    for _ in range(RUNS):
        for count, found in rates.items():
            few, many = (seconds(folder, articles, cores[:count]) for articles in (ARTICLES // 10, ARTICLES))
            found.append((ARTICLES - ARTICLES // 10) / (many - few))
    one, everything = (statistics.median(found) for found in rates.values())
    print(f"{'cores':>10} {'articles/s':>12}    medians of {RUNS} interleaved runs, facts extracted")
    print(f"{1:>10} {one:>12.0f}")
    print(f"{len(cores):>10} {everything:>12.0f}    {everything / one:.2f} x one core (to reach with two: 1.7)")


def large_load(folder: Path, articles: int, *, in_order: bool) -> None:
    """Print the rate at the start and at the end of one load with ready-made facts: the store's part of the work."""
    source, store = folder / f"large-{in_order}.jsonl", folder / f"large-{in_order}.db"
    write_records(source, range(articles), in_order=in_order)
    marks = [(time.monotonic(), 0)]

    def mark(tally: Tally) -> None:
        marks.append((time.monotonic(), tally.new))

    database = Database(f"sqlite:///{store}", shipped("migrations"), bulk=True)
    database.migrate()
    workers = Workers(Staff(all_cores()), f"sqlite:///{store}", ReadyMade)
    workers.warm()
    try:
        tally = load_inputs(database, workers, [source], mark)
    finally:
        workers.close()
        database.close()
    assert tally.new == articles, tally
    part = max(1, int(articles * SHARE))
    first, last = rate(marks, 0, part), rate(marks, articles - part, articles)
    order = "in the order of their days, as in an archive" if in_order else "in an order by chance, the worst case"
    print(f"\n{articles:,} articles with ready-made facts, {order}")
    print(f"cleaning, signing and storing; {store.stat().st_size:,} bytes")
    print(f"{'first 10 %':>10} {first:>12.0f} articles/s")
    print(f"{'last 10 %':>10} {last:>12.0f} articles/s    {last / first:.2f} x the start (to reach: 0.9)")


def rate(marks: Sequence[tuple[float, int]], begin: int, end: int) -> float:
    """Articles a second between two counts."""
    inside = [mark for mark in marks if begin <= mark[1] <= end]
    (started, first), (stopped, last) = inside[0], inside[-1]
    return (last - first) / (stopped - started)


def main() -> None:
    """Print the tables."""
    scale = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    orders = sys.argv[2:] or list(ORDERS)
    if unknown := set(orders) - {*ORDERS}:
        sys.exit(f"bench-load: {', '.join(sorted(unknown))}: neither of {', '.join(ORDERS)}")
    if 0 < scale < SMALLEST:
        sys.exit(f"bench-load: a tenth of {scale} articles is no two batches; {SMALLEST:,} are the least")
    with tempfile.TemporaryDirectory() as folder:
        compare_cores(Path(folder))
        for order in orders if scale else ():
            large_load(Path(folder), scale, in_order=order == "days")


if __name__ == "__main__":
    main()
