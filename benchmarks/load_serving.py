"""How fast reads stay while articles are handed in as fast as they are taken.

usage: make bench-load-serving
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks.news import record

COMMAND = str(Path(sys.executable).parent / "entente")
PORT = 8791
READS = 1000
POSTERS = 8
ROUNDS = 3
PATHS = ("/articles/{article}", "/articles/{article}/commitments", "/entities?limit=20", "/commitments?limit=20")
PAUSE = 0.002


async def read(client: httpx.AsyncClient, article: str) -> list[float]:
    """Seconds that each of some reads took, one after the other, this process's own part counted."""
    taken = []
    for number in range(READS):
        path = PATHS[number % len(PATHS)].format(article=article)
        started = time.perf_counter()
        response = await client.get(path)
        taken.append(time.perf_counter() - started)
        assert response.status_code == 200, response.text
        await asyncio.sleep(PAUSE)
    return taken


async def post(client: httpx.AsyncClient, numbers: list[int], counts: dict[int, int]) -> None:
    """Hand articles in, for ever, as fast as they are taken."""
    while True:
        numbers[0] += 1
        response = await client.post("/articles", json=record(numbers[0]))
        counts[response.status_code] = counts.get(response.status_code, 0) + 1
        if response.status_code == 503:
            await asyncio.sleep(float(response.headers["retry-after"]))


def p99(taken: list[float]) -> float:
    """The 99th percentile, in milliseconds."""
    return statistics.quantiles(taken, n=100)[98] * 1000


async def measure() -> None:
    """Print the table."""
    limits = httpx.Limits(max_connections=POSTERS + 1)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", timeout=60, limits=limits) as client:
        for number in range(20):
            article = (await client.post("/articles", json=record(number))).json()["id"]
        numbers, idle, busy, rates = [10_000], [], [], []
        for _ in range(ROUNDS):
            idle.append(p99(await read(client, article)))
            counts: dict[int, int] = {}
            started = time.monotonic()
            posters = [asyncio.create_task(post(client, numbers, counts)) for _ in range(POSTERS)]
            busy.append(p99(await read(client, article)))
            rates.append(counts.get(201, 0) / (time.monotonic() - started))
            for poster in posters:
                poster.cancel()
            await asyncio.gather(*posters, return_exceptions=True)
    alone, meanwhile = statistics.median(idle), statistics.median(busy)
    print(f"p99 of {READS} reads, the client's part counted; medians of {ROUNDS} interleaved runs")
    print(f"{'idle':>16} {alone:>8.1f} ms")
    print(f"{'while posting':>16} {meanwhile:>8.1f} ms    {meanwhile / alone:.1f} x idle (to reach: 5 x, or 20 ms)")
    print(f"{'posted':>16} {statistics.median(rates):>8.1f} articles/s by {POSTERS} clients")


def wait_until_ready() -> None:
    """Wait for the service."""
    for _ in range(600):
        try:
            if httpx.get(f"http://127.0.0.1:{PORT}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise SystemExit("the service does not get ready")


def main() -> None:
    """Start the service, measure, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "ENTENTE_DATABASE_URL": f"sqlite:///{folder}/store.db",
            "ENTENTE_LOG_LEVEL": "error",
        }
        service = subprocess.Popen([COMMAND, "serve", "--port", str(PORT)], env=environment, stdout=subprocess.DEVNULL)
        try:
            wait_until_ready()
            asyncio.run(measure())
        finally:
            service.terminate()
            service.wait(60)


if __name__ == "__main__":
    main()
