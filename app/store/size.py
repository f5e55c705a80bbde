"""How much is stored, and how much waits to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, cast, func, select, text

from app.store.jobs import QUEUED, RUNNING
from app.store.tables import articles, commitments, entities, jobs, statements

COUNTED = (articles, entities, statements, commitments)

BYTES = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}


@dataclass(frozen=True, slots=True)
class Backlog:
    """Jobs that are not done, and their records that are neither stored nor refused."""

    jobs: int
    records: int


def rows_of(connection: Connection) -> dict[str, int]:
    """How many of each kind of thing there are. On a large store this takes a while."""
    counts: dict[str, Select[Any]] = {table.name: select(func.count()).select_from(table) for table in COUNTED}
    counts["mentions"] = select(cast(func.coalesce(func.sum(entities.c.mention_count), 0), BigInteger))
    return {name: connection.execute(count).scalar_one() for name, count in counts.items()}


def bytes_of(connection: Connection) -> int:
    """What the database takes on its disk, without logs of writes."""
    return int(connection.scalar(text(BYTES[connection.dialect.name])))


def backlog_of(connection: Connection) -> Backlog:
    """What is waiting."""
    left = func.sum(jobs.c.total - jobs.c.new - jobs.c.known - jobs.c.refused)
    query = select(func.count(), func.coalesce(left, 0)).where(jobs.c.state.in_((QUEUED, RUNNING)))
    return Backlog(*connection.execute(query).one())
