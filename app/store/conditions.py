"""Filters to SQL: for every list, its filters by name, each a function of the values of which any may hold.

A filter can be asked in three ways. `holds` checks a row that something else has found; `finds` finds rows by an index
of its own; and where the filter goes by a table that links things to values newest first, `link` gives that table, so
that a list in the order of publication is read straight off it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, Table, and_, case, or_, select

from app.store import fulltext
from app.store.tables import (
    appearances,
    article_sources,
    articles,
    commitment_actors,
    commitment_pairs,
    commitments,
    entities,
    statement_entities,
    statements,
)

Values = tuple[Any, ...]
Filters = Sequence[tuple[str, Values]]
"""Names of filters, each with its values: all filters must hold, of a filter's values any."""

Condition = ColumnElement[bool]


class Columns(Protocol):
    """The columns of a list by name; those that a link repeats stand for the list's own."""

    def __getitem__(self, name: str, /) -> ColumnElement[Any]: ...


Matches = Callable[[Columns, Values], Condition]


@dataclass(frozen=True, slots=True)
class Link:
    """A table that has a row for every thing and value, with `published`.

    ``key`` names its column for the thing, ``owner`` the list's column that this one equals, ``matches`` says what must
    hold of its row. One value gives each thing once.
    """

    table: Table
    key: str
    owner: str
    matches: Matches


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of one list."""

    holds: Matches
    finds: Matches
    link: Link | None = None
    column: str | None = None
    """The column that must have the value, where that is all there is to it."""
    follows_time: bool = False
    """Whether what it lets through lies together in the order of publication."""


def conditions(table: Table, filters: Filters, columns: Columns | None = None) -> list[Condition]:
    """What must hold of the table's rows. Raises `KeyError` for a filter that the table does not have."""
    return [FILTERS[table][name].holds(columns or table.c, values) for name, values in filters]


def _by_column(name: str, condition: Callable[[ColumnElement[Any], Values], Condition], **more: Any) -> Filter:
    def holds(columns: Columns, values: Values) -> Condition:
        return condition(columns[name], values)

    return Filter(holds, holds, **more)


def _is(name: str) -> Filter:
    return _by_column(name, _equals, column=name)


def _is_or_is_not(name: str) -> Filter:
    """Of a column that is true or false, in the words of the index of those rows in which it is true."""
    return _by_column(name, lambda column, values: or_(*(column.is_(value) for value in values)), column=name)


def _equals(column: ColumnElement[Any], values: Values) -> Condition:
    return column == values[0] if len(values) == 1 else column.in_(values)


def _from(name: str, *, follows_time: bool = False) -> Filter:
    return _by_column(name, lambda column, values: column >= min(values), follows_time=follows_time)


def _to(name: str, *, follows_time: bool = False) -> Filter:
    return _by_column(name, lambda column, values: column <= max(values), follows_time=follows_time)


def _begins(name: str) -> Filter:
    """The text begins so: as a range, which an index serves on every database."""

    def begins(column: ColumnElement[str], value: str) -> Condition:
        return and_(column >= value, column < value[:-1] + chr(ord(value[-1]) + 1))

    return _by_column(name, lambda column, values: or_(*(begins(column, value) for value in values)))


def _linked(table: Table, key: str, matches: Matches, owner: str = "pk") -> Filter:
    def holds(columns: Columns, values: Values) -> Condition:
        inner = table.alias()
        return select(inner.c[key]).where(inner.c[key] == columns[owner], matches(inner.c, values)).exists()

    def finds(columns: Columns, values: Values) -> Condition:
        inner = table.alias()
        return columns[owner].in_(select(inner.c[key]).where(matches(inner.c, values)))

    return Filter(holds, finds, Link(table, key, owner, matches))


def _words(table: Table) -> Filter:
    def holds(columns: Columns, values: Values) -> Condition:
        key = columns[fulltext.key_name(table)]
        return and_(*(fulltext.has_words(table, key, words) for words in values))

    return Filter(holds, holds)


def _one_of(column: ColumnElement[Any], found: Select[Any], count: int) -> Condition:
    return column == found.scalar_subquery() if count == 1 else column.in_(found)


