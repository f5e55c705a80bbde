"""Finding the facts of stored articles anew, while the service goes on: each article in a transaction of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from app.domain.article import Article
from app.domain.facts import Facts
from app.ingest.workers import BROKEN, TaskFailed, Workers, extract, failure
from app.store.database import Database
from app.store.reextraction import ArticleChanged, Scope, Turnover, next_in, replace_facts, stored_article
from app.store.write import UnknownArticle

AHEAD = 2
"""Articles for each worker that are read ahead of the one whose facts are stored next."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an article: how its facts changed, or why they stayed."""

    article: str
    turnover: Turnover = field(default_factory=Turnover)
    failed: TaskFailed | None = None


def reextract(database: Database, workers: Workers, scope: Scope) -> Iterator[Outcome]:
    """Replace the facts of each article in the scope, in the order of their ids.

    One that is deleted meanwhile is passed over; one that is changed is read again. One that cannot be read keeps the
    facts that it has.
    """
    reading: deque[tuple[str, Article, Future[Facts]]] = deque()
    for article_id, article in _articles(database, scope):
        reading.append((article_id, article, workers.submit(extract, article)))
        if len(reading) > AHEAD * workers.staff.workers:
            yield _replaced(database, workers, *reading.popleft())
    while reading:
        yield _replaced(database, workers, *reading.popleft())


def _articles(database: Database, scope: Scope) -> Iterator[tuple[str, Article]]:
    while True:
        with database.read() as connection:
            ids = next_in(connection, scope)
        if not ids:
            return
        for article_id in ids:
            with database.read() as connection:
                article = stored_article(connection, article_id)
            if article is not None:
                yield article_id, article
        scope = replace(scope, after=ids[-1])


def _replaced(
    database: Database, workers: Workers, article_id: str, article: Article | None, found: Future[Facts]
) -> Outcome:
    while article is not None:
        try:
            facts = found.result()
            with database.write() as connection:
                return Outcome(article_id, replace_facts(connection, article_id, article, facts))
        except BROKEN as error:
            return Outcome(article_id, failed=failure(error))
        except UnknownArticle:
            break
        except ArticleChanged:
            with database.read() as connection:
                article = stored_article(connection, article_id)
            if article is not None:
                found = workers.submit(extract, article)
    return Outcome(article_id)
