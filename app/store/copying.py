"""A whole store copied into another database, of whichever kind: row by row, with their numbers, then compared.

Where it was stopped, it goes on: a table is copied in the order of its primary key, behind the last row that is there.
Until both stores are found to be the same, the copy says of its schema that it is being copied (`database.COPYING`), so
that no service takes it for a whole store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, func, literal, select, text, tuple_, update
from sqlmodel import SQLModel

from app.store import fulltext, near_duplicates
from app.store.bulk import insert_rows
from app.store.database import COPYING, Database, StoreError
from app.store.tables import articles, changes, entities, signatures

AT_ONCE = 2000
"""Rows of one transaction."""

ARTICLES_AT_ONCE = 200
"""Articles whose words are indexed in one."""

Watch = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and what they say."""

    rows: int
    digest: str


class Copy:
    """A copy of one store into another database. `run` raises `StoreError` where it cannot go on."""

    def __init__(self, source: Database, target: Database, watch: Watch) -> None:
        self._source = source
        self._target = target
        self._watch = watch

    def run(self) -> dict[str, Sum]:
        """Copy what is not there yet, and compare all of it; gives the tables with their sums."""
        if self._source.location == self._target.location:
            raise StoreError(f"the database {self._source.location} cannot be copied into itself")
        self._source.require_current()
        with self._source.read() as reading:
            schema = _revision(reading)
            indexed = self._begin(reading, f"{COPYING} {schema}")
            for table in _tables():
                self._copy(reading, table)
            self._index(reading, indexed, f"{COPYING} {schema}")
            sums = self._compare(reading)
            self._finish(reading, schema)
        return sums

    def _begin(self, reading: Connection, mark: str) -> int:
        """Claim the database for this copy. Gives up to which article the words are indexed already."""
        with self._target.read() as connection:
            held = _revision(connection) if self._target.is_migrated() else ""
        if not held.startswith(COPYING):
            self._target.migrate()
            with self._target.write() as connection:
                for table in _tables():
                    if connection.execute(select(table).limit(1)).first() is not None:
                        raise StoreError(
                            f"the database {self._target.location} has {table.name} of its own: a store is copied into "
                            "an empty database only"
                        )
                _revise(connection, mark)
            return 0
        with self._target.read() as connection:
            pk, own, theirs = _last_article(connection, reading)
        if own != theirs or not held.startswith(mark):
            raise StoreError(
                f"the database {self._target.location} has part of a copy of another store, or of one that has changed "
                f"since (article {pk}): begin again with an empty database"
            )
        return int(held.removeprefix(mark) or 0)

    def _copy(self, reading: Connection, table: Table) -> None:
        total = _count(reading, table)
        with self._target.read() as connection:
            done, after = _count(connection, table), _last(connection, table)
        while rows := _rows_after(reading, table, after):
            with self._target.write() as connection:
                insert_rows(connection, table, [dict(row._mapping) for row in rows])
                _index_row_by_row(connection, table, rows)
            done, after = done + len(rows), tuple(rows[-1]._mapping[c.name] for c in table.primary_key)
            self._watch(table.name, done, total)

    def _index(self, reading: Connection, indexed: int, mark: str) -> None:
        """The full text of articles and of their facts, which takes all tables."""
        total = _count(reading, articles)
        done = reading.scalar(select(func.count()).where(articles.c.pk <= indexed)) or 0
        pks = select(articles.c.pk).order_by(articles.c.pk).limit(ARTICLES_AT_ONCE)
        while some := list(reading.scalars(pks.where(articles.c.pk > indexed))):
            with self._target.write() as connection:
                fulltext.add_articles(connection, some)
                _revise(connection, f"{mark} {some[-1]}")
            indexed, done = some[-1], done + len(some)
            self._watch("words", done, total)

    def _compare(self, reading: Connection) -> dict[str, Sum]:
        sums = {}
        with self._target.read() as connection:
            for n, table in enumerate(_tables()):
                self._watch(f"comparing {table.name}", n, len(_tables()))
                here, there = sum_of(reading, table), sum_of(connection, table)
                if here != there:
                    raise StoreError(
                        f"the copy differs in {table.name}: {here.rows} rows ({here.digest[:12]}) in "
                        f"{self._source.location}, {there.rows} ({there.digest[:12]}) in {self._target.location}; the "
                        "store has changed since an earlier part was copied: begin again with an empty database"
                    )
                sums[table.name] = here
        return sums

    def _finish(self, reading: Connection, schema: str) -> None:
        with self._target.copied_into() as connection:
            count = reading.scalar(select(changes.c.count))
            connection.execute(update(changes).values(count=count))
            _revise(connection, schema)


def sum_of(connection: Connection, table: Table) -> Sum:
    """The sum of a table, the same on every kind of database."""
    digest = hashlib.sha256()
    rows = 0
    query = select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
        rows += 1
        for value in row:
            held = value if isinstance(value, bytes) else orjson.dumps(_plain(value))
            digest.update(b"%d:" % len(held))
            digest.update(held)
    return Sum(rows, digest.hexdigest())


def _tables() -> list[Table]:
    """All tables, in an order that keeps references whole."""
    return [table for table in SQLModel.metadata.sorted_tables if table is not changes]


def _plain(value: Any) -> Any:
    """Times are UTC, which PostgreSQL says and SQLite does not."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _last(connection: Connection, table: Table) -> tuple[Any, ...] | None:
    keys = list(table.primary_key.columns)
    row = connection.execute(select(*keys).order_by(*(key.desc() for key in keys)).limit(1)).first()
    return tuple(row) if row else None


def _rows_after(connection: Connection, table: Table, after: Sequence[Any] | None) -> Sequence[Row[Any]]:
    keys = list(table.primary_key.columns)
    query = select(table).order_by(*keys).limit(AT_ONCE)
    if after is not None:
        place = tuple_(*(literal(value, key.type) for key, value in zip(keys, after, strict=True)))
        query = query.where(tuple_(*keys) > place)
    return connection.execute(query).all()


def _index_row_by_row(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    """What is found by more than its columns, and hangs on one row alone."""
    if table is entities:
        known = ((row.pk, orjson.loads(row.document)) for row in rows)
        fulltext.put_entities(connection, [(pk, (said["name"], *said["aliases"])) for pk, said in known])
    elif table is signatures:
        near_duplicates.index_keys(connection, [(row.article_pk, row.band_keys) for row in rows])


def _last_article(connection: Connection, reading: Connection) -> tuple[int | None, str | None, str | None]:
    """The last article that was copied, and its hash in both stores."""
    pk = connection.scalar(select(func.max(articles.c.pk)))
    of_it = select(articles.c.content_hash).where(articles.c.pk == pk)
    return pk, connection.scalar(of_it), reading.scalar(of_it)


def _revision(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def _revise(connection: Connection, revision: str) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
