"""Feeds that are followed: polled when they are due, and the articles that they announce fetched and stored."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TypeVar

from anyio import to_thread
from sqlalchemy import Connection

from app.domain.article import Article
from app.extraction.extractor import ExtractionFailed
from app.ingest.feeds import Feed, NotAFeed, poll
from app.ingest.fetch import Fetcher, FetchError, FetchFailed, FetchRefused, Validators
from app.ingest.html import read_html
from app.ingest.intake import Intake
from app.ingest.submission import BadField
from app.ingest.text import NotAnArticle
from app.ingest.workers import TaskFailed
from app.store import feeds
from app.store.database import Database, StoreError
from app.store.feeds import Announced, EntryOutcome, StoredFeed

ResultT = TypeVar("ResultT")

log = logging.getLogger("entente.feeds")

AT_ONCE = 8
"""Feeds that are polled at the same time; a host is asked for one thing at a time whatever this is."""

LONGEST_WAIT = timedelta(days=1)
MOST_TRIES = 5
"""A feed that fails is asked again after twice as long each time, a day at most; an article this often."""

FIRST_RETRY = timedelta(hours=1)
LOOK_SECONDS = 30.0


class UnknownFeed(KeyError):
    """No feed with this address is followed."""


@dataclass(slots=True)
class Report:
    """What polling gave: articles that are new or known, and addresses with the reason where it gave none."""

    feeds: int = 0
    unchanged: int = 0
    new: int = 0
    known: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


class Subscriptions:
    """The feeds of the store."""

    def __init__(self, database: Database, intake: Intake, fetcher: Fetcher, interval: timedelta) -> None:
        """A feed is due again ``interval`` after it was polled."""
        self._database = database
        self._intake = intake
        self._fetcher = fetcher
        self._interval = interval

    async def add(self, url: str) -> tuple[Feed, bool]:
        """Follow a feed, once it was seen to be one; gives it, and whether it is new. Its articles are not fetched yet.

        Raises `FetchError` and `NotAFeed`.
        """
        polled = await poll(self._fetcher, url)
        assert polled.feed is not None  # nothing was said to be known
        return polled.feed, await self._write(partial(feeds.add_feed, url=url))

    async def poll(self, urls: Sequence[str] | None = None) -> Report:
        """Poll the feeds that are due, or those with these addresses, and take what they announce.

        Raises `UnknownFeed` and `StoreError`; what goes wrong with one feed stops no other.
        """
        report = Report()
        due = await self._read(feeds.due_feeds) if urls is None else urls
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(url: str) -> None:
            async with turn:
                feed = await self._write(partial(feeds.lease_feed, url=url, due_only=urls is None))
                if feed is not None:
                    await self._poll(feed, report)
                elif urls is not None:
                    raise UnknownFeed(url)

        for done in await asyncio.gather(*map(one, due), return_exceptions=True):
            if isinstance(done, BaseException):
                raise done
        return report

    async def run(self) -> None:
        """Poll what is due, for ever."""
        while True:
            try:
                report = await self.poll()
                for url, problem in report.problems:
                    log.warning("feed", extra={"fields": {"url": url, "reason": problem}})
                if report.feeds:
                    counts = {"feeds": report.feeds, "new": report.new, "known": report.known}
                    log.info("feeds polled", extra={"fields": counts})
            except StoreError as error:
                log.error("feeds not polled", extra={"fields": {"reason": str(error)}})
            await asyncio.sleep(LOOK_SECONDS)

    async def _poll(self, feed: StoredFeed, report: Report) -> None:
        report.feeds += 1
        try:
            polled = await poll(self._fetcher, feed.url, Validators(feed.etag, feed.last_modified))
        except (FetchError, NotAFeed) as error:
            asked = timedelta(seconds=getattr(error, "retry_after", None) or 0)
            wait = max(min(self._interval * 2.0 ** min(feed.failures, 20), LONGEST_WAIT), asked)
            due_at = datetime.now(UTC) + wait
            await self._write(partial(feeds.save_failure, feed=feed.pk, problem=error.reason, due_at=due_at))
            report.problems.append((feed.url, error.reason))
        else:
            await self._write(partial(self._save, feed=feed, found=polled.feed, said=polled.validators))
            report.unchanged += polled.feed is None
        while (entry := await self._write(partial(feeds.lease_entry, feed=feed.pk))) is not None:
            await self._take(entry, report)

    def _save(self, connection: Connection, feed: StoredFeed, found: Feed | None, said: Validators) -> None:
        due_at = datetime.now(UTC) + self._interval
        if found is None:
            feeds.save_unchanged(connection, feed.pk, due_at)
            return
        polled = feeds.Poll(found.title, found.home_page, said.etag, said.last_modified, due_at)
        feeds.save_poll(connection, feed.pk, polled)
        feeds.announce(connection, feed.pk, [(e.url, e.title, e.published) for e in found.entries])

    async def _take(self, entry: Announced, report: Report) -> None:
        outcome = await self._outcome(entry, report)
        if outcome.reason:
            report.problems.append((entry.url, outcome.reason))
        await self._write(partial(feeds.settle_entry, entry=entry, outcome=outcome))

    async def _outcome(self, entry: Announced, report: Report) -> EntryOutcome:
        try:
            fetched = await self._fetcher.fetch(entry.url)
            assert fetched.content is not None
            take = partial(
                announced_article, fetched.content, fetched.url, fetched.charset, (entry.title, entry.published)
            )
            stored = await self._intake.store(take, patient=True)
        except (NotAnArticle, BadField, FetchRefused) as refusal:
            return EntryOutcome(feeds.REFUSED, refusal.reason)
        except (FetchFailed, ExtractionFailed, TaskFailed) as error:
            if entry.tries + 1 >= MOST_TRIES:
                return EntryOutcome(feeds.FAILED, str(error))
            asked = timedelta(seconds=getattr(error, "retry_after", None) or 0)
            due_at = datetime.now(UTC) + max(FIRST_RETRY * 2.0**entry.tries, asked)
            return EntryOutcome(feeds.WAITING, str(error), due_at=due_at)
        report.new += stored.created
        report.known += not stored.created
        return EntryOutcome(feeds.TAKEN, article=stored.id)

    async def _write(self, change: Callable[[Connection], ResultT]) -> ResultT:
        return await self._intake.write(change)

    async def _read(self, ask: Callable[[Connection], ResultT]) -> ResultT:
        def reading() -> ResultT:
            with self._database.read() as connection:
                return ask(connection)

        return await to_thread.run_sync(reading)


def announced_article(content: bytes, url: str, charset: str | None, announced: tuple[str, date | None]) -> Article:
    """Read an article from its page; the title and day that its feed gives stand in where the page has none."""
    article = read_html(content, url, charset)
    title, published = announced
    return replace(article, title=article.title or title, published=article.published or published)
