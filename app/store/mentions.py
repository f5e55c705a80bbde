"""The words that refer to entities, read from what each article says of each of its entities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, and_, select

from app.store.position import check_position
from app.store.queries import Slice, Window
from app.store.tables import appearances, articles, entities

Place = tuple[str, int, int, str]
"""Where a mention stands: article, start, end, and the entity that is meant."""

Found = dict[Place, dict[str, Any]]
"""Mentions with their words and form, each once."""


def mentions_of_article(connection: Connection, article: str, window: Window) -> Slice:
    """A page of an article's mentions, in the order of its text."""
    _check(window)
    return _page(_in_article(connection, article), window)


def count_of_article(connection: Connection, article: str) -> int:
    """How many mentions an article has."""
    return len(_in_article(connection, article))


def count_of_entity(connection: Connection, entity: str) -> int:
    """How many mentions an entity has."""
    return int(connection.execute(select(entities.c.mention_count).where(entities.c.id == entity)).scalar_one())


def mentions_of_entity(connection: Connection, entity: str, window: Window) -> Slice:
    """A page of an entity's mentions, in the order of the articles' ids and of their text."""
    _check(window)
    found: Found = {}
    query = _appearances_of(entity).limit(window.limit + 1)
    rows = connection.execute(query.where(articles.c.id >= window.after[0]) if window.after else query).all()
    while rows:
        found |= _mentions(_with_documents(connection, rows))
        page = _page(found, window)
        if page.after is not None or len(rows) <= window.limit:
            return page
        rows = connection.execute(query.where(articles.c.id > rows[-1].article)).all()
    return _page(found, window)


def _in_article(connection: Connection, article: str) -> Found:
    query: Select[Any] = select(articles.c.id.label("article"), appearances.c.document)
    joined = query.join_from(articles, appearances, appearances.c.article_pk == articles.c.pk)
    return _mentions(connection.execute(joined.where(articles.c.id == article)).all())


def _appearances_of(entity: str) -> Select[Any]:
    """In the order of the articles' ids; without documents, so that little is sorted."""
    pk = select(entities.c.pk).where(entities.c.id == entity).scalar_subquery()
    query = select(articles.c.id.label("article"), appearances.c.article_pk, appearances.c.entity_pk)
    joined = query.join_from(appearances, articles, appearances.c.article_pk == articles.c.pk)
    return joined.where(appearances.c.entity_pk == pk).order_by(articles.c.id)


def _with_documents(connection: Connection, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Appearances of one entity, with what their articles say of it."""
    of = and_(
        appearances.c.entity_pk == rows[0].entity_pk, appearances.c.article_pk.in_([row.article_pk for row in rows])
    )
    query: Select[Any] = select(articles.c.id.label("article"), appearances.c.document)
    return connection.execute(
        query.join_from(appearances, articles, appearances.c.article_pk == articles.c.pk).where(of)
    ).all()


def _mentions(rows: Sequence[Row[Any]]) -> Found:
    return {place: mention for row in rows for place, mention in _said(row.article, orjson.loads(row.document))}


def _said(article: str, entity: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    for mention in entity["mentions"]:
        place = (article, mention["start"], mention["end"], entity["id"])
        yield place, {**mention, "article": article, "entity": entity["id"]}


def _check(window: Window) -> None:
    if window.after is not None:
        check_position(window.after, [str, int, int, str])


def _page(found: Found, window: Window) -> Slice:
    after = tuple(window.after) if window.after else ()
    places = sorted(place for place in found if place > after)
    page = places[: window.limit]
    items = [orjson.dumps(found[place]) for place in page]
    return Slice(items, list(page[-1]) if len(places) > window.limit else None)