def _entity(columns: Columns, ids: Values) -> Condition:
    """The row points at one of the entities."""
    return _one_of(columns["entity_pk"], select(entities.c.pk).where(entities.c.id.in_(ids)), len(ids))


def actor_of(entity: Columns) -> ColumnElement[str]:
    """How `commitment_actors` and `commitment_pairs` call an entity: a state by its code, others by their id."""
    is_state = and_(entity["type"] == "country", entity["country"].is_not(None))
    return case((is_state, entity["country"]), else_=entity["id"])


def _actor(columns: Columns, ids: Values) -> Condition:
    actors = select(actor_of(entities.c)).where(entities.c.id.in_(ids))
    return _one_of(columns["actor"], actors, len(ids))


def _party(columns: Columns, ids: Values) -> Condition:
    return and_(_actor(columns, ids), columns["as_party"])


def _speaker(columns: Columns, ids: Values) -> Condition:
    return and_(_actor(columns, ids), columns["as_speaker"])


def _state(columns: Columns, codes: Values) -> Condition:
    return and_(_equals(columns["actor"], codes), columns["as_state"])


def _between(columns: Columns, pairs: Values) -> Condition:
    return or_(*(and_(columns["one"] == one, columns["other"] == other) for one, other in pairs))


def _source(columns: Columns, names: Values) -> Condition:
    """Of an outlet's entries for the article, the first."""
    earlier = article_sources.alias()
    again = (
        select(earlier.c.position)
        .where(earlier.c.article_pk == columns["article_pk"], earlier.c.name == columns["name"])
        .where(earlier.c.position < columns["position"])
    )
    return and_(_equals(columns["name"], names), ~again.exists())


def _speaks(columns: Columns, ids: Values) -> Condition:
    return and_(_entity(columns, ids), columns["as_speaker"])


def _language(columns: Columns, tags: Values) -> Condition:
    return _equals(columns["language"], tags)


def _extractor(columns: Columns, names: Values) -> Condition:
    return _equals(columns["extractor"], names)


def _dated(table: Table, owner: str) -> dict[str, Filter]:
    """What articles and their facts have in common."""

    def of_article(name: str, matches: Matches) -> Filter:
        return _is(name) if table is articles else _linked(articles, "pk", matches, owner)

    return {
        "source": _linked(article_sources, "article_pk", _source, owner),
        "language": of_article("language", _language),
        "published_from": _from("published", follows_time=True),
        "published_to": _to("published", follows_time=True),
        "extractor": of_article("extractor", _extractor),
        "q": _words(table),
    }


FILTERS: Mapping[Table, Mapping[str, Filter]] = {
    articles: {
        "entity": _linked(appearances, "article_pk", _entity),
        **_dated(articles, "pk"),
    },
    entities: {
        "country": _is("country"),
        "type": _is("type"),
        "q": _words(entities),
    },
    commitments: {
        "between": _linked(commitment_pairs, "commitment_pk", _between),
        "speaker": _linked(commitment_actors, "commitment_pk", _speaker),
        "party": _linked(commitment_actors, "commitment_pk", _party),
        "entity": _linked(commitment_actors, "commitment_pk", _actor),
        "country": _linked(commitment_actors, "commitment_pk", _state),
        "cameo": _begins("cameo"),
        "plover": _is("plover"),
        "form": _is("form"),
        "stage": _is("stage"),
        "negated": _is_or_is_not("negated"),
        "min_confidence": _from("confidence"),
        "date_from": _from("date_end", follows_time=True),
        "date_to": _to("date_start", follows_time=True),
        **_dated(commitments, "article_pk"),
    },
    statements: {
        "speaker": _linked(statement_entities, "statement_pk", _speaks),
        "entity": _linked(statement_entities, "statement_pk", _entity),
        **_dated(statements, "article_pk"),
    },
}
"""Every filter of every list, those first that mostly let least through.

`published_from` and the like take the widest of several values; the `entity` of a statement speaks or is mentioned in
what is said; that of a commitment is a party, or speaks, or is the state that a party acts for.
"""
