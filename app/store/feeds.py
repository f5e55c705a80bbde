"""Feeds and what they announced. Every function works in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from app.store.tables import feed_entries, feeds

WAITING, TAKEN, REFUSED, FAILED = "waiting", "taken", "refused", "failed"

LEASE = timedelta(minutes=10)
"""How long a feed or an entry is left to whom it was given to."""


@dataclass(frozen=True, slots=True)
class StoredFeed:
    """A feed, when it was and will be polled, what its server said of it last, and what went wrong last."""

    pk: int
    url: str
    title: str
    polled_at: datetime | None
    due_at: datetime
    etag: str | None
    last_modified: str | None
    failures: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class Announced:
    """An article that a feed announced and that is still to be fetched; ``tries`` have failed."""

    feed: int
    url: str
    title: str
    published: date | None
    tries: int


@dataclass(frozen=True, slots=True)
class Poll:
    """What polling a feed gave: its outlet and what its server says of it, and when it is to be polled again."""

    title: str
    home_page: str | None
    etag: str | None
    last_modified: str | None
    due_at: datetime


@dataclass(frozen=True, slots=True)
class EntryOutcome:
    """What became of an announced article: its state, the reason, the stored article, when to try again."""

    state: str
    reason: str | None = None
    article: str | None = None
    due_at: datetime | None = None


def add_feed(connection: Connection, url: str) -> bool:
    """Add a feed, due at once; False where it is there already."""
    if connection.scalar(select(feeds.c.pk).where(feeds.c.url == url)) is not None:
        return False
    now = datetime.now(UTC)
    connection.execute(insert(feeds).values(url=url, title="", added_at=now, due_at=now, failures=0))
    return True


def remove_feed(connection: Connection, url: str) -> bool:
    """Remove a feed; its articles stay. False where it is not there."""
    pk = connection.scalar(select(feeds.c.pk).where(feeds.c.url == url))
    connection.execute(delete(feed_entries).where(feed_entries.c.feed_pk == pk))
    return connection.execute(delete(feeds).where(feeds.c.pk == pk)).rowcount == 1


def all_feeds(connection: Connection) -> list[StoredFeed]:
    """Every feed, by address."""
    return [_feed(row) for row in connection.execute(select(feeds).order_by(feeds.c.url)).mappings()]


def entry_counts(connection: Connection, feed: int) -> dict[str, int]:
    """How many of a feed's entries are in each state."""
    query = select(feed_entries.c.state, func.count()).where(feed_entries.c.feed_pk == feed)
    return {state: int(number) for state, number in connection.execute(query.group_by(feed_entries.c.state))}


def lease_feed(connection: Connection, url: str, *, due_only: bool) -> StoredFeed | None:
    """Give a feed to the caller to poll; None where it is not due, or is gone."""
    now = datetime.now(UTC)
    mine = feeds.c.url == url
    if due_only:
        mine &= feeds.c.due_at <= now
    row = connection.execute(select(feeds).where(mine)).mappings().one_or_none()
    if row is None:
        return None
    connection.execute(update(feeds).where(feeds.c.pk == row["pk"]).values(due_at=now + LEASE))
    return _feed(row)


def due_feeds(connection: Connection) -> list[str]:
    """Addresses of feeds that are due, the one longest due first."""
    query = select(feeds.c.url).where(feeds.c.due_at <= datetime.now(UTC))
    return list(connection.scalars(query.order_by(feeds.c.due_at)))


def save_poll(connection: Connection, feed: int, poll: Poll) -> None:
    """Remember what a poll gave."""
    row = {"polled_at": datetime.now(UTC), "due_at": poll.due_at, "failures": 0, "problem": None}
    said = {"title": poll.title, "home_page": poll.home_page, "etag": poll.etag, "last_modified": poll.last_modified}
    connection.execute(update(feeds).where(feeds.c.pk == feed).values(**row, **said))


def save_unchanged(connection: Connection, feed: int, due_at: datetime) -> None:
    """Remember that a poll gave nothing new."""
    row = {"polled_at": datetime.now(UTC), "due_at": due_at, "failures": 0, "problem": None}
    connection.execute(update(feeds).where(feeds.c.pk == feed).values(row))


def save_failure(connection: Connection, feed: int, problem: str, due_at: datetime) -> None:
    """Remember why a poll failed, and when to try again."""
    row = {"polled_at": datetime.now(UTC), "due_at": due_at, "problem": problem, "failures": feeds.c.failures + 1}
    connection.execute(update(feeds).where(feeds.c.pk == feed).values(row))


def announce(connection: Connection, feed: int, entries: Iterable[tuple[str, str, date | None]]) -> int:
    """Add entries (address, title, day) that the feed has not announced before; gives how many."""
    known = set(connection.scalars(select(feed_entries.c.url).where(feed_entries.c.feed_pk == feed)))
    now = datetime.now(UTC)
    rows = [
        {"feed_pk": feed, "url": u, "title": t, "published": day, "state": WAITING, "tries": 0, "due_at": now}
        for u, t, day in entries
        if u not in known
    ]
    if rows:
        connection.execute(insert(feed_entries), rows)
    return len(rows)


def lease_entry(connection: Connection, feed: int) -> Announced | None:
    """Give the caller an article to fetch; None where none is due."""
    now = datetime.now(UTC)
    of_feed = (feed_entries.c.feed_pk == feed) & (feed_entries.c.state == WAITING) & (feed_entries.c.due_at <= now)
    query = select(feed_entries).where(of_feed).order_by(feed_entries.c.published.desc(), feed_entries.c.url).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    this = (feed_entries.c.feed_pk == feed) & (feed_entries.c.url == row.url)
    connection.execute(update(feed_entries).where(this).values(due_at=now + LEASE))
    return Announced(feed, row.url, row.title, row.published, row.tries)


def settle_entry(connection: Connection, entry: Announced, outcome: EntryOutcome) -> None:
    """Remember what became of an announced article."""
    this = (feed_entries.c.feed_pk == entry.feed) & (feed_entries.c.url == entry.url)
    row = {
        "state": outcome.state,
        "reason": outcome.reason,
        "article": outcome.article,
        "tries": feed_entries.c.tries + 1,
        "due_at": outcome.due_at or datetime.now(UTC),
    }
    connection.execute(update(feed_entries).where(this).values(row))


def _feed(row: RowMapping) -> StoredFeed:
    polled = row["polled_at"]
    return StoredFeed(
        pk=row["pk"],
        url=row["url"],
        title=row["title"],
        polled_at=polled.replace(tzinfo=UTC) if polled else None,
        due_at=row["due_at"].replace(tzinfo=UTC),
        etag=row["etag"],
        last_modified=row["last_modified"],
        failures=row["failures"],
        problem=row["problem"],
    )
