"""Articles that have words, those first that fit best; words that very many articles have are answered newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, Select, and_, bindparam, null, or_, select

from app.store.commonness import CommonTerms
from app.store.conditions import Filters, conditions
from app.store.fulltext import FULL_TEXT, is_among, matches, score
from app.store.gathered import among
from app.store.narrowing import FEW, reading
from app.store.position import check_position
from app.store.queries import Window, count
from app.store.questions import Question
from app.store.tables import articles
from app.store.words import Words


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that has the words, and what snippets are made of; ``quotes`` as `app.store.quotes` writes it."""

    listing: bytes
    title: str
    text: str
    quotes: bytes | None


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of hits. ``ranked`` by how well they fit, or else the newest first."""

    items: list[Hit]
    after: list[Any] | None
    ranked: bool


def find_articles(connection: Connection, common: CommonTerms, words: Words, filters: Filters, window: Window) -> Hits:
    """A page of the articles that have all the words and that the filters let through.

    They are ranked by the words that are not common, and where all are, the newest come first.
    """
    if window.after is not None:
        check_position(window.after, [float, int], nullable=[0])
    telling = common.rare(connection, words)
    if telling is None:
        rows = _newest(connection, words, filters, window)
    else:
        rows = _ranked(connection, _Asked(words, telling), filters, window)
    page = rows[: window.limit]
    after = [page[-1][1], page[-1][0]] if len(rows) > window.limit else None
    return Hits(_hits(connection, [row[0] for row in page]), after, telling is not None)


def count_articles(connection: Connection, words: Words, filters: Filters) -> int:
    """How many articles have all the words and pass the filters."""
    return count(connection, articles, [*filters, ("q", (words,))])


_RECENCY = FULL_TEXT.c.rowid.label("recency")
_MOST = bindparam("most", type_=Integer)


@dataclass(frozen=True, slots=True)
class _Asked:
    """All words that an article must have, and those of them that it is ranked by."""

    words: Words
    telling: Words

    @property
    def all_tell(self) -> bool:
        """Whether these are the same."""
        return len(self.words.terms) == len(self.telling.terms)


def _scored(asked: _Asked | None = None, *, all_tell: bool) -> Select[Any]:
    telling = asked.telling if asked else None
    query = select(_RECENCY, score(articles, telling).label("score")).where(matches(articles, telling))
    return query if all_tell else query.where(is_among(articles, asked.words if asked else None))


def _by_day(words: Words | None = None) -> Select[Any]:
    """The full text gives its rows by number, which is by day."""
    query = select(_RECENCY, null().label("score")).where(matches(articles, words))
    return query.order_by(FULL_TEXT.c.rowid.desc())


_BEST = {
    all_tell: Question(_scored(all_tell=all_tell).order_by("score", FULL_TEXT.c.rowid.desc()).limit(_MOST))
    for all_tell in (True, False)
}
_NEWEST = Question(_by_day().limit(_MOST))
_HITS = Question(
    select(articles.c.recency, *(articles.c[name] for name in ("listing", "title", "text", "quotes"))).where(
        among(articles.c.recency, "recencies")
    )
)


def _ranked(connection: Connection, asked: _Asked, filters: Filters, window: Window) -> Sequence[Any]:
    """The best first. A page goes on behind the score that its last article has by now: scores move as others come."""
    if not filters and window.after is None:
        given = {"words": asked.telling, "all_words": asked.words, "most": window.limit + 1}
        return _BEST[asked.all_tell].rows(connection, **given)
    scored = _scored(asked, all_tell=asked.all_tell).cte("scored").prefix_with("MATERIALIZED")
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
    recency, chosen = FULL_TEXT.c.rowid, _by_day(words)
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
