"""Who wrote what, when, and what it came to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from app.store.tables import audit_entries


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


def entries_before(connection: Connection, number: int | None, most: int) -> list[tuple[int, AuditEntry]]:
    """Entries with their numbers, the latest first, of those below ``number``."""
    query = select(audit_entries).order_by(audit_entries.c.pk.desc()).limit(most)
    if number is not None:
        query = query.where(audit_entries.c.pk < number)
    found = []
    for row in connection.execute(query):
        at = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)
        found.append((row.pk, AuditEntry(at, row.who, row.address, row.action, row.target, row.status, row.request_id)))
    return found
