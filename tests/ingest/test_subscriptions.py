"""Feeds that are followed: what they announce is fetched once, politely, and what fails is tried again later."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.ingest.feeds import NotAFeed
from app.ingest.intake import Intake
from app.ingest.subscriptions import Subscriptions, UnknownFeed
from app.ingest.workers import Staff, Workers
from app.store import feeds, tables
from app.store.database import Database
from tests.ingest.readers import Reader
from tests.ingest.site import Site, answer, fetcher, served

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def workers(database: Database) -> Iterator[Workers]:
    made = Workers(Staff(1), database.location, Reader)
    yield made
    made.close()


def page(number: int, *, dated: bool = True) -> bytes:
    day = f'<meta property="article:published_time" content="2025-03-0{number}">' if dated else ""
    return f"""<html lang="en"><head><title>Visit {number}</title>{day}</head><body><article><h1>Visit {number}</h1>
<p>The envoy of Fiji met the minister of Peru in Suva on day {number}. They spoke of trade and of the ports of both.</p>
<p>A further round was to follow in Lima before the end of the month, the ministry of Peru said on Tuesday.</p>
</article></body></html>""".encode()


def rss(*links: str) -> bytes:
    items = "".join(
        f"<item><title>About {link}</title><link>{link}</link><pubDate>Tue, 04 Mar 2025 10:00:00 GMT</pubDate></item>"
        for link in links
    )
    return f'<rss version="2.0"><channel><title>Bay News</title><link>/</link>{items}</channel></rss>'.encode()


FEED_HEADERS = {"ETag": '"1"'}


@asynccontextmanager
async def following(
    database: Database, workers: Workers, answers: dict[str, bytes]
) -> AsyncIterator[tuple[Subscriptions, Site, str]]:
    given = {**answers, "/feed": answer(answers["/feed"], kind="application/rss+xml", headers=FEED_HEADERS)}
    async with served(dict(given)) as site, fetcher(site) as fetch:
        intake = Intake(database, workers, fetch)
        yield (
            Subscriptions(database, intake, fetch, timedelta(minutes=30)),
            site,
            f"http://post.example:{site.port}/feed",
        )


def entries(database: Database) -> dict[str, tuple[str, str | None]]:
    with database.read() as connection:
        rows = connection.execute(select(tables.feed_entries)).all()
    return {row.url.rpartition("/")[2]: (row.state, row.reason) for row in rows}


def make_due(database: Database) -> None:
    with database.write() as connection:
        for table in (tables.feeds, tables.feed_entries):
            connection.execute(table.update().values(due_at=datetime.now(UTC) - timedelta(seconds=1)))


def articles(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return {r.title: str(r.published) for r in connection.execute(select(tables.articles))}


async def test_announced_articles_are_fetched_once_and_named_by_their_pages(
    database: Database, workers: Workers
) -> None:
    answers = {"/feed": rss("/1", "/2", "/wall"), "/1": answer(page(1)), "/2": answer(page(2, dated=False))}
    answers["/wall"] = answer(b"<html><body><p>We use cookies to remember you. Manage your consent.</p></body></html>")
    async with following(database, workers, answers) as (feed, site, url):
        found, new = await feed.add(url)
        assert (found.title, len(found.entries), new) == ("Bay News", 3, True)
        assert (await feed.add(url))[1] is False
        report = await feed.poll()
        assert (report.feeds, report.new, report.known) == (1, 2, 0)
        assert [(address.rpartition("/")[2], "cookie wall" in why) for address, why in report.problems] == [
            ("wall", True)
        ]
        assert articles(database) == {"Visit 1": "2025-03-01", "Visit 2": "2025-03-04"}
        assert {name: state for name, (state, _) in entries(database).items()} == {
            "1": "taken",
            "2": "taken",
            "wall": "refused",
        }
        assert (await feed.poll()).feeds == 0
        site.requests.clear()
        make_due(database)
        site.answers["/feed"] = answer(status="304 Not Modified")
        again = await feed.poll()
        assert (again.feeds, again.unchanged, again.new) == (1, 1, 0)
        assert site.paths == ["/feed"]
        assert 'If-None-Match: "1"' in site.requests[0]
        make_due(database)
        site.answers |= {"/feed": answer(rss("/1", "/3"), kind="text/xml"), "/3": answer(page(3))}
        assert (await feed.poll()).new == 1
        assert site.paths.count("/1") == 0
        assert site.most_at_once == 1


async def test_what_fails_is_tried_again_later_and_at_last_given_up(database: Database, workers: Workers) -> None:
    answers = {"/feed": rss("/1"), "/1": answer(status="404 Not Found")}
    async with following(database, workers, answers) as (feed, site, url):
        await feed.add(url)
        assert (await feed.poll()).problems == [
            (f"http://post.example:{site.port}/1", f"http://post.example:{site.port}/1: answered 404")
        ]
        assert entries(database)["1"][0] == "waiting"
        site.answers["/feed"] = answer(status="304 Not Modified")
        with database.write() as connection:
            connection.execute(tables.feeds.update().values(due_at=datetime.now(UTC)))
        assert (await feed.poll()).problems == []
        for _ in range(4):
            make_due(database)
            await feed.poll()
        assert entries(database)["1"][0] == "failed"
        assert site.paths.count("/1") == 5


async def test_feed_in_trouble_is_left_alone_for_longer_each_time(database: Database, workers: Workers) -> None:
    async with following(database, workers, {"/feed": rss()}) as (feed, site, url):
        await feed.add(url)
        site.answers["/feed"] = answer(b"gone", kind="text/plain")
        waits = []
        for _ in range(3):
            make_due(database)
            assert len((await feed.poll()).problems) == 1
            with database.read() as connection:
                (held,) = feeds.all_feeds(connection)
            waits.append(round((held.due_at - datetime.now(UTC)) / timedelta(minutes=30)))
        assert waits == [1, 2, 4]
        assert (held.failures, "neither RSS nor Atom" in (held.problem or "")) == (3, True)


async def test_what_is_no_feed_is_not_followed_and_what_is_not_followed_not_polled(
    database: Database, workers: Workers
) -> None:
    async with following(database, workers, {"/feed": b"<html><p>Hello.</p></html>"}) as (feed, _, url):
        with pytest.raises(NotAFeed):
            await feed.add(url)
        with pytest.raises(UnknownFeed):
            await feed.poll([url])


def test_feed_that_is_removed_leaves_nothing_but_its_articles(database: Database) -> None:
    with database.write() as connection:
        feeds.add_feed(connection, "https://bay.example/feed")
        (held,) = feeds.all_feeds(connection)
        feeds.announce(connection, held.pk, [("https://bay.example/1", "One", None)])
        assert feeds.entry_counts(connection, held.pk) == {"waiting": 1}
        assert feeds.remove_feed(connection, held.url)
        assert not feeds.remove_feed(connection, held.url)
        assert connection.execute(select(tables.feed_entries)).all() == []
