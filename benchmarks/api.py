"""How fast the service answers, beside a bare ASGI function, a constant FastAPI route and Datasette: `make bench-api`.

All servers are started for real, with one worker each and the service with all its middleware and its log on; rounds
are interleaved and medians told, since a machine is never quite the same from minute to minute. The load generator,
`wrk` (a Debian package), runs on the same machine.
"""

from __future__ import annotations

import math
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
from rich.console import Console
from rich.table import Table

from app.language.geography import short_names
from benchmarks.servers import BIN, Measured, Server, ask, serving, uvicorn
from benchmarks.synthetic import store_of

ROUNDS = 5
SECONDS = 2
HOT = 20
"""Articles that are asked for again and again where answers are hot."""

KEPT = Path(tempfile.gettempdir()) / "entente-bench"
"""Where the synthetic stores stay for the next run."""

Case = tuple[str, str, Sequence[str], str | None]
"""What is measured: its name, the server, the paths that are asked for, and a tag to send."""


def main() -> None:
    """Measure at the scales given as arguments, in articles."""
    if shutil.which("wrk") is None:
        sys.exit("bench-api asks through wrk, which is not here: apt-get install wrk")
    KEPT.mkdir(exist_ok=True)
    for scale in map(int, sys.argv[1:] or ["1000"]):
        measure(scale, store_of(scale, KEPT))


def measure(scale: int, store: Path) -> None:
    """Print the table of one scale."""
    chosen = Choices(store)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        scratch = Path(folder)
        settings = {"ENTENTE_DATABASE_URL": f"sqlite:///{store}", "ENTENTE_READ_ONLY": "true"}
        entente = [BIN / "entente", "serve", "--port", "{port}"]
        service = stack.enter_context(serving(entente, "/health/ready", settings))
        uncached = stack.enter_context(serving(entente, "/health/ready", settings | {"ENTENTE_CACHE_MB": "0"}))
        body = scratch / "body.json"
        body.write_bytes(httpx.get(f"{service.address}{chosen.hot[0]}").content)
        constant = {"BENCH_BODY": str(body)}
        servers = {
            "entente": service,
            "entente, no answer kept": uncached,
            "bare ASGI": stack.enter_context(serving(uvicorn("benchmarks.rivals:bare"), "/", constant)),
            "constant FastAPI": stack.enter_context(serving(uvicorn("benchmarks.rivals:constant"), "/", constant)),
            "Datasette": stack.enter_context(serving(datasette(store), "/")),
        }
        tag = httpx.get(f"{service.address}{chosen.hot[0]}").headers["etag"]
        cases = chosen.cases(tag)
        rounds: dict[tuple[str, str], list[Measured]] = {(name, server): [] for name, server, _, _ in cases}
        for _ in range(ROUNDS):
            for name, server, paths, sent in cases:
                rounds[name, server].append(ask(servers[server], paths, SECONDS, scratch, sent))
        show(scale, rounds, service)


def datasette(store: Path) -> list[object]:
    """Datasette on the same file, its limits lifted so that it answers whatever is asked."""
    lifted = ("sql_time_limit_ms", "60000"), ("max_returned_rows", "1000"), ("facet_time_limit_ms", "1")
    settings = [part for name, value in lifted for part in ("--setting", name, value)]
    return [BIN / "datasette", "serve", store, "--port", "{port}", *settings]


