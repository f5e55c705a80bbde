"""Who wrote what, when, and what it came to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from app.store.tables import audit_entries

AT_ONCE = 1000
"""Entries that are read at once."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One write: who asked for it and from where, what it was done to, and the status that it was answered with."""

    at: datetime
    who: str
    address: str
    action: str
    target: str
    status: int
    request_id: str


def record(connection: Connection, entry: AuditEntry) -> None:
    """Keep an entry."""
    connection.execute(insert(audit_entries).values(**asdict(entry)))


def entries_since(connection: Connection, at: datetime | None) -> Iterator[tuple[int, AuditEntry]]:
    """Entries with their numbers, the newest last, of those at a time and later."""
    query = select(audit_entries).order_by(audit_entries.c.pk)
    if at is not None:
        query = query.where(audit_entries.c.at >= at)
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
        yield row.pk, _entry(row)


def delete_before(connection: Connection, at: datetime) -> int:
    """Delete the entries from before a time; gives how many there were."""
    return connection.execute(delete(audit_entries).where(audit_entries.c.at < at)).rowcount


def entries_before(connection: Connection, number: int | None, most: int) -> list[tuple[int, AuditEntry]]:
    """Entries with their numbers, the latest first, of those below ``number``."""
    query = select(audit_entries).order_by(audit_entries.c.pk.desc()).limit(most)
    if number is not None:
        query = query.where(audit_entries.c.pk < number)
    return [(row.pk, _entry(row)) for row in connection.execute(query)]


def _entry(row: Row[Any]) -> AuditEntry:
    at = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)
    return AuditEntry(at, row.who, row.address, row.action, row.target, row.status, row.request_id)
