"""Memory that sending whole lists takes, by format: `make bench-exports SCALE=100000` sends a million commitments.

The limit: the worker grows by less than 50 MB, however long the list. What a first, short file makes it load does
not count.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.api import KEPT
from benchmarks.servers import BIN, serving
from benchmarks.synthetic import store_of

FORMATS = ("jsonl", "csv", "parquet")
LIMIT_MB = 50


def main() -> None:
    """Print the table for a store of as many articles as the argument says."""
    scale = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    KEPT.mkdir(exist_ok=True)
    table = Table(title=f"All commitments of {scale} articles as a file; limit: {LIMIT_MB} MB of growth")
    for name in ("format", "MB sent", "s", "MB/s", "MB before", "MB at most", "growth"):
        table.add_column(name, justify="left" if name == "format" else "right")
    for form in FORMATS:
        table.add_row(form, *(f"{value:.1f}" for value in _sent(store_of(scale, KEPT), form)))
    Console(width=120).print(table)


def _sent(store: Path, form: str) -> tuple[float, ...]:
    environment = {"ENTENTE_DATABASE_URL": f"sqlite:///{store}", "ENTENTE_READ_ONLY": "true"}
    with serving([BIN / "entente", "serve", "--port", "{port}"], "/health/ready", environment) as service:
        httpx.get(f"{service.address}/commitments?format={form}&country=FJ", timeout=600)
        before = most = service.megabytes()
        length, started = 0, time.perf_counter()
        with httpx.stream("GET", f"{service.address}/commitments?format={form}", timeout=600) as response:
            for piece in response.iter_bytes():
                length += len(piece)
                most = max(most, service.megabytes())
        taken = time.perf_counter() - started
    return length / 1e6, taken, length / 1e6 / taken, before, most, most - before


if __name__ == "__main__":
    main()
