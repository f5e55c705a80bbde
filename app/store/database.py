"""The database: its engine, its connections, and the migration on start. Differences between databases stay in here."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Select, create_engine, event, inspect, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from app.store.tables import changes

BUSY_SECONDS = 30
"""How long a connection waits for another's write before it gives up."""

INSTANT_BUSY_SECONDS = 1
"""The same for reads that hold up all others meanwhile; readers do not wait for writers but in rare moments."""

READERS = 16
"""Connections that are kept open, and again as many for a rush: more than the threads that read at once."""


BULK_CACHE_KIB = 256 * 1024
BULK_CHECKPOINT_PAGES = 32 * 1024
"""Memory for pages, and pages of 4 KiB in the write-ahead log before they are moved, of a bulk load."""


class StoreError(Exception):
    """The database cannot be used; the message says which, why, and what to do."""


class Database:
    """A database by its URL. Connections come from `read` and `write` alone, so that every write is one transaction."""

    def __init__(self, url: str, migrations: Path, *, bulk: bool = False) -> None:
        """``bulk`` is for a process that does little else than write: it takes memory to write the less often."""
        self._url = make_url(url)
        self._migrations = migrations
        self._writing = threading.Lock()  # SQLite's own lock is had by trying again and again, and by luck
        self._engine = create_engine(self._url, poolclass=QueuePool, pool_size=READERS, max_overflow=READERS)
        event.listen(self._engine, "connect", _set_up_connection)
        if bulk:
            event.listen(self._engine, "connect", _set_up_bulk_writes)
        event.listen(self._engine, "begin", _begin)

    @property
    def location(self) -> str:
        """Where the facts are, without any password."""
        return self._url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the store throughout. Raises `StoreError`."""
        with self._reporting_faults(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection whose changes are all kept when the block ends, or none where it raises. Raises `StoreError`."""
        with (
            self._writing,
            self._reporting_faults(),
            self._engine.connect().execution_options(write=True) as connection,
            connection.begin(),
        ):
            yield connection

    def migrate(self) -> None:
        """Bring the schema up to date, one process at a time. Raises `StoreError` where that cannot be.

        SQLite opens for reading what it may not write, and says so no sooner than at a write; hence the one in here.
        """
        self._revise(lambda config: command.upgrade(config, "head"))
        with self.write() as connection:
            connection.execute(update(changes).values(count=changes.c.count))

    def downgrade(self, revision: str) -> None:
        """Take the schema back to an older revision, or to `base`. Raises `StoreError` where that cannot be."""
        self._revise(lambda config: command.downgrade(config, revision))

    def is_migrated(self) -> bool:
        """Whether the schema is there."""
        with self.read() as connection:
            return inspect(connection).has_table("changes")

    def instant(self) -> Instant:
        """A connection for reads that take microseconds, and for whoever asks whether anything was written since."""
        return Instant(str(self._url.database))

    def prepared(self, query: Select[Any]) -> Prepared:
        """A query in this database's own words, for `Instant`."""
        compiled = query.compile(dialect=self._engine.dialect)
        return Prepared(str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params))

    def require_current(self) -> None:
        """Raise `StoreError` unless the schema is the one that this version writes, for those that may not migrate."""
        config = Config()
        config.set_main_option("script_location", str(self._migrations))
        script = ScriptDirectory.from_config(config)
        with self.read() as connection:
            self._refuse_unknown(connection, script)
            is_there = inspect(connection).has_table("alembic_version")
            held = connection.scalar(text("SELECT version_num FROM alembic_version")) if is_there else None
        if held != script.get_current_head():
            raise StoreError(
                f"the database {self.location} has the schema {held or 'of nothing yet'}, and a reader changes none: "
                "start a service that may write on it first"
            )

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _revise(self, change: Callable[[Config], None]) -> None:
        with self._reporting_faults():
            self._wait_for_wal()
        with self.write() as connection:
            config = Config()
            config.set_main_option("script_location", str(self._migrations))
            config.attributes["connection"] = connection
            self._refuse_unknown(connection, ScriptDirectory.from_config(config))
            change(config)

    @contextmanager
    def _reporting_faults(self) -> Iterator[None]:
        """Turn what the driver says of a database that is missing, locked, full or broken into `StoreError`."""
        try:
            yield
        except (OperationalError, PoolTimeout, sqlite3.Error) as error:
            reason = error.orig if isinstance(error, OperationalError) else error
            raise StoreError(f"the database {self.location} cannot be used: {reason}") from error

    def _refuse_unknown(self, connection: Connection, script: ScriptDirectory) -> None:
        """Raise `StoreError` for a schema that a later version of the project wrote."""
        if not inspect(connection).has_table("alembic_version"):
            return
        for (held,) in connection.execute(text("SELECT version_num FROM alembic_version")):
            try:
                script.get_revision(held)
            except CommandError:
                raise StoreError(
                    f"the database {self.location} has the schema {held}, which this version does not know: "
                    "a newer version wrote it; start that one, or name another database"
                ) from None

    def _wait_for_wal(self) -> None:
        """Turn on the write-ahead log, with which readers and a writer do not wait for one another.

        The file remembers it. Where another process does the same just now, SQLite answers "locked" at once, whatever
        the busy timeout (https://sqlite.org/wal.html, section 9).
        """
        until = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                connection = self._engine.raw_connection()
                try:
                    connection.cursor().execute("PRAGMA journal_mode=WAL")
                    return
                finally:
                    connection.close()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query as the driver takes it: the names of its values in their order, and those that are known already."""

    statement: str
    names: tuple[str, ...]
    known: dict[str, Any]

    def values(self, given: dict[str, object]) -> list[object]:
        """The values in their order."""
        return [given[name] if name in given else self.known[name] for name in self.names]


class Instant:
    """One connection of the driver itself, for one thread; nothing between it and the file, so that it costs little.

    It reads the latest state each time, and never writes.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def state(self) -> int | None:
        """Another number after every write by anyone (https://sqlite.org/pragma.html#pragma_data_version).

        None while the database cannot be read.
        """
        try:
            (version,) = self._open().execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return None
        return int(version)

    def row(self, query: Prepared, **given: object) -> Any:
        """The first row, or None. Raises `StoreError`."""
        return next(iter(self.rows(query, **given)), None)

    def rows(self, query: Prepared, **given: object) -> list[Any]:
        """All rows. Raises `StoreError`."""
        return self._execute(query.statement, query.values(given))

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read in the block is of one state of the store."""
        self._execute("BEGIN")
        try:
            yield
        finally:
            self._execute("COMMIT")

    def _execute(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            return self._open().execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"the database {self._path} cannot be used: {error}") from error

    def close(self) -> None:
        """Close the connection; the next read opens another."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            made = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            made.execute("PRAGMA query_only=ON")
            made.execute(f"PRAGMA busy_timeout={INSTANT_BUSY_SECONDS * 1000}")
            self._connection = made
        return self._connection


def _set_up_connection(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """Let SQLAlchemy's `begin` event open transactions, since the driver opens them too late (and never for reads).

    See "Serializable isolation / Savepoints / Transactional DDL" of SQLAlchemy's SQLite dialect.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _set_up_bulk_writes(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """Keep the pages of indexes in memory, and move pages that changed many times to the file once."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA cache_size=-{BULK_CACHE_KIB}")
    cursor.execute(f"PRAGMA wal_autocheckpoint={BULK_CHECKPOINT_PAGES}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock at once where a block is going to write: a reader that turns writer may be refused."""
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
