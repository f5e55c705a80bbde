"""Facts that are found anew: of which articles, what to read for them, and how they take the place of the old ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from app.domain.article import Article, Source
from app.domain.facts import Facts
from app.store.tables import article_sources, articles, commitments, statements
from app.store.write import UnknownArticle, replace_article

BATCH = 100
"""Articles whose ids are read at once."""


class ArticleChanged(Exception):
    """The article is no longer the one in which the facts were found."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Of which articles: those whose facts another extractor found than ``current`` (None: all), from ``after`` on."""

    current: str | None = None
    after: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """What must hold of an article."""
        stale = [articles.c.extractor != self.current] if self.current is not None else []
        return [articles.c.id > self.after, *stale]


@dataclass(frozen=True, slots=True)
class Turnover:
    """How many statements and commitments of an article stayed, with their ids, how many are new, and how many gone."""

    kept: int = 0
    new: int = 0
    gone: int = 0

    def __add__(self, other: Turnover) -> Turnover:
        """Those of both."""
        return Turnover(self.kept + other.kept, self.new + other.new, self.gone + other.gone)


def count_in(connection: Connection, scope: Scope) -> int:
    """How many articles are in the scope."""
    return connection.execute(select(func.count()).select_from(articles).where(*scope.conditions())).scalar_one()


def next_in(connection: Connection, scope: Scope) -> list[str]:
    """The ids of the first articles in the scope, `BATCH` at most."""
    query = select(articles.c.id).where(*scope.conditions()).order_by(articles.c.id).limit(BATCH)
    return list(connection.scalars(query))


def stored_article(connection: Connection, article_id: str) -> Article | None:
    """The article as an extractor reads it; None where there is none of this id."""
    row = connection.execute(select(articles).where(articles.c.id == article_id)).one_or_none()
    if row is None:
        return None
    outlets = select(article_sources).where(article_sources.c.article_pk == row.pk).order_by(article_sources.c.position)
    sources = tuple(Source(s.name, s.home_page, s.url) for s in connection.execute(outlets))
    return Article(row.text, row.title, row.summary, row.published, sources, row.language)


def replace_facts(connection: Connection, article_id: str, read: Article, facts: Facts) -> Turnover:
    """Give the article the facts that were found in ``read``; facts that did not change keep their ids.

    Raises `UnknownArticle`, and `ArticleChanged` where it has other words by now; what else has changed stays.
    """
    now = stored_article(connection, article_id)
    if now is None:
        raise UnknownArticle(article_id)
    if (now.text, now.title, now.published, now.language) != (read.text, read.title, read.published, read.language):
        raise ArticleChanged(article_id)
    old = set(_fact_ids(connection, article_id))
    replace_article(connection, article_id, now, facts)
    found = set(_fact_ids(connection, article_id))
    return Turnover(len(old & found), len(found - old), len(old - found))


def _fact_ids(connection: Connection, article_id: str) -> Iterator[str]:
    pk = select(articles.c.pk).where(articles.c.id == article_id).scalar_subquery()
    for table in (statements, commitments):
        yield from connection.scalars(select(table.c.id).where(table.c.article_pk == pk))
