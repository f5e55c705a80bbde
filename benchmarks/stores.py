"""SQLite and PostgreSQL beside one another: what storing and asking take, and what an article takes on the disk.

usage: make bench-stores [SCALE=articles] [ORDERS=days|chance] [STORES=SQLite|PostgreSQL]
       (default 10000, both orders, both stores)

The articles are made up: of about 2 KB, with 30 mentions, 3 statements and 10 commitments, their facts ready-made. They
are stored in the order of their days, as an archive has them, and then into stores of their own in an order by chance,
which is the worst case: every index by day is written to all over. Both stores are on this machine's disk; PostgreSQL
is the server that ENTENTE_TEST_POSTGRES_URL names, or one that is started for the run with 512 MB of buffers. They take
turns, batch by batch and question by question. Processor time is that of the benchmark and of the server process that
it speaks to, so that it means something on a busy machine, too.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, text

from app.ingest.bulk import BATCH_ARTICLES
from app.settings import shipped
from app.store import hits, queries, search, summary, tables
from app.store.commonness import CommonTerms
from app.store.database import Database
from app.store.points import Points
from app.store.queries import Window
from app.store.words import read_words
from app.store.write import Incoming, Stored, put_many
from benchmarks.synthetic import ORDERS, articles, vocabulary
from tests import postgres

SENTENCES = 15
BATCH = BATCH_ARTICLES
SETTINGS = {"listen_addresses": "", "shared_buffers": "512MB", "max_wal_size": "4GB"}
PARTS = 10
"""Of the load, each with a rate of its own."""

STORES = ("SQLite", "PostgreSQL")

QUESTIONS = 200
POINTS = 2000
"""How often each is asked; a summary, which takes longer, a tenth as often."""

Ask = Callable[["Store"], object]


@dataclass(frozen=True, slots=True)
class Batch:
    """So many articles stored, in so many seconds by the clock and of processors."""

    articles: int
    seconds: float
    processor: float


@dataclass
class Store:
    """One of the stores, and how long it took: to store batches, and to answer each question."""

    name: str
    database: Database
    points: Points
    batches: list[Batch] = field(default_factory=list)
    answers: dict[str, list[float]] = field(default_factory=dict)


def load(stores: list[Store], count: int, order: str) -> list[str]:
    """Store the articles in all; gives their ids."""
    made = (Incoming(article, facts) for article, facts in articles(count, SENTENCES, in_order=order == "days"))
    ids: list[str] = []
    turn = 0
    while batch := list(islice(made, BATCH)):
        turn += 1
        for store in stores if turn % 2 else reversed(stores):
            stored = put_batch(store, batch)
        ids += [each.id for each in stored]
    return ids


def put_batch(store: Store, batch: list[Incoming]) -> list[Stored]:
    """Store some articles, and note how long it took."""
    started, used = time.perf_counter(), time.process_time()
    with store.database.write() as connection:
        server = server_seconds(connection)
        stored = put_many(connection, batch)
        server = server_seconds(connection) - server
    used = time.process_time() - used
    store.batches.append(Batch(len(batch), time.perf_counter() - started, used + server))
    return stored


def server_seconds(connection: Connection) -> float:
    """Processor time of the server's process for this connection, where it is on this machine; SQLite has none."""
    if connection.dialect.name != "postgresql":
        return 0.0
    stat = Path(f"/proc/{connection.scalar(text('SELECT pg_backend_pid()'))}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def questions(ids: list[str], chance: random.Random) -> Iterator[tuple[str, Ask]]:
    """What is asked, each with its name, in a mix that is drawn anew for every question."""
    words = vocabulary(random.Random(20240808))
    sides = ("PE", "CL", "FJ", "KE", "AF", "AL", "DZ", "AO", "AR", "AM")
    for n in range(POINTS):
        yield "one article by its id", _point(chance.choice(ids))
        if n % (POINTS // QUESTIONS):
            continue
        one, other = chance.sample(sides, 2)
        yield "50 commitments of two states", _listing([("between", ((one, other),))])
        yield "50 commitments of one state", _listing([("country", (one,)), ("stage", ("agreed",))])
        yield "search, one rare word", _search(chance.choice(words[1000:]))
        yield "search, one common word", _search(chance.choice(words[:20]))
        if n % (10 * POINTS // QUESTIONS) == 0:
            yield "summary of one state", _summary([("country", (one,))])
            yield "summary of everything", _summary([])


def _point(article: str) -> Ask:
    return lambda store: store.points.document(tables.articles, article)


def _listing(filters: list[tuple[str, tuple[object, ...]]]) -> Ask:
    def ask(store: Store) -> object:
        with store.database.read() as connection:
            return queries.things(connection, tables.commitments, filters, "-published", Window(50))

    return ask


def _search(word: str) -> Ask:
    words, common = read_words(word), CommonTerms()

    def ask(store: Store) -> object:
        with store.database.read() as connection:
            return hits.documents(search.find_articles(connection, common, words, [], Window(20)).items, words)

    return ask


def _summary(filters: list[tuple[str, tuple[object, ...]]]) -> Ask:
    def ask(store: Store) -> object:
        with store.database.read() as connection:
            return summary.summary(connection, filters, 20)

    return ask


def ask_all(stores: list[Store], ids: list[str]) -> None:
    """Ask every question of every store, and note how long each took."""
    for turn, (name, ask) in enumerate(questions(ids, random.Random(7))):
        for store in stores if turn % 2 else reversed(stores):
            started = time.perf_counter()
            ask(store)
            store.answers.setdefault(name, []).append(time.perf_counter() - started)


def size_of(store: Store, file: Path) -> int:
    """Bytes on the disk."""
    with store.database.read() as connection:
        if connection.dialect.name == "postgresql":
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    raw = sqlite3.connect(file)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    return file.stat().st_size


def analyse(store: Store) -> None:
    """Have the database know what it holds, as it would by itself before long."""
    with store.database.write() as connection:
        connection.execute(text("ANALYZE"))


def rates(store: Store) -> list[tuple[float, float]]:
    """Articles a second, and milliseconds of processors for each, for each part of the load."""
    each = -(-len(store.batches) // PARTS)
    parts = [store.batches[at : at + each] for at in range(0, len(store.batches), each)]
    counts = [sum(batch.articles for batch in part) for part in parts]
    return [
        (count / sum(batch.seconds for batch in part), sum(batch.processor for batch in part) / count * 1000)
        for count, part in zip(counts, parts, strict=True)
    ]


def report_load(stores: list[Store], order: str, sizes: list[float]) -> None:
    """Print how the load went."""
    print(f"\nstored {ORDERS[order]}, {BATCH} at once{'':<8}" + "".join(f"{store.name:>24}" for store in stores))
    of = [rates(store) for store in stores]
    for number, part in enumerate(zip(*of, strict=True)):
        shown = (f"{f'{rate:.0f} ({used:.2f})':>24}" for rate, used in part)
        print(f"{f'tenth {number + 1}, articles/s (ms of processors each)':<45}" + "".join(shown))
    ends = (f"{f'{each[-1][0] / each[0][0]:.2f} ({each[0][1] / each[-1][1]:.2f})':>24}" for each in of)
    print(f"{'end / start, by the clock (by processors)':<45}" + "".join(ends))
    print(f"{'bytes for an article':<45}" + "".join(f"{size:>24,.0f}" for size in sizes), flush=True)


def report_answers(stores: list[Store]) -> None:
    """Print how the questions were answered."""
    print(f"\n{'medians in ms, with the 99th of 100 behind':<45}" + "".join(f"{store.name:>24}" for store in stores))
    for name in stores[0].answers:
        print(f"{name:<45}" + "".join(f"{_milliseconds(store.answers[name]):>24}" for store in stores), flush=True)


def _milliseconds(taken: list[float]) -> str:
    ordered = sorted(taken)
    return f"{statistics.median(ordered) * 1000:.2f} ({ordered[int(len(ordered) * 0.99)] * 1000:.2f})"


def run(count: int, order: str, names: Iterable[str], folder: Path, server: postgres.Server | None) -> None:
    """Load new stores in one order; and where it is that of days, ask them."""
    file = folder / f"{order}.db"
    stores = []
    for name in names:
        address = server.fresh() if server and name == "PostgreSQL" else f"sqlite:///{file}"
        database = Database(address, shipped("migrations"), bulk=True)
        database.migrate()
        stores.append(Store(name, database, Points(database)))
    empty = [size_of(store, file) for store in stores]
    ids = load(stores, count, order)
    for store in stores:
        analyse(store)
    report_load(
        stores, order, [(size_of(store, file) - before) / count for store, before in zip(stores, empty, strict=True)]
    )
    if order == "days":
        ask_all(stores, ids)
        report_answers(stores)
    for store in stores:
        store.points.close()
        store.database.close()
    for left in folder.glob(f"{order}.db*"):
        left.unlink()


def main() -> None:
    """Print the tables."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    chosen = set(sys.argv[2:])
    if unknown := chosen - {*ORDERS, *STORES}:
        sys.exit(f"bench-stores: {', '.join(sorted(unknown))}: neither of {', '.join((*ORDERS, *STORES))}")
    orders, stores = ([name for name in all_ if name in chosen] or all_ for all_ in (ORDERS, STORES))
    print(f"{count:,} made-up articles of 2 KB with 30 mentions and 10 commitments")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        server = stack.enter_context(postgres.server(SETTINGS)) if "PostgreSQL" in stores else None
        for order in orders:
            run(count, order, stores, Path(folder), server)
        if server:
            server.drop_all()


if __name__ == "__main__":
    main()
