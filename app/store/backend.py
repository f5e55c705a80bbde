"""What the store asks of a database, so that the rest of it need not know which one it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Select

BUSY_SECONDS = 30
"""How long a connection waits for another's write before it gives up."""


class StoreError(Exception):
    """The database cannot be used; the message says which, why, and what to do."""


class TookTooLong(StoreError):
    """A question was given up; it asks for more than the store can read in the time that it has."""


def in_one_line(reason: BaseException) -> str:
    """What a driver says, which may take several lines."""
    return " ".join(str(reason).split())


Ask = Callable[..., list[Any]]
"""A query that was made ready: takes its values by their names, gives the rows. Raises `StoreError`."""


class Instant(Protocol):
    """Reads of one thing, and whether anything was written since."""

    on_loop: bool
    """Whether a read takes microseconds, so that an event loop may do it itself."""

    def state(self) -> int | None:
        """Another number after every write by anyone; None while that cannot be told."""

    def question(self, query: Select[Any]) -> Ask:
        """Make a query ready."""

    def close(self) -> None:
        """Let go of the database."""


class Backend(Protocol):
    """One kind of database, at one address."""

    engine: Engine
    """For writing."""

    reading: Engine
    """For reading in one state of the store."""

    queue_address: str | None
    """Of the server that has jobs in its queue; None where there is no queue."""

    def before_revision(self) -> None:
        """Make the database ready for a change of its schema."""

    def lock_revision(self, connection: Connection) -> None:
        """Wait for others that change the schema, however long they take."""

    def after_revision(self, connection: Connection) -> None:
        """Finish a change of the schema."""

    def after_copy(self, connection: Connection) -> None:
        """Rows came with their numbers: others are to be numbered behind them, and asked for by what is there now.

        Jobs among them go on.
        """

    def written(self) -> None:
        """Something was written through this engine just now."""

    def fault(self, error: Exception) -> BaseException | None:
        """What the driver says of a database that is missing, locked, full or broken; None where the query is wrong."""

    def ran_out_of_time(self, reason: BaseException) -> bool:
        """Whether that is what a fault says of a question."""

    def instant(self) -> Instant:
        """Reads of one thing."""

    def close(self) -> None:
        """Close every connection."""
