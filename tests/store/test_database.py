"""The schema: made on start by one process at a time, older and newer ones, and databases that cannot be used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlmodel import SQLModel

from app.domain.entity import EntityType
from app.settings import shipped
from app.store import fulltext, job_tasks, queries, tables
from app.store.bulk import insert_rows
from app.store.database import Database, StoreError
from app.store.points import Points
from app.store.queries import Window
from app.store.words import read_words
from app.store.write import put
from tests.making import FactsOf, an_article, pact_facts

MIGRATIONS = shipped("migrations")


def _not_full_text(name: str | None, *_: object) -> bool:
    """The tables of SQLite's full text are no models, nor is the queue."""
    return not (name or "").startswith((fulltext.PREFIX, job_tasks.PREFIX))


def test_models_and_migrated_schema_agree(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _not_full_text})
        assert compare_metadata(context, SQLModel.metadata) == []


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as connection:
        rows = {
            t.name: sorted(map(tuple, connection.execute(t.select())), key=repr)
            for t in SQLModel.metadata.sorted_tables
        }
        found = queries.count(connection, tables.articles, [("q", (read_words("pact peru"),))])
        return rows | {"words": [(found,)]}


def test_migrations_go_down_and_up_again_with_data_in_place(database: Database) -> None:
    with database.write() as connection:
        put(connection, an_article(), pact_facts(an_article()))
    database.migrate()
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.commitments)) == 1
    before = everything(database)
    database.downgrade("0001")
    database.migrate()
    assert everything(database) == before
    database.downgrade("base")
    assert not database.is_migrated()
    database.migrate()
    with database.write() as connection:
        assert put(connection, an_article(), pact_facts(an_article())).created


@pytest.mark.stores("sqlite")
def test_connections_wait_for_writers_and_keep_references_whole(database: Database) -> None:
    with database.read() as connection:
        pragmas = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")}
        assert connection.scalar(text("PRAGMA busy_timeout")) > 0
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}


def test_schema_of_a_newer_version_is_refused(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"9999.*newer version"):
        database.migrate()


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="broken"):
        Database(f"sqlite:///{broken}", MIGRATIONS).migrate()


@pytest.mark.stores("sqlite")
def test_file_that_may_not_be_written_is_refused_though_its_schema_is_up_to_date(
    database: Database, store_url: str
) -> None:
    file = store_url.removeprefix("sqlite:///")
    with pytest.raises(StoreError, match="readonly"):
        Database(f"sqlite:///file:{file}?mode=ro&uri=true", MIGRATIONS).migrate()


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no-such-folder"):
        Database(f"sqlite:///{tmp_path}/no-such-folder/x.db", MIGRATIONS).migrate()


def test_block_that_raises_keeps_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as connection:  # noqa: PT012 (the block is what is tested)
        put(connection, an_article(), pact_facts(an_article()))
        raise RuntimeError
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.articles)) == 0


@pytest.mark.stores("postgresql")
@pytest.mark.parametrize("bulk", [False, True])
def test_a_server_that_goes_away_is_a_fault_of_the_store_and_is_found_again(database: Database, bulk: bool) -> None:
    rows = [{"path": "a.md", "digest": "d", "article_pk": None}]
    with pytest.raises(StoreError, match="cannot be used"), database.write() as connection:  # noqa: PT012
        own = connection.scalar(select(func.pg_backend_pid()))
        with database.read() as other:
            other.scalar(select(func.pg_terminate_backend(own)))
        if bulk:
            insert_rows(connection, tables.loaded_files, rows)
        else:
            connection.execute(tables.loaded_files.insert(), rows)
    with database.write() as connection:
        insert_rows(connection, tables.loaded_files, rows)


@pytest.mark.stores("postgresql")
def test_a_read_of_one_thing_finds_a_server_again_that_dropped_its_connections(database: Database) -> None:
    with database.write() as connection:
        article = put(connection, an_article(), pact_facts(an_article())).id
    points = Points(database)
    assert points.document(tables.articles, article)
    with database.read() as connection:
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert connection.exec_driver_sql(others).all()
    assert points.document(tables.articles, article)


def test_processes_that_start_together_all_come_up(
    store_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """PostgreSQL has them wait for one another by an advisory lock; SQLite has a lock of its own."""
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    if store_kind == "postgresql":
        url = request.getfixturevalue("postgres_server").empty()
    code = (
        "import sys; from app.settings import shipped; from app.store.database import Database;"
        "Database(sys.argv[1], shipped('migrations')).migrate()"
    )
    command = [sys.executable, "-c", code, url]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(4)]
    assert [(p.communicate()[1], p.returncode) for p in started] == [(b"", 0)] * 4


def test_text_is_ordered_by_code_point_whatever_the_language_of_the_server(
    store_kind: str, store_url: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_server").empty() if store_kind == "postgresql" else store_url
    names = ["Zeta", "alpha", "Émile Zeta", "al pha"]
    article = an_article("; ".join(names))
    facts = FactsOf(article)
    for name in names:
        facts.names(name, EntityType.PERSON)
    database = Database(url, MIGRATIONS)
    database.migrate()
    with database.write() as connection:
        put(connection, article, facts.made())
        read = queries.things(connection, tables.entities, [], "name", Window(9))
        after = queries.things(connection, tables.entities, [], "name", Window(9, ["al pha", "al-pha"]))
    database.close()
    assert [orjson.loads(item)["name"] for item in read.items] == sorted(names)
    assert [orjson.loads(item)["name"] for item in after.items] == ["alpha", "Émile Zeta"]


def test_migrations_are_named_by_their_numbers_one_after_the_other() -> None:
    """By their names a reader knows which schemas there are, without what migrates."""
    script = ScriptDirectory(str(MIGRATIONS))
    numbers = [each.revision for each in script.walk_revisions()]
    assert numbers == sorted(numbers, reverse=True)
    assert all(Path(each.path).name.startswith(f"{each.revision}_") for each in script.walk_revisions())
