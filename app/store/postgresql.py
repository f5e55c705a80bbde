"""PostgreSQL: a server, for many processes on many machines; one writes at a time, readers do not wait.

`psycopg` is imported where it is used: a store that is a file does without.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, Select, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from app.store.backend import BUSY_SECONDS, Ask, StoreError, in_one_line
from app.store.job_tasks import PREFIX, put_all_tasks
from app.store.notifications import Listener

if TYPE_CHECKING:
    import psycopg

WRITE_LOCK = 0x656E7465
"""The advisory lock of whoever writes ("ente"). Row numbers and ids are given by those who hold it."""

CONNECT_SECONDS = 10
"""How long a server may take to answer, unless the address has a `connect_timeout` of its own."""

KEPT = 8
"""Connections that are kept open, and again as many for a rush: a server has 100 for all its clients, unless told
otherwise."""

AT_ONCE = 4
"""Connections for reads of one thing, which take so little that others wait for them."""

FAULTS = ("08", "25006", "28", "3D", "42501", "53", "54", "55", "57", "58", "F0", "XX")
"""Beginnings of the codes that are no fault of a query: connection, read-only, authorisation, no such database, no
right, resources, limits, lock not had, shutdown, system (https://www.postgresql.org/docs/current/errcodes-appendix.html).
"""

GIVEN_UP = "57014"
"""The code of a statement that took too long, or that somebody cancelled."""

BY_LANGUAGE = text(f"""
    SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
        AND c.data_type IN ('character varying', 'text') AND c.collation_name IS DISTINCT FROM 'C'
        AND NOT starts_with(c.table_name, '{PREFIX}')
    ORDER BY c.table_name, c.ordinal_position
""")  # noqa: S608
"""Columns of text that are ordered by the rules of a language, other than those of the library that keeps the queue."""

SERIALS = text("""
    SELECT table_name, pg_get_serial_sequence(quote_ident(table_name), column_name) FROM information_schema.columns
    WHERE table_schema = current_schema() AND column_name = 'pk' AND column_default LIKE 'nextval(%'
""")
"""What numbers the rows of tables."""


class Postgresql:
    """The backend of `postgresql://` addresses."""

    def __init__(self, url: URL, longest: float | None) -> None:
        url = url.set(drivername="postgresql+psycopg")
        self._location = url.render_as_string(hide_password=True)
        timeout = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
        self.engine = create_engine(url, pool_size=KEPT, max_overflow=KEPT, pool_pre_ping=True, connect_args=timeout)
        event.listen(self.engine, "begin", _begin)
        self.reading: Engine = self.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self.at_once = create_engine(
            url, pool_size=AT_ONCE, max_overflow=0, pool_reset_on_return=None, connect_args=timeout
        )
        for engine in (self.engine, self.at_once):
            event.listen(engine, "connect", _set_up_connection)
            if longest is not None:
                event.listen(engine, "connect", partial(_set_up_clock, longest))
        event.listen(self.at_once, "connect", _set_up_single_reads)
        conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.queue_address: str | None = conninfo
        self._listener = Listener(conninfo, timeout)

    def before_revision(self) -> None:
        """A server needs no preparation."""

    def lock_revision(self, connection: Connection) -> None:
        """See `Backend`."""
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITE_LOCK})

    def after_revision(self, connection: Connection) -> None:
        """Have all text ordered by code point, as SQLite has it, whatever the language of the server."""
        for table, column, kind in connection.execute(BY_LANGUAGE).all():
            connection.exec_driver_sql(f'ALTER TABLE "{table}" ALTER "{column}" TYPE {kind} COLLATE "C"')

    def after_copy(self, connection: Connection) -> None:
        """See `Backend`."""
        for table, serial in connection.execute(SERIALS).all():
            connection.exec_driver_sql(f"""SELECT setval('{serial}', (SELECT max(pk) FROM "{table}"))""")  # noqa: S608
        connection.exec_driver_sql("ANALYZE")
        put_all_tasks(connection)

    def written(self) -> None:
        """Who wrote through here reads what was written, before the server's notification is there."""
        self._listener.note()

    def fault(self, error: Exception) -> BaseException | None:
        """See `Backend`."""
        said = error.orig if isinstance(error, DBAPIError) else error  # COPY goes past SQLAlchemy
        if not type(said).__module__.startswith("psycopg"):
            return None
        code = getattr(said, "sqlstate", None)
        no_answer = code is None and type(said).__name__ in ("OperationalError", "ConnectionTimeout")
        return said if no_answer or (code or "?").startswith(FAULTS) else None

    def ran_out_of_time(self, reason: BaseException) -> bool:
        """See `Backend`."""
        return getattr(reason, "sqlstate", None) == GIVEN_UP

    def instant(self) -> PostgresqlInstant:
        """See `Backend`."""
        return PostgresqlInstant(self, self._listener)

    def close(self) -> None:
        """See `Backend`."""
        self._listener.close()
        self.at_once.dispose()
        self.engine.dispose()

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Turn faults into `StoreError`."""
        try:
            yield
        except Exception as error:
            reason = error if isinstance(error, PoolTimeout) else self.fault(error)
            if reason is None:
                raise
            raise StoreError(f"the database {self._location} cannot be used: {in_one_line(reason)}") from error


class PostgresqlInstant:
    """Reads of one thing, each a way to the server and back: not for an event loop."""

    on_loop = False

    def __init__(self, backend: Postgresql, listener: Listener) -> None:
        self._backend = backend
        self._listener = listener

    def state(self) -> int | None:
        """See `Instant`, and `Listener` for how soon."""
        return self._listener.state()

    def question(self, query: Select[Any]) -> Ask:
        """See `Instant`."""

        def ask(**given: object) -> list[Any]:
            with self._backend.reporting():
                try:
                    return self._ask_alone(query, given)
                except DBAPIError as error:
                    if not error.connection_invalidated:
                        raise
                    return self._ask_alone(query, given)  # the server was started anew, and the connection was not

        return ask

    def _ask_alone(self, query: Select[Any], given: dict[str, object]) -> list[Any]:
        """One way to the server and back: what is asked alone needs no transaction, and connections no trial."""
        with self._backend.at_once.connect() as connection:
            return list(connection.execute(query, given))

    def close(self) -> None:
        """See `Instant`; the connections are the backend's."""


def _set_up_connection(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """Times in UTC, days as ISO 8601 has them, and no endless wait for others' locks.

    Questions are short and go by indexes: those are cheap to read where disks have no arms, and what compiling a plan
    saves is less than it takes.
    """
    from app.store.wire import speak_our_way

    driver: psycopg.Connection[Any] = connection  # type: ignore[assignment]
    speak_our_way(driver)
    driver.autocommit = True
    driver.execute("SET TIME ZONE 'UTC'")
    driver.execute("SET datestyle = 'ISO, YMD'")
    driver.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
    driver.execute("SET random_page_cost = 1.1")
    driver.execute("SET jit = off")
    driver.autocommit = False


def _set_up_clock(longest: float, connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """Bound each statement; of a list that is sent while it is read, each part is one."""
    driver: psycopg.Connection[Any] = connection  # type: ignore[assignment]
    driver.autocommit = True
    driver.execute(f"SET statement_timeout = {math.ceil(longest * 1000)}")
    driver.autocommit = False


def _set_up_single_reads(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """Each question for itself; what would write is refused, and NULs are read as `wire` has it."""
    driver: psycopg.Connection[Any] = connection  # type: ignore[assignment]
    driver.autocommit = True
    driver.read_only = True
    driver.execute("SET default_transaction_read_only = on")


def _begin(connection: Connection) -> None:
    """Let one write at a time. Each of its queries sees what was there before it: the isolation is READ COMMITTED."""
    options = connection.get_execution_options()
    if not options.get("write", False):
        return
    asked = "SELECT set_config('statement_timeout', '0', true)"  # writes take what they need
    if not options.get("revises", False):
        asked += f", pg_advisory_xact_lock({WRITE_LOCK})"
    connection.exec_driver_sql(asked)
