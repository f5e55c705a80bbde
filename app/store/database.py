"""The database: its connections, and the migration on start. What one kind has of its own is its backend's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from opentelemetry import trace
from sqlalchemy import URL, Connection, inspect, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.store.backend import Backend, Instant, in_one_line
from app.store.backend import StoreError as StoreError
from app.store.backend import TookTooLong as TookTooLong
from app.store.tables import changes

SPANS = trace.get_tracer("entente.store")

COPYING = "copying"
"""What a database says of its schema while another store is copied into it, so that nobody takes it for a whole one."""


def backend_of(url: URL, *, bulk: bool, longest: float | None) -> Backend:
    """What the address is one of. Raises `StoreError` where its driver is not installed."""
    if url.get_backend_name() == "sqlite":
        from app.store.sqlite import Sqlite

        return Sqlite(url, bulk=bulk, longest=longest)
    from app.store.postgresql import Postgresql

    return Postgresql(url, longest)


class Database:
    """A database by its URL. Connections come from `read` and `write` alone, so that every write is one transaction."""

    def __init__(self, url: str, migrations: Path, *, bulk: bool = False, longest: float | None = None) -> None:
        """``bulk`` is for a process that does little else than write: it takes memory to write the less often.

        A question that reads for more than ``longest`` seconds raises `TookTooLong`; lists that are streamed have time.
        """
        self._url = make_url(url)
        self._migrations = migrations
        self._writing = threading.Lock()  # SQLite's own lock is had by trying again and again, and by luck
        self._backend = backend_of(self._url, bulk=bulk, longest=longest)

    @property
    def location(self) -> str:
        """Where the facts are, without any password."""
        return self._url.render_as_string(hide_password=True)

    @property
    def queue_address(self) -> str | None:
        """Of the queue that jobs are worked off from, with any password; None where their rows are all there is."""
        return self._backend.queue_address

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the store throughout. Raises `StoreError`."""
        with (
            SPANS.start_as_current_span("store read"),
            self._reporting_faults(),
            self._backend.reading.begin() as connection,
        ):
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection whose changes are all kept when the block ends, or none where it raises. Raises `StoreError`."""
        with SPANS.start_as_current_span("store write"), self._writing:
            with self._reporting_faults(), self._connected(write=True) as connection:
                yield connection
            self._backend.written()

    def migrate(self) -> None:
        """Bring the schema up to date, one process at a time. Raises `StoreError` where that cannot be.

        SQLite opens for reading what it may not write, and says so no sooner than at a write; hence the one in here.
        """
        self._revise("head")
        with self.write() as connection:
            connection.execute(update(changes).values(count=changes.c.count))

    def downgrade(self, revision: str) -> None:
        """Take the schema back to an older revision, or to `base`. Raises `StoreError` where that cannot be."""
        self._revise(revision, down=True)

    def is_migrated(self) -> bool:
        """Whether the schema is there."""
        with self.read() as connection:
            return inspect(connection).has_table("changes")

    def instant(self) -> Instant:
        """For reads of one thing, and for whoever asks whether anything was written since."""
        return self._backend.instant()

    def require_known(self, revision: str | None = None, called: str | None = None) -> None:
        """Raise `StoreError` where a later version wrote its schema; or another's, which is ``called`` something."""
        if revision is not None:
            self._refuse_revision(revision, called or self.location)
            return
        with self.read() as connection:
            self._refuse_unknown(connection)

    def require_current(self) -> None:
        """Raise `StoreError` unless the schema is the one that this version writes, for those that may not migrate."""
        with self.read() as connection:
            self._refuse_unknown(connection)
            is_there = inspect(connection).has_table("alembic_version")
            held = connection.scalar(text("SELECT version_num FROM alembic_version")) if is_there else None
        if held != self._revisions()[-1]:
            raise StoreError(
                f"the database {self.location} has the schema {held or 'of nothing yet'}, and a reader changes none: "
                "start a service that may write on it first"
            )

    @contextmanager
    def copied_into(self) -> Iterator[Connection]:
        """As `write`, for rows that come with their numbers."""
        with self.write() as connection:
            yield connection
            self._backend.after_copy(connection)

    def close(self) -> None:
        """Close every connection."""
        self._backend.close()

    def _revise(self, revision: str, *, down: bool = False) -> None:
        from alembic import command  # as large as the rest of the store, and nothing that a reader needs
        from alembic.config import Config

        with self._reporting_faults():
            self._backend.before_revision()
        with self._writing, self._reporting_faults(), self._connected(write=True, revises=True) as connection:
            self._backend.lock_revision(connection)
            config = Config()
            config.set_main_option("script_location", str(self._migrations))
            config.attributes["connection"] = connection
            self._refuse_unknown(connection)
            (command.downgrade if down else command.upgrade)(config, revision)
            self._backend.after_revision(connection)

    @contextmanager
    def _connected(self, **options: bool) -> Iterator[Connection]:
        """A transaction."""
        with self._backend.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def _reporting_faults(self) -> Iterator[None]:
        """Turn what the driver says of a database that is missing, locked, full or broken into `StoreError`."""
        try:
            yield
        except Exception as error:
            reason = error if isinstance(error, PoolTimeout) else self._backend.fault(error)
            if reason is None:
                raise
            if self._backend.ran_out_of_time(reason):
                raise TookTooLong(f"the database {self.location} took too long over a question") from error
            raise StoreError(f"the database {self.location} cannot be used: {in_one_line(reason)}") from error

    def _refuse_unknown(self, connection: Connection) -> None:
        """Raise `StoreError` for a schema that a later version of the project wrote."""
        if not inspect(connection).has_table("alembic_version"):
            return
        for (held,) in connection.execute(text("SELECT version_num FROM alembic_version")):
            self._refuse_revision(held, self.location)

    def _refuse_revision(self, held: str, location: str) -> None:
        if held in self._revisions():
            return
        if held.startswith(COPYING):
            raise StoreError(
                f"a store is being copied into the database {location}, and is not whole yet: the same "
                "`entente copy` again goes on"
            )
        raise StoreError(
            f"the database {location} has the schema {held}, which this version does not know: "
            "a newer version wrote it; start that one, or name another database"
        )

    def _revisions(self) -> list[str]:
        """The schemas that this version knows, the latest last: the name of each migration begins with its number."""
        return sorted(file.name.partition("_")[0] for file in (self._migrations / "versions").glob("[0-9]*_*.py"))
