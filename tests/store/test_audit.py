"""The log of writes, as it is read and shortened."""

from __future__ import annotations

from datetime import UTC, datetime

from app.store.audit import AuditEntry, delete_before, entries_since, record
from app.store.database import Database

TIMES = [
    datetime(2025, 3, 3, 23, 59, 59, 999999, UTC),
    datetime(2025, 3, 4, 0, 0, 0, 0, UTC),
    datetime(2025, 3, 5, 12, 0, 0, 0, UTC),
]
FOURTH = datetime(2025, 3, 4, tzinfo=UTC)


def entry(at: datetime) -> AuditEntry:
    return AuditEntry(at, "key 5f1c0a9d3e72", "192.0.2.7", "DELETE /articles/a", "/articles/a", 204, "r")


def times(database: Database, since: datetime | None = None) -> list[datetime]:
    with database.read() as connection:
        return [each.at for _, each in entries_since(connection, since)]


def test_entries_of_a_day_and_later_are_read_the_newest_last_and_earlier_ones_deleted(database: Database) -> None:
    with database.write() as connection:
        for at in TIMES:
            record(connection, entry(at))
    assert times(database) == TIMES
    assert times(database, FOURTH) == TIMES[1:]
    with database.write() as connection:
        assert delete_before(connection, FOURTH) == 1
    assert times(database) == TIMES[1:]
