"""The database: its engine, its connections, and the migration on start. Differences between databases stay in here."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, create_engine, event, inspect, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from app.store.tables import changes

BUSY_SECONDS = 30
"""How long a connection waits for another's write before it gives up."""

READERS = 16
"""Connections that are kept open, and again as many for a rush: more than the threads that read at once."""


class StoreError(Exception):
    """The database cannot be used; the message says which, why, and what to do."""


class Database:
    """A database by its URL. Connections come from `read` and `write` alone, so that every write is one transaction."""

    def __init__(self, url: str, migrations: Path) -> None:
        self._url = make_url(url)
        self._migrations = migrations
        self._engine = create_engine(self._url, poolclass=QueuePool, pool_size=READERS, max_overflow=READERS)
        event.listen(self._engine, "connect", _set_up_connection)
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


def _set_up_connection(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """Let SQLAlchemy's `begin` event open transactions, since the driver opens them too late (and never for reads).

    See "Serializable isolation / Savepoints / Transactional DDL" of SQLAlchemy's SQLite dialect.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock at once where a block is going to write: a reader that turns writer may be refused."""
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
