"""By which index a list is read, so that no question reads a whole table.

A list is read in its own order wherever an index gives the rows that one filter lets through in that order: a column's
or a link's. What is left, such as ranges and filters of several values, narrows the list by an index of its own where
it finds little, or what lies together in time; where it finds much, the list is read in order and checked row by row,
since a page of it is soon full.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Table, case, func, select

from app.store.conditions import FILTERS, Columns, Condition, Filter, Filters, Link, Values

FEW = 5000
"""Rows that are found by an index and then sorted; more are rather read in the list's order."""

ORDERED_COLUMNS = {
    "published": frozenset({"stage", "form", "plover", "negated", "extractor", "language"}),
    "name": frozenset({"type", "country"}),
}
"""Columns whose index gives the rows with one value in the order of another column."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a list is read from, its columns there, and what must hold; ``sorts`` where no index gives the order."""

    source: FromClause
    columns: Columns
    conditions: tuple[Condition, ...]
    sorts: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A filter with its values."""

    filter: Filter
    values: Values


def reading(connection: Connection, table: Table, filters: Filters, sort: str) -> Reading:
    """How to read the rows that the filters let through in the order of a column."""
    asked = [_Asked(FILTERS[table][name], values) for name, values in _ranked(table, filters)]
    ordered = [each for each in asked if _is_ordered(each, sort)]
    loose = [each for each in asked if each not in ordered and not _is_range_of(each, sort, table)]
    narrowest = next((each for each in loose if _finds_few(connection, table, each)), None)
    link = next((each for each in ordered if each.filter.link), None)
    if narrowest is None and link and link.filter.link:
        return _by_link(table, link.filter.link, link.values, [other for other in asked if other is not link])
    if narrowest := narrowest or next((each for each in loose if each.filter.follows_time), None):
        return _by_found(table, narrowest, [other for other in asked if other is not narrowest])
    checked = (_unindexed(each.filter.holds(table.c, each.values)) for each in loose)
    held = (each.filter.holds(table.c, each.values) for each in asked if each not in loose)
    return Reading(table, table.c, (*held, *checked))


def _ranked(table: Table, filters: Filters) -> Iterator[tuple[str, Values]]:
    """The filters, those first that mostly let least through."""
    rank = {name: n for n, name in enumerate(FILTERS[table])}
    yield from sorted(filters, key=lambda each: rank[each[0]])


def _is_ordered(asked: _Asked, sort: str) -> bool:
    """Whether an index gives what the filter lets through in the list's order."""
    by_column = asked.filter.column in ORDERED_COLUMNS.get(sort, ())
    by_link = asked.filter.link is not None and sort == "published"
    return len(asked.values) == 1 and (by_column or by_link)


def _is_range_of(asked: _Asked, sort: str, table: Table) -> bool:
    """Whether the filter is a range of what the list is ordered by."""
    name = {"date": "date_start"}.get(sort, sort)
    return any(asked.filter is FILTERS[table].get(f) for f in RANGES.get(name, ()))


RANGES = {
    "published": ("published_from", "published_to"),
    "confidence": ("min_confidence",),
    "date_start": ("date_to",),
}
"""Filters that are ranges of a column."""


def _finds_few(connection: Connection, table: Table, asked: _Asked) -> bool:
    found = select(table.c.pk).where(asked.filter.finds(table.c, asked.values)).limit(FEW + 1).subquery()
    return int(connection.scalar(select(func.count()).select_from(found)) or 0) <= FEW


def _by_found(table: Table, first: _Asked, others: list[_Asked]) -> Reading:
    found = first.filter.finds(table.c, first.values)
    checked = (_unindexed(each.filter.holds(table.c, each.values)) for each in others)
    return Reading(table, table.c, (found, *checked), sorts=True)


def _by_link(table: Table, link: Link, values: Values, others: list[_Asked]) -> Reading:
    """What the link repeats of the list's columns is checked there, before the row itself is read."""
    shared: dict[str, ColumnElement[Any]] = {name: link.table.c[name] for name in SHARED & {*link.table.c.keys()}}
    columns = {**dict(table.c.items()), **shared}
    joined = link.table.join(table, table.c[link.owner] == link.table.c[link.key])
    times = [each for each in others if each.filter.follows_time and not each.filter.link]
    held = [each.filter.holds(columns, each.values) for each in times]
    checked = [_unindexed(each.filter.holds(columns, each.values)) for each in others if each not in times]
    return Reading(joined, columns, (link.matches(link.table.c, values), *held, *checked))


SHARED = frozenset({"published", "stage", "form", "negated"})
"""Columns of a list that links repeat."""


def _unindexed(condition: Condition) -> Condition:
    """The same condition, in a form that no index serves: it is to be checked, not to be read by."""
    return case((condition, 1), else_=0) == 1


def sorted_only(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same column, in a form that no index serves: the rows are to be sorted."""
    return func.coalesce(column, None)
