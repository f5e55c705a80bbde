"""`entente feed`: follow the feeds of outlets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.outcomes import UNREADABLE, Refusal
from app.cli.stores import migrated_database

if TYPE_CHECKING:
    from app.ingest.subscriptions import Subscriptions

commands = typer.Typer(help="Follow the feeds of outlets.", no_args_is_help=True)


@commands.command("add")
def add_feed(url: Annotated[str, typer.Argument(help="Address of an RSS, Atom or JSON feed.")]) -> None:
    """Follow a feed: `feed poll`, and the running service, load what it announces."""
    from app.ingest.feeds import NotAFeed
    from app.ingest.fetch import FetchError

    async def add(following: Subscriptions) -> None:
        feed, new = await following.add(url)
        told = "followed from now on" if new else "followed already"
        typer.echo(f"{feed.title or url}: {len(feed.entries)} articles announced, {told}")

    try:
        _with_feeds(add)
    except FetchError as error:
        raise Refusal(str(error)) from None
    except NotAFeed as error:
        raise Refusal(f"{url}: {error.reason}") from None


@commands.command("poll")
def poll_feeds(
    urls: Annotated[list[str] | None, typer.Argument(help="Feeds to poll now; else those that are due.")] = None,
) -> None:
    """Ask feeds for what is new, and load it. The exit code is 3 where something could not be had."""
    from app.ingest.subscriptions import Report, UnknownFeed

    report = Report()

    async def poll(following: Subscriptions) -> None:
        nonlocal report
        report = await following.poll(urls or None)

    try:
        _with_feeds(poll)
    except UnknownFeed as unknown:
        raise Refusal(f"{unknown.args[0]} is not followed; `entente feed add` follows it") from None
    for url, reason in report.problems:
        typer.echo(f"entente: {url}: {reason}", err=True)
    typer.echo(
        f"{report.feeds} feeds polled, {report.unchanged} unchanged: {report.new} new, {report.known} known already"
    )
    if report.problems:
        raise typer.Exit(UNREADABLE)


@commands.command("list")
def list_feeds() -> None:
    """Print the feeds that are followed, and how each is doing."""
    from app.store import feeds

    with migrated_database() as database, database.read() as connection:
        for feed in feeds.all_feeds(connection):
            counts = ", ".join(f"{n} {state}" for state, n in sorted(feeds.entry_counts(connection, feed.pk).items()))
            when = f"polled {feed.polled_at:%Y-%m-%d %H:%M}" if feed.polled_at else "not polled yet"
            problem = f"; failed {feed.failures} times: {feed.problem}" if feed.problem else ""
            typer.echo(f"{feed.url}  {feed.title}: {when}; {counts or 'nothing announced'}{problem}")


@commands.command("remove")
def remove_feed(url: Annotated[str, typer.Argument(help="Address of a feed that is followed.")]) -> None:
    """Follow a feed no longer. Its articles stay."""
    from app.store import feeds

    with migrated_database() as database, database.write() as connection:
        if not feeds.remove_feed(connection, url):
            raise Refusal(f"{url} is not followed")


def _with_feeds(do: Callable[[Subscriptions], Awaitable[None]]) -> None:
    """Do something with the feeds of the database. Raises `Refusal` where fetching is turned off."""
    import asyncio
    from datetime import timedelta

    from app.ingest.extractors import extractor_maker, longest_task
    from app.ingest.fetch import Fetcher
    from app.ingest.intake import Intake
    from app.ingest.subscriptions import Subscriptions
    from app.ingest.workers import Staff, Workers
    from app.settings import all_cores, load_settings

    settings = load_settings()
    if not settings.fetch:
        raise Refusal("fetching is turned off by ENTENTE_FETCH=false")

    async def run() -> None:
        async with Fetcher() as fetcher:
            intake = Intake(database, workers, fetcher)
            await do(Subscriptions(database, intake, fetcher, timedelta(minutes=settings.feed_interval)))

    staff = Staff(settings.workers or all_cores(), longest=longest_task(settings))
    with (
        migrated_database() as database,
        closing(Workers(staff, settings.database_url, extractor_maker(settings))) as workers,
    ):
        asyncio.run(run())