class Choices:
    """What is asked for, drawn from the store by a fixed seed."""

    def __init__(self, store: Path) -> None:
        chance = random.Random(1)
        connection = sqlite3.connect(store)
        self._database = store.stem
        highest = connection.execute("SELECT max(pk) FROM articles").fetchone()[0]
        pks = chance.sample(range(1, highest + 1), min(highest, 5000))
        marks = ",".join("?" * len(pks))
        ids = [row[0] for row in connection.execute(f"SELECT id FROM articles WHERE pk IN ({marks})", pks)]
        chance.shuffle(ids)
        self._pk = dict(connection.execute(f"SELECT id, pk FROM articles WHERE pk IN ({marks})", pks))
        self.ids = ids
        self.hot = [f"/articles/{article}" for article in ids[:HOT]]
        codes = sorted(short_names())
        chance.shuffle(codes)
        busy = [row[0] for row in connection.execute("SELECT one FROM commitment_pairs WHERE commitment_pk <= 2000")]
        self._pairs = [tuple(chance.sample(sorted(set(busy)), 2)) for _ in range(300)]
        self._words = self._drawn_words(connection, chance)
        connection.close()

    @staticmethod
    def _drawn_words(connection: sqlite3.Connection, chance: random.Random) -> list[str]:
        """Half of them as common as words in texts are, half rare ones, one to three together."""
        texts = [row[0] for row in connection.execute("SELECT text FROM articles LIMIT 300")]
        common = [word for text in texts for word in text.split() if word.islower()]
        rare = sorted(sorted(set(common)), key=common.count)[: len(set(common)) // 2]
        return [" ".join(chance.sample(common if n % 2 else rare, chance.choice((1, 1, 2, 3)))) for n in range(300)]

    def cases(self, tag: str) -> list[Case]:
        """Everything that is measured."""
        articles = [f"/articles/{article}" for article in self.ids]
        lists = [f"{path}/commitments" for path in self.hot]
        rows = [f"/{self._database}/articles/{self._pk[article]}.json?_shape=array" for article in self.ids[:HOT]]
        return [
            ("an article, hot", "bare ASGI", self.hot, None),
            ("an article, hot", "constant FastAPI", self.hot, None),
            ("an article, hot", "entente", self.hot, None),
            ("an article, hot", "Datasette", rows, None),
            ("an article, not asked for before", "entente, no answer kept", articles, None),
            ("commitments of an article, hot", "entente", lists, None),
            ("commitments of an article, hot", "Datasette", self._lists_of_datasette(), None),
            ("commitments of an article, not asked for before", "entente, no answer kept", self._lists(), None),
            ("304", "entente", self.hot[:1], tag),
            ("50 commitments of two states", "entente", self.pair_paths(), None),
            ("50 commitments of two states", "entente, no answer kept", self.pair_paths(), None),
            ("50 commitments of two states", "Datasette", self._pair_queries(), None),
            ("search, top 20", "entente, no answer kept", self.searches(), None),
            ("search, top 20", "Datasette", self._search_queries(), None),
            ("summary", "entente, no answer kept", ["/summary?limit=20"], None),
            (
                "partners",
                "entente, no answer kept",
                [f"/entities/{e}/partners" for e in ("iran", "chile", "peru")],
                None,
            ),
        ]

    def _lists(self) -> list[str]:
        return [f"/articles/{article}/commitments" for article in self.ids]

    def _lists_of_datasette(self) -> list[str]:
        sql = "SELECT document FROM commitments WHERE article_pk = :pk ORDER BY position LIMIT 50"
        return [self._query(sql, pk=self._pk[article]) for article in self.ids[:HOT]]

    def pair_paths(self) -> list[str]:
        """Lists of the commitments of two states."""
        return [f"/commitments?between={one},{other}" for one, other in self._pairs]

    def _pair_queries(self) -> list[str]:
        sql = (
            "SELECT c.document FROM commitments c "
            "WHERE c.pk IN (SELECT commitment_pk FROM commitment_actors WHERE actor = :one AND as_state) "
            "AND c.pk IN (SELECT commitment_pk FROM commitment_actors WHERE actor = :other AND as_state) "
            "ORDER BY c.published DESC, c.id DESC LIMIT 50"
        )
        return [self._query(sql, one=one, other=other) for one, other in self._pairs]

    def searches(self) -> list[str]:
        """Searches for words of the texts."""
        return [f"/search?q={quote(words)}" for words in self._words]

    def _search_queries(self) -> list[str]:
        sql = (
            "SELECT a.title, a.published, a.listing, f.rank FROM fts_articles f JOIN articles a ON a.recency = f.rowid "
            "WHERE fts_articles MATCH :words ORDER BY f.rank LIMIT 20"
        )
        return [self._query(sql, words=words) for words in self._words]

    def _query(self, sql: str, **values: object) -> str:
        return f"/{self._database}.json?{urlencode({'sql': sql, '_shape': 'array', **values})}"


Rounds = Mapping[tuple[str, str], list[Measured]]


def show(scale: int, rounds: Rounds, service: Server) -> None:
    """The table: medians, and how they compare with the rivals of the same round."""
    table = Table(title=f"{scale} articles of about 2 KB, one worker each, medians of {ROUNDS} rounds of {SECONDS} s")
    for name in ("what", "server", "requests/s", "p50 ms", "p99 ms", "failed", "beside bare", "constant", "Datasette"):
        table.add_column(name, justify="left" if name in ("what", "server") else "right")
    for (case, server), measured in rounds.items():
        row = [
            f"{_median(measured, lambda m: m.rate):,.0f}",
            *(f"{_median(measured, part):.2f}" for part in (lambda m: m.p50, lambda m: m.p99)),
        ]
        ratios = [
            _ratio(measured, rounds.get(("an article, hot", "bare ASGI"), [])),
            _ratio(measured, rounds.get(("an article, hot", "constant FastAPI"), [])),
            _ratio(measured, rounds.get((case.replace("not asked for before", "hot"), "Datasette"), [])),
        ]
        table.add_row(case, server, *row, str(sum(m.failed for m in measured)), *ratios)
    console = Console(width=150)
    console.print(table)
    console.print("Datasette's search gives titles and listings alone: no passages, no evidence, no offsets.")
    console.print(f"Memory of the worker, which only reads: {service.megabytes():.0f} MB")


def _median(measured: list[Measured], part: Callable[[Measured], float]) -> float:
    return statistics.median(part(one) for one in measured)


def _ratio(measured: list[Measured], beside: list[Measured]) -> str:
    """Median of the rounds' own ratios of requests a second; inf beside one that answered nothing in a round."""
    if not beside or beside is measured:
        return ""
    pairs = zip(measured, beside, strict=True)
    return f"{statistics.median(one.rate / other.rate if other.rate else math.inf for one, other in pairs):.2f}"


if __name__ == "__main__":
    main()
