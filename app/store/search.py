"""Articles that have words, those first that fit best; words that most articles have are answered newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, Select, and_, bindparam, func, null, or_, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

from app.store.conditions import Filters, conditions
from app.store.fulltext import INDEXES, matches, score
from app.store.gathered import among, json_rows
from app.store.narrowing import FEW, reading
from app.store.position import check_position
from app.store.queries import Window, count
from app.store.questions import Question
from app.store.tables import articles, commitment_evidence, commitments
from app.store.words import Words

MOST_RANKED = 5000
"""Hits that are ranked; where there are more, the newest come first."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that has the words, and what snippets are made of.

    ``evidence`` is None or JSON: of each of its commitments' quotes, in no order, the two numbers that order them, the
    commitment's id, the sentence, and where the quote begins and ends.
    """

    listing: bytes
    title: str
    text: str
    evidence: str | None


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
    ranked = _are_few(connection, words)
    rows = (_ranked if ranked else _newest)(connection, words, filters, window)
    page = rows[: window.limit]
    after = [page[-1][1], page[-1][0]] if len(rows) > window.limit else None
    return Hits(_hits(connection, [row[0] for row in page]), after, ranked)


def _are_few(connection: Connection, words: Words) -> bool:
    """Whether no more articles than are ranked have the words; where there are no more at all, nobody need count."""
    ((last,),) = _LAST.rows(connection)
    if last is None or last <= MOST_RANKED:
        return True
    ((found,),) = _COUNTED.rows(connection, words=words, most=MOST_RANKED + 1)
    return int(found) <= MOST_RANKED


def count_articles(connection: Connection, words: Words, filters: Filters) -> int:
    """How many articles have all the words and pass the filters."""
    return count(connection, articles, [*filters, ("q", (words,))])


_FULL_TEXT = sql_table(INDEXES[articles], sql_column("rowid"))
_RECENCY = _FULL_TEXT.c.rowid.label("recency")
_MOST = bindparam("most", type_=Integer)


def _scored(words: Words | None = None) -> Select[Any]:
    return select(_RECENCY, score(articles, words).label("score")).where(matches(articles, words))


def _by_day(words: Words | None = None) -> Select[Any]:
    """The full text gives its rows by number, which is by day."""
    query = select(_RECENCY, null().label("score")).where(matches(articles, words))
    return query.order_by(_FULL_TEXT.c.rowid.desc())


def _evidence() -> Any:
    quotes, held = commitment_evidence.c, commitments.c
    rows = json_rows(held.position, quotes.position, held.id, quotes.sentence, quotes.start, quotes.end)
    query = select(rows).join_from(commitments, commitment_evidence, held.pk == quotes.commitment_pk)
    return query.where(held.article_pk == articles.c.pk).scalar_subquery()


_LAST = Question(select(func.max(articles.c.pk)))
_COUNTED = Question(select(func.count()).select_from(_scored().with_only_columns(_RECENCY).limit(_MOST).subquery()))
_BEST = Question(_scored().order_by("score", _FULL_TEXT.c.rowid.desc()).limit(_MOST))
_NEWEST = Question(_by_day().limit(_MOST))
_HITS = Question(
    select(
        articles.c.recency, articles.c.listing, articles.c.title, articles.c.text, _evidence().label("evidence")
    ).where(among(articles.c.recency, "recencies"))
)


def _ranked(connection: Connection, words: Words, filters: Filters, window: Window) -> Sequence[Any]:
    """The best first. A page goes on behind the score that its last article has by now: scores move as others come."""
    if not filters and window.after is None:
        return _BEST.rows(connection, words=words, most=window.limit + 1)
    scored = _scored(words).cte("scored").prefix_with("MATERIALIZED")
    chosen = select(scored.c.recency, scored.c.score).order_by(scored.c.score, scored.c.recency.desc())
    if window.after is not None:
        held, last = window.after
        now = connection.scalar(select(scored.c.score).where(scored.c.recency == last))
        behind = held if now is None else now
        same = and_(scored.c.score == behind, scored.c.recency < last)
        chosen = chosen.where(or_(scored.c.score > behind, same) if behind is not None else scored.c.recency < last)
    if filters:
        chosen = chosen.join_from(scored, articles, articles.c.recency == scored.c.recency)
        chosen = chosen.where(*conditions(articles, filters))
    return connection.execute(chosen.limit(window.limit + 1)).all()


def _newest(connection: Connection, words: Words, filters: Filters, window: Window) -> Sequence[Any]:
    """Where filters let little through, that is looked up."""
    if not filters and window.after is None:
        return _NEWEST.rows(connection, words=words, most=window.limit + 1)
    recency, chosen = _FULL_TEXT.c.rowid, _by_day(words)
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
    return connection.execute(chosen.limit(window.limit + 1)).all()


def _hits(connection: Connection, recencies: list[int]) -> list[Hit]:
    found = {row[0]: Hit(*row[1:]) for row in _HITS.rows(connection, recencies=recencies)}
    return [found[recency] for recency in recencies]
