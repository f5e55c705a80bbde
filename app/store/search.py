"""Articles that have words, those first that fit best; words that most articles have are answered newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

from app.store.conditions import Filters, conditions
from app.store.fulltext import INDEXES, matches, score
from app.store.narrowing import FEW, reading
from app.store.position import check_position
from app.store.queries import Window, count
from app.store.tables import articles, commitment_evidence, commitments
from app.store.words import Words

MOST_RANKED = 5000
"""Hits that are ranked; where there are more, the newest come first."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that has the words: its row number, its place in the order, and what snippets are made of."""

    pk: int
    listing: bytes
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of hits. ``ranked`` by how well they fit, or else the newest first."""

    items: list[Hit]
    after: list[Any] | None
    ranked: bool


def find_articles(connection: Connection, words: Words, filters: Filters, window: Window) -> Hits:
    """A page of the articles that have all the words and that the filters let through."""
    if window.after is not None:
        check_position(window.after, [float, int], nullable=[0])
    if _is_common(connection, words):
        rows, ranked = _newest(connection, words, filters, window), False
    else:
        rows, ranked = _ranked(connection, words, filters, window), True
    page = rows[: window.limit]
    after = [getattr(page[-1], "score", None), page[-1].recency] if len(rows) > window.limit else None
    return Hits(_hits(connection, [row.recency for row in page]), after, ranked)


def count_articles(connection: Connection, words: Words, filters: Filters) -> int:
    """How many articles have all the words and pass the filters."""
    return count(connection, articles, [*filters, ("q", (words,))])


_FULL_TEXT = sql_table(INDEXES[articles], sql_column("rowid"))


def _is_common(connection: Connection, words: Words) -> bool:
    found = select(_FULL_TEXT.c.rowid).where(matches(articles, words)).limit(MOST_RANKED + 1).subquery()
    return int(connection.scalar(select(func.count()).select_from(found)) or 0) > MOST_RANKED


def _ranked(connection: Connection, words: Words, filters: Filters, window: Window) -> list[Any]:
    """The best first. A page goes on behind the score that its last article has by now: scores move as others come."""
    scored = (
        select(_FULL_TEXT.c.rowid.label("recency"), score(articles, words).label("score"))
        .where(matches(articles, words))
        .cte("scored")
        .prefix_with("MATERIALIZED")
    )
    chosen = select(scored.c.score, scored.c.recency).order_by(scored.c.score, scored.c.recency.desc())
    if window.after is not None:
        held, last = window.after
        now = connection.scalar(select(scored.c.score).where(scored.c.recency == last))
        behind = held if now is None else now
        same = and_(scored.c.score == behind, scored.c.recency < last)
        chosen = chosen.where(or_(scored.c.score > behind, same) if behind is not None else scored.c.recency < last)
    if filters:
        chosen = chosen.join_from(scored, articles, articles.c.recency == scored.c.recency)
        chosen = chosen.where(*conditions(articles, filters))
    return list(connection.execute(chosen.limit(window.limit + 1)))


def _newest(connection: Connection, words: Words, filters: Filters, window: Window) -> list[Any]:
    """The full text gives its rows by number, which is by day; where filters let little through, that is looked up."""
    recency = _FULL_TEXT.c.rowid
    chosen = select(recency.label("recency")).where(matches(articles, words)).order_by(recency.desc())
    if window.after is not None:
        chosen = chosen.where(recency < window.after[1])
    if filters:
        read = reading(connection, articles, filters, "published")
        allowed = select(articles.c.recency).select_from(read.source).where(*read.conditions)
        few = connection.scalars(allowed.limit(FEW + 1)).all()
        if len(few) <= FEW:
            chosen = chosen.where(recency.in_(few))
        else:
            checked = select(articles.c.pk).where(articles.c.recency == recency, *conditions(articles, filters))
            chosen = chosen.where(checked.exists())
    return list(connection.execute(chosen.limit(window.limit + 1)))


def _hits(connection: Connection, recencies: list[int]) -> list[Hit]:
    columns = (articles.c.recency, articles.c.pk, articles.c.listing, articles.c.title, articles.c.text)
    rows = connection.execute(select(*columns).where(articles.c.recency.in_(recencies)))
    found = {row.recency: Hit(row.pk, row.listing, row.title, row.text) for row in rows}
    return [found[recency] for recency in recencies]


def evidence_of(connection: Connection, article_pks: list[int]) -> dict[int, list[Any]]:
    """Where the evidence of each article's commitments stands, in the order of the text."""
    quotes, held = commitment_evidence.c, commitments.c
    columns = (held.article_pk, held.id, quotes.sentence, quotes.start, quotes.end)
    query = select(*columns).join(commitments, held.pk == quotes.commitment_pk).where(held.article_pk.in_(article_pks))
    found: dict[int, list[Any]] = {}
    for row in connection.execute(query.order_by(held.article_pk, held.position, quotes.position)):
        found.setdefault(row.article_pk, []).append(row)
    return found
