"""A store moves from one kind of database to another, whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlmodel import SQLModel

from app.settings import Settings, shipped
from app.store import feeds, jobs, queries, tables
from app.store.copying import Copy
from app.store.database import Database, StoreError
from app.store.words import read_words
from app.store.write import delete_article, put
from tests import postgres
from tests.client import Client
from tests.making import PACT, an_article, pact_facts
from tests.store.several import fill

PATHS = (
    "/articles?q=fishing",
    "/articles?sort=ingested_at&limit=2",
    "/entities",
    "/entities?q=quis*",
    "/statements",
    "/statements?q=last",
    "/commitments?sort=confidence&limit=3",
    "/commitments?between=PE,CL&q=pact",
    "/commitments?format=csv",
    "/summary",
    "/entities/peru/partners",
    "/entities/peru/mentions",
    "/articles/2025-03-04-pact-at-sea",
    "/articles/2025-03-04-pact-at-sea/same-story",
)

Open = Callable[[str], Database]


@pytest.fixture
def open_store() -> Iterator[Open]:
    opened: list[Database] = []

    def make(url: str) -> Database:
        opened.append(Database(url, shipped("migrations")))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def store(database: Database) -> Database:
    """Articles, one of them deleted so that numbers have a gap, near duplicates, a job and a feed."""
    fill(database)
    words = " ".join(f"Delegates of district {n} met the minister of port {n * 7}." for n in range(40))
    for number, end in enumerate(("", " More is expected.")):
        article = an_article(f"{words}{end} {PACT}", f"Delegates {number}")
        with database.write() as connection:
            put(connection, article, pact_facts(article), bytes(range(200)))
    article = an_article(f"{PACT} Again.", "Gone")
    with database.write() as connection:
        gone = put(connection, article, pact_facts(article)).id
    with database.write() as connection:
        delete_article(connection, gone)
        pk, _ = jobs.open_job(connection)
        jobs.add_records(connection, pk, [(1, b'{"text": "\\u00e4\\u0000"}')])
        feeds.add_feed(connection, "https://reef.example/feed")
        connection.execute(insert(tables.loaded_files).values(path="a.md", digest="d", article_pk=None))
    return database


def answers(url: str) -> dict[str, Any]:
    with Client(Settings(database_url=url, read_only=True)) as client:
        got = {path: client.get(path) for path in PATHS}
        return {
            path: (response.status_code, response.content, response.headers.get("etag"))
            for path, response in got.items()
        }


def articles_with(url: str, words: str) -> set[str]:
    """Those that a search finds, whose order is each database's own."""
    with Client(Settings(database_url=url, read_only=True)) as client:
        return {hit["article"]["id"] for hit in client.get(f"/search?q={words}").json()["items"]}


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as connection:
        return {
            t.name: sorted(map(tuple, connection.execute(t.select())), key=repr)
            for t in SQLModel.metadata.sorted_tables
        }


def copied(source: Database, target: Database) -> dict[str, int]:
    return {table: found.rows for table, found in Copy(source, target, lambda *_: None).run().items()}


@pytest.mark.stores("sqlite")
def test_there_and_back_every_answer_is_the_same(
    store: Database, store_url: str, postgres_server: postgres.Server, open_store: Open, tmp_path: Any
) -> None:
    before, held = answers(store_url), everything(store)
    there, back = postgres_server.empty(), f"sqlite:///{tmp_path / 'back.db'}"
    rows = copied(store, open_store(there))
    assert rows["articles"] == len(held["articles"])
    assert answers(there) == before
    for words in ("fishing", "peru+boats", '"fishing+pact"', "minis*", "DELEGATES"):
        assert articles_with(there, words) == articles_with(store_url, words)
    copied(open_store(there), open_store(back))
    assert answers(back) == before
    assert everything(open_store(back)) == held


def test_a_copy_takes_more_articles(store: Database, new_store: Callable[[], str], open_store: Open) -> None:
    target = open_store(new_store())
    copied(store, target)
    article = an_article(f"{PACT} Once more.", "One more")
    with target.write() as connection:
        assert put(connection, article, pact_facts(article)).created
        assert feeds.add_feed(connection, "https://bay.example/feed")
        jobs.open_job(connection)


def test_a_copy_that_was_stopped_goes_on_and_serves_nobody_before(
    store: Database, new_store: Callable[[], str], open_store: Open
) -> None:
    url = new_store()

    class Stopped(Exception):
        pass

    def stop_at(doing: str) -> Callable[[str, int, int], None]:
        def watch(now: str, *_: int) -> None:
            if now == doing:
                raise Stopped

        return watch

    for doing in ("articles", "appearances", "commitment_parties", "words", "comparing articles"):
        target = open_store(url)
        with pytest.raises(Stopped):
            Copy(store, target, stop_at(doing)).run()
        for refused in (target.require_current, target.migrate):
            with pytest.raises(StoreError, match="not whole yet"):
                refused()
    copied(store, open_store(url))
    target = open_store(url)
    target.require_current()
    assert {name: len(rows) for name, rows in everything(target).items()} == {
        name: len(rows) for name, rows in everything(store).items()
    }
    for table in (tables.articles, tables.commitments, tables.statements, tables.entities):
        assert found(target, table) == found(store, table) != 0


def found(database: Database, table: queries.Kind) -> int:
    word = "peru" if table is tables.entities else "last" if table is tables.statements else "fishing"
    with database.read() as connection:
        return queries.count(connection, table, [("q", (read_words(word),))])


def test_a_database_that_has_facts_of_its_own_is_left_as_it_is(
    store: Database, new_store: Callable[[], str], open_store: Open
) -> None:
    target = open_store(new_store())
    target.migrate()
    fill(target)
    before = everything(target)
    with pytest.raises(StoreError, match="of its own"):
        copied(store, target)
    assert everything(target) == before
    target.migrate()


def test_a_store_that_changed_between_two_parts_is_noticed(
    store: Database, new_store: Callable[[], str], open_store: Open
) -> None:
    target = open_store(new_store())

    def stop(doing: str, *_: int) -> None:
        if doing == "commitments":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        Copy(store, target, stop).run()
    with store.write() as connection:
        last = connection.scalar(select(tables.articles.c.id).order_by(tables.articles.c.pk).limit(1))
        assert last
        delete_article(connection, last)
    with pytest.raises(StoreError, match="differs in"):
        copied(store, target)
    with target.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.articles)) != 0
    with pytest.raises(StoreError, match="not whole yet"):
        target.require_current()


def test_a_store_is_not_copied_into_itself(store: Database) -> None:
    with pytest.raises(StoreError, match="into itself"):
        copied(store, store)
