"""One article at a time, as the service takes it: fetched where only its address is given, read, extracted, stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from anyio import Lock, sleep, to_thread
from opentelemetry import trace
from sqlalchemy import Connection

from app.ingest.fetch import FetchRefused
from app.ingest.html import read_html
from app.ingest.lending import Doing, Fetching
from app.ingest.metrics import EXTRACTION_SECONDS
from app.ingest.prepared import Prepared, Take, TextIsGone, prepare, store_prepared
from app.ingest.records import article_of
from app.ingest.workers import TooManyTasks
from app.store import tables
from app.store.database import Database
from app.store.queries import Document, document
from app.store.write import Stored, UnknownArticle, delete_article, replace_article

SPANS = trace.get_tracer("entente.ingest")

ResultT = TypeVar("ResultT")

Fields = Mapping[str, object]
"""An article's fields: those of a submission, and ``text`` or ``html``, or neither but the ``url`` to fetch."""

Check = Callable[[Document], None]
"""Raises where the article as it is stored is not the one that is to be changed."""

MOST_FETCHES = 16
"""Pages that are fetched, or wait for their host to be free, at once."""


class Intake:
    """Takes articles in. Every change is one transaction, and one at a time."""

    def __init__(self, database: Database, workers: Doing, fetcher: Fetching | None) -> None:
        """Without a fetcher nothing is fetched."""
        self.workers = workers
        self._database = database
        self._fetcher = fetcher
        self._fetching = 0
        self._turn = Lock()

    async def add(self, fields: Fields) -> Stored:
        """Store an article; one whose text is there already gains the sources that it did not have.

        Raises `BadField`, `NotAnArticle`, `FetchError`, `TooManyTasks` and `TaskFailed`.
        """
        return await self.store(await self._take(fields))

    async def store(self, take: Take, *, patient: bool = False) -> Stored:
        """Store what ``take`` makes an article of; who is ``patient`` waits where too much waits to be read.

        Raises what ``take`` does, `TooManyTasks` and `TaskFailed`.
        """
        prepared = await self._prepared(take, patient=patient)
        try:
            return await self.write(partial(store_prepared, prepared=prepared))
        except TextIsGone:
            again = await self._prepared(take, patient=patient, anew=True)
            return await self.write(partial(store_prepared, prepared=again))

    async def correct(self, article: str, fields: Fields, check: Check) -> None:
        """Give an article other words and sources, and the facts that those hold; its id stays.

        Raises what `add` does, `UnknownArticle`, what ``check`` does, and `SameText`.
        """
        await to_thread.run_sync(self._look, article, check)
        prepared = await self._prepared(await self._take(fields), patient=False, anew=True)
        await self.write(partial(_replace, article=article, prepared=prepared, check=check))

    async def remove(self, article: str, check: Check) -> None:
        """Remove an article and every fact that only it supports. Raises `UnknownArticle` and what ``check`` does."""
        await self.write(partial(_remove, article=article, check=check))

    async def _prepared(self, take: Take, *, patient: bool, anew: bool = False) -> Prepared:
        while True:
            try:
                with SPANS.start_as_current_span("extraction"):
                    return await self.workers.do(prepare, take, anew=anew)
            except TooManyTasks as full:
                if not patient:
                    raise
                await sleep(full.retry_after)

    async def _take(self, fields: Fields) -> Take:
        if "text" in fields or "html" in fields:
            return partial(article_of, dict(fields))
        url = str(fields["url"])
        if self._fetcher is None:
            raise FetchRefused(url, "fetching is turned off here; hand in the page's html, or the article's text")
        if self._fetching >= MOST_FETCHES:
            raise TooManyTasks(retry_after=5)
        self._fetching += 1
        try:
            fetched = await self._fetcher.fetch(url)
        finally:
            self._fetching -= 1
        assert fetched.content is not None  # nothing was said to be known
        return partial(read_html, fetched.content, fetched.url, fetched.charset, said=dict(fields))

    def _look(self, article: str, check: Check) -> None:
        with self._database.read() as connection:
            _checked(connection, article, check)

    async def write(self, change: Callable[[Connection], ResultT]) -> ResultT:
        """Make a change, in a transaction of its own, when it is its turn. Raises `StoreError`."""
        async with self._turn:
            return await to_thread.run_sync(self._in_transaction, change)

    def _in_transaction(self, change: Callable[[Connection], ResultT]) -> ResultT:
        with self._database.write() as connection:
            return change(connection)


def _checked(connection: Connection, article: str, check: Check) -> None:
    held = document(connection, tables.articles, article)
    if held is None:
        raise UnknownArticle(article)
    check(held)


def _replace(connection: Connection, article: str, prepared: Prepared, check: Check) -> None:
    _checked(connection, article, check)
    assert prepared.facts is not None  # prepared anew
    EXTRACTION_SECONDS.observe(prepared.seconds)
    replace_article(connection, article, prepared.article, prepared.facts, prepared.signature)


def _remove(connection: Connection, article: str, check: Check) -> None:
    _checked(connection, article, check)
    delete_article(connection, article)
