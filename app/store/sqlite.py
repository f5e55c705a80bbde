"""SQLite: a file, one writer at a time, readers that do not wait."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Select, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from app.store.backend import BUSY_SECONDS, Ask, StoreError
from app.store.questions import InSqlite

INSTANT_BUSY_SECONDS = 1
"""How long reads wait that hold up all others meanwhile; readers do not wait for writers but in rare moments."""

READERS = 16
"""Connections that are kept open, and again as many for a rush: more than the threads that read at once."""

STEPS_BETWEEN_LOOKS = 100_000
"""Instructions of SQLite's machine that it does before it looks at the clock again: some milliseconds."""

READ_CACHE_KIB = 512
WRITE_CACHE_KIB = 2048
"""Memory for pages of a connection: one that only reads has less; there are many, and the system keeps pages, too."""

BULK_CACHE_KIB = 256 * 1024
BULK_CHECKPOINT_PAGES = 128 * 1024
"""Memory for pages, and pages of 4 KiB in the write-ahead log before they are moved, of a bulk load."""


class Sqlite:
    """The backend of `sqlite:///` addresses."""

    def __init__(self, url: URL, *, bulk: bool, longest: float | None) -> None:
        self._path = str(url.database)
        self._bulk = bulk
        self.engine = create_engine(url, poolclass=QueuePool, pool_size=READERS, max_overflow=READERS)
        event.listen(self.engine, "connect", _set_up_connection)
        if bulk:
            event.listen(self.engine, "connect", _set_up_bulk_writes)
        event.listen(self.engine, "begin", partial(_begin, BULK_CACHE_KIB if bulk else WRITE_CACHE_KIB))
        if longest is not None:
            event.listen(self.engine, "connect", _set_up_clock)
            for moment in ("begin", "before_cursor_execute"):
                event.listen(self.engine, moment, partial(_start_clock, longest))
        self.reading: Engine = self.engine
        self.queue_address: str | None = None

    def before_revision(self) -> None:
        """Turn on the write-ahead log, with which readers and a writer do not wait for one another.

        The file remembers it. Where another process does the same just now, SQLite answers "locked" at once, whatever
        the busy timeout (https://sqlite.org/wal.html, section 9).
        """
        until = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                connection = self.engine.raw_connection()
                try:
                    connection.cursor().execute("PRAGMA journal_mode=WAL")
                    return
                finally:
                    connection.close()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def lock_revision(self, connection: Connection) -> None:
        """Whoever writes has the lock."""

    def after_revision(self, connection: Connection) -> None:
        """Nothing is left to be done."""

    def after_copy(self, connection: Connection) -> None:
        """SQLite numbers a row behind the last one anyhow."""

    def written(self) -> None:
        """SQLite knows."""

    def fault(self, error: Exception) -> BaseException | None:
        """See `Backend`."""
        if isinstance(error, OperationalError):
            return error.orig
        return error if isinstance(error, sqlite3.Error) else None

    def ran_out_of_time(self, reason: BaseException) -> bool:
        """See `Backend`."""
        return getattr(reason, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT

    def instant(self) -> SqliteInstant:
        """See `Backend`."""
        return SqliteInstant(self._path)

    def close(self) -> None:
        """See `Backend`."""
        if self._bulk and Path(self._path).exists():
            self._sync()
        self.engine.dispose()

    def _sync(self) -> None:
        """Have the disk keep what was written: the last to close a file does so anyhow, but a service may have it open.

        Where that cannot be now, whoever moves the log next does it.
        """
        with suppress(sqlite3.Error, SQLAlchemyError):
            connection = self.engine.raw_connection()
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
            finally:
                connection.close()


class SqliteInstant:
    """One connection of the driver itself, for one thread; nothing between it and the file, so that it costs little.

    It reads the latest state each time, and never writes.
    """

    on_loop = True

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def state(self) -> int | None:
        """See `Instant` (https://sqlite.org/pragma.html#pragma_data_version)."""
        try:
            (version,) = self._open().execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return None
        return int(version)

    def question(self, query: Select[Any]) -> Ask:
        """See `Instant`."""
        written = InSqlite(query)

        def ask(**given: object) -> list[Any]:
            return self._execute(written.statement, written.arranged(given))

        return ask

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
    cursor.execute(f"PRAGMA cache_size=-{READ_CACHE_KIB}")
    cursor.close()


def _set_up_bulk_writes(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """Keep the pages of indexes in memory, and move pages that changed many times to the file once.

    The disk is waited for then, and not at every write, each of which touches the more pages of the indexes the larger
    the store is. A cut of the power may undo the last writes, whole ones, which loading again makes good
    (https://sqlite.org/pragma.html#pragma_synchronous).
    """
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA wal_autocheckpoint={BULK_CHECKPOINT_PAGES}")
    cursor.close()


@dataclass(slots=True)
class _Clock:
    """Until when a connection may go on with its statement."""

    until: float = math.inf

    def is_over(self) -> bool:
        """Asked by SQLite, which gives the statement up where it is."""
        return time.monotonic() > self.until


def _set_up_clock(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """Have SQLite look at a clock now and then (https://sqlite.org/c3ref/progress_handler.html)."""
    clock = entry.info["clock"] = _Clock()
    driver: sqlite3.Connection = connection  # type: ignore[assignment]
    driver.set_progress_handler(clock.is_over, STEPS_BETWEEN_LOOKS)


def _start_clock(longest: float, connection: Connection, *_: Any) -> None:
    """Give what is asked next its time; writes, and lists that are sent while they are read, take what they need.

    A statement of SQLAlchemy's has its own, and those that go past it share what their transaction began with.
    """
    options = connection.get_execution_options()
    is_bounded = not options.get("write", False) and not options.get("yield_per", 0)
    connection.connection.info["clock"].until = time.monotonic() + longest if is_bounded else math.inf


def _begin(write_cache_kib: int, connection: Connection) -> None:
    """Take the write lock at once where a block is going to write: a reader that turns writer may be refused."""
    driver: Any = connection.connection.driver_connection  # itself, since SQLAlchemy takes longer than that does
    if connection.get_execution_options().get("write", False):
        driver.execute(f"PRAGMA cache_size=-{write_cache_kib}")
        driver.execute("BEGIN IMMEDIATE")
    else:
        driver.execute("BEGIN")
