"""A store is kept in a file while it is written to, and is made of it again: whole, or not at all."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from app.settings import Settings, shipped
from app.store import backup as backups
from app.store import tables
from app.store.backup import back_up, restore
from app.store.database import Database, StoreError
from app.store.write import put
from tests import postgres
from tests.client import Client
from tests.making import PACT, an_article, pact_facts
from tests.store.several import fill

MIGRATIONS = shipped("migrations")


@pytest.fixture
def store(database: Database) -> Database:
    fill(database)
    return database


@pytest.fixture
def empty_url(store_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a store may be restored to."""
    if store_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'restored.db'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    address = server.empty()
    yield address
    server.drop(address)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A backup of a store on SQLite with four articles."""
    with closing(Database(f"sqlite:///{tmp_path / 'first.db'}", MIGRATIONS)) as made:
        made.migrate()
        fill(made)
    back_up(f"sqlite:///{tmp_path / 'first.db'}", MIGRATIONS, tmp_path / "kept.db")
    return tmp_path / "kept.db"


def articles_in(url: str) -> int:
    with closing(Database(url, MIGRATIONS)) as opened, opened.read() as connection:
        return connection.execute(select(func.count()).select_from(tables.articles)).scalar_one()


def test_a_backup_taken_while_a_writer_writes_is_one_moment_of_the_store_and_serves(
    store: Database, store_url: str, empty_url: str, tmp_path: Path
) -> None:
    stop, begun = threading.Event(), threading.Event()

    def write() -> None:
        for number in range(10_000):
            article = an_article(f"{PACT} Round {number}.", f"Round {number}")
            with store.write() as connection:
                put(connection, article, pact_facts(article))
            begun.set()
            if stop.is_set():
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(60)
        back_up(store_url, MIGRATIONS, tmp_path / "kept")
    finally:
        stop.set()
        writer.join()
    restore(empty_url, MIGRATIONS, tmp_path / "kept")
    with Client(Settings(database_url=empty_url, niceness=0)) as client:
        counted = client.get("/articles?count=true&q=pact").json()["total"]
        commitments = client.get("/commitments?count=true&q=pact").json()["total"]
        entity = client.get("/entities/peru").json()
        assert entity["article_count"] == client.get("/articles?count=true&entity=peru").json()["total"]
        assert client.request("POST", "/articles", content=b'{"text": "Fiji thanked Peru.", "title": "Thanks"}')
    assert counted >= 2
    assert commitments >= 2
    assert not list(tmp_path.glob("*.part*"))
    assert not list(tmp_path.glob("*.restoring*"))


def test_what_is_restored_is_what_was_kept(store: Database, store_url: str, empty_url: str, tmp_path: Path) -> None:
    back_up(store_url, MIGRATIONS, tmp_path / "kept")
    article = an_article(f"{PACT} Later.", "Later")
    with store.write() as connection:
        put(connection, article, pact_facts(article))
    restore(empty_url, MIGRATIONS, tmp_path / "kept")
    assert articles_in(empty_url) == articles_in(store_url) - 1
    with closing(Database(empty_url, MIGRATIONS)) as restored:
        restored.require_current()
        with restored.write() as connection:
            assert put(connection, article, pact_facts(article)).created


def test_a_store_that_is_there_is_not_replaced_unasked(
    store: Database, store_url: str, new_store: Callable[[], str], tmp_path: Path
) -> None:
    back_up(store_url, MIGRATIONS, tmp_path / "kept")
    other = new_store()
    with closing(Database(other, MIGRATIONS)) as made:
        made.migrate()
    with pytest.raises(StoreError, match="already"):
        restore(other, MIGRATIONS, tmp_path / "kept")
    assert articles_in(other) == 0


@pytest.mark.parametrize("holds", ["nothing", "text", "another database", "half", "scribble", "newer"])
@pytest.mark.stores("sqlite")
def test_a_file_that_is_no_whole_backup_is_refused_and_the_store_stays(kept: Path, tmp_path: Path, holds: str) -> None:
    other = tmp_path / "other"
    whole = kept.read_bytes()
    if holds == "another database":
        with closing(sqlite3.connect(other)) as made:
            made.execute("CREATE TABLE things (pk INTEGER)")
    elif holds == "newer":
        other.write_bytes(whole)
        with closing(sqlite3.connect(other)) as made, made:
            made.execute("UPDATE alembic_version SET version_num = '9999'")
    else:
        page = 4096
        other.write_bytes(
            {
                "nothing": b"",
                "text": b"not a database at all" * 500,
                "half": whole[: len(whole) // 2],
                "scribble": whole[: 20 * page] + b"\xa5" * (60 * page) + whole[80 * page :],
            }[holds]
        )
    held = tmp_path / "first.db"
    with pytest.raises(StoreError) as refused:
        restore(f"sqlite:///{held}", MIGRATIONS, other, replace=True)
    assert str(other) in str(refused.value)
    assert {"newer": "newer version", "another database": "something else"}.get(holds, "") in str(refused.value)
    assert articles_in(f"sqlite:///{held}") == 4
    assert not list(tmp_path.glob("*.restoring*"))


@pytest.mark.stores("sqlite")
def test_an_older_backup_is_migrated(kept: Path, tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{kept}", MIGRATIONS)) as older:
        older.downgrade("-1")
    restore(f"sqlite:///{tmp_path / 'again.db'}", MIGRATIONS, kept)
    with closing(Database(f"sqlite:///{tmp_path / 'again.db'}", MIGRATIONS)) as restored:
        restored.require_current()
    assert articles_in(f"sqlite:///{tmp_path / 'again.db'}") == 4


@pytest.mark.stores("sqlite")
def test_a_store_in_use_is_not_replaced(kept: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'used.db'}"
    with closing(Database(url, MIGRATIONS)) as used:
        used.migrate()
        with pytest.raises(StoreError, match="in use"):
            restore(url, MIGRATIONS, kept, replace=True)
        with used.read() as connection:
            assert connection.scalar(select(func.count()).select_from(tables.articles)) == 0
    restore(url, MIGRATIONS, kept, replace=True)
    assert articles_in(url) == 4


@pytest.mark.stores("sqlite")
def test_what_a_killed_service_left_in_its_log_does_not_get_into_the_restored_store(kept: Path, tmp_path: Path) -> None:
    store, log = tmp_path / "killed.db", tmp_path / "killed.db-wal"
    with closing(Database(f"sqlite:///{store}", MIGRATIONS)) as killed:
        killed.migrate()
        fill(killed)
        left = [(path, path.read_bytes()) for path in (store, log)]
    for path, content in left:
        path.write_bytes(content)
    assert log.stat().st_size
    restore(f"sqlite:///{store}", MIGRATIONS, kept, replace=True)
    assert not log.exists()
    assert articles_in(f"sqlite:///{store}") == 4
    store.unlink()
    log.write_bytes(left[1][1])
    with pytest.raises(StoreError, match="without its store"):
        restore(f"sqlite:///{store}", MIGRATIONS, kept)


@pytest.mark.parametrize("at", ["_copy", "_check", "_in_one_file"])
@pytest.mark.stores("sqlite")
def test_an_interrupted_restore_leaves_the_store_as_it_was(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    url = f"sqlite:///{tmp_path / 'held.db'}"
    with closing(Database(url, MIGRATIONS)) as held:
        held.migrate()
        article = an_article(PACT, "Held")
        with held.write() as connection:
            put(connection, article, pact_facts(article))
    done = getattr(backups, at)

    def interrupted(*given: object) -> None:
        done(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(backups, at, interrupted)
        with pytest.raises(KeyboardInterrupt):
            restore(url, MIGRATIONS, kept, replace=True)
    assert articles_in(url) == 1
    assert not list(tmp_path.glob("*.restoring*"))
    restore(url, MIGRATIONS, kept, replace=True)
    assert articles_in(url) == 4


@pytest.mark.stores("sqlite")
def test_a_damaged_store_gives_no_backup_and_the_last_one_stays(kept: Path, tmp_path: Path) -> None:
    before = kept.read_bytes()
    broken = tmp_path / "broken.db"
    with closing(Database(f"sqlite:///{broken}", MIGRATIONS)) as made:
        made.migrate()
    with closing(sqlite3.connect(broken)) as raw, raw:
        raw.execute('INSERT INTO sentences (article_pk, number, start, "end") VALUES (77, 0, 0, 1)')
    with pytest.raises(StoreError, match="row of articles that is not there"):
        back_up(f"sqlite:///{broken}", MIGRATIONS, kept)
    assert kept.read_bytes() == before
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.stores("postgresql")
def test_dumps_that_are_damaged_or_newer_are_refused_and_the_database_stays_empty(
    store: Database, store_url: str, empty_url: str, tmp_path: Path
) -> None:
    back_up(store_url, MIGRATIONS, tmp_path / "kept")
    whole = (tmp_path / "kept").read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text").write_bytes(b"nothing of the kind")
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version"):
        back_up(store_url, MIGRATIONS, tmp_path / "newer")
    for name in ("half", "text"):
        with pytest.raises(StoreError):
            restore(empty_url, MIGRATIONS, tmp_path / name)
    restore(empty_url, MIGRATIONS, tmp_path / "kept")
    assert articles_in(empty_url) == 4


@pytest.mark.stores("postgresql")
def test_a_machine_without_the_programs_is_told_what_it_lacks(
    store: Database, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="postgresql-client"):
        back_up(store_url, MIGRATIONS, tmp_path / "kept")
    assert not list(tmp_path.iterdir())
