"""What counts of commitments are read from: what is kept of them (`tallies`), or the commitments themselves.

Kept counts answer what is asked of all commitments, or of those of one state, of any forms and stages, negated or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from app.domain.commitment import Form, Stage
from app.store.conditions import Columns, Filters, Values, conditions
from app.store.narrowing import reading
from app.store.tables import commitment_pairs, commitments, month_tallies, pair_tallies, pair_totals, state_tallies

OF_KINDS = frozenset({"form", "stage", "negated"})
OF_PAIRS = OF_KINDS | {"published_from", "published_to"}
"""Filters of what commitments and pairs both say themselves."""

Counted = ColumnElement[int]


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows that stand for some commitments each, as many as their ``number`` says, of which some are ``negated``.

    ``months`` has the ``month``, empty where it is unknown, with ``form`` and ``stage``; ``pairs`` has the sides
    ``one`` and ``other``, of which one is first by the alphabet, with ``form`` and ``stage``; ``totals`` has the same
    pairs, but may have all kinds of a pair together.
    """

    months: FromClause
    pairs: FromClause
    totals: FromClause


def counts(connection: Connection, filters: Filters) -> Counts:
    """Where to read how many commitments the filters let through."""
    names = {name for name, _ in filters}
    states = [state for name, values in filters if name == "country" for state in values]
    kinds = [each for each in filters if each[0] != "country"]
    if names <= OF_KINDS | {"country"} and len(states) <= 1:
        return _kept_of_state(states[0], kinds) if states else _kept(kinds)
    chosen = None if names <= OF_PAIRS else chosen_by(connection, filters)
    pairs = _pairs(filters, chosen)
    return Counts(_days(filters, chosen), pairs, pairs)


def sums(rows: Columns) -> list[ColumnElement[Any]]:
    """What groups of such rows come to: how many commitments, how many negated, of each stage, of each form."""
    number = rows["number"]
    parts = [("number", number), ("negated", rows["negated"])]
    parts += [(f"stage_{stage}", _where(rows["stage"] == stage.value, number)) for stage in Stage]
    parts += [(f"form_{form}", _where(rows["form"] == form.value, number)) for form in Form]
    return [total(part).label(name) for name, part in parts]


def total(numbers: Counted) -> Counted:
    """Their sum, as a whole number; PostgreSQL adds up to decimals."""
    return cast(func.sum(numbers), BigInteger)


def kept_of(columns: Columns, filters: Filters) -> tuple[list[Counted], list[ColumnElement[bool]]]:
    """The counts of a row of tallies that filters of kinds leave, and what must hold of it."""
    number, negated = columns["number"], columns["negated"]
    for values in (values for name, values in filters if name == "negated"):
        number, negated = _of_negated(number, negated, values)
    held = conditions(commitments, [each for each in filters if each[0] != "negated"], columns)
    return [number.label("number"), negated.label("negated")], [*held, number > 0]


def one_by_one(columns: Columns) -> list[Counted]:
    """The counts of a row that is a commitment."""
    return [literal(1, Integer).label("number"), _where(columns["negated"], literal(1)).label("negated")]


def _of_negated(number: Counted, negated: Counted, values: Values) -> tuple[Counted, Counted]:
    if set(values) == {True}:
        return negated, negated
    return (number - negated, literal(0)) if set(values) == {False} else (number, negated)


def _where(holds: ColumnElement[bool], number: Counted) -> Counted:
    return case((holds, number), else_=0)


def _kept(kinds: Filters) -> Counts:
    month, pair = month_tallies.c, pair_tallies.c
    numbers, held = kept_of(month, kinds)
    months = select(month.month, month.form, month.stage, *numbers).where(*held)
    numbers, held = kept_of(pair, kinds)
    pairs = select(pair.one, pair.other, pair.form, pair.stage, *numbers).where(pair.one < pair.other, *held).subquery()
    if any(name != "negated" for name, _ in kinds):
        return Counts(months.subquery(), pairs, pairs)
    in_all = pair_totals.c
    numbers, held = kept_of(in_all, kinds)
    totals = select(in_all.one, in_all.other, *numbers).where(*held)
    return Counts(months.subquery(), pairs, totals.subquery())


def _kept_of_state(state: str, kinds: Filters) -> Counts:
    """Of pairs that the state is no part of, its commitments of several sides alone have any: those are counted."""
    month, pair = state_tallies.c, pair_tallies.c
    numbers, held = kept_of(month, kinds)
    months = select(month.month, month.form, month.stage, *numbers).where(month.state == state, *held)
    numbers, held = kept_of(pair, kinds)
    first = pair.other < state
    sides = (
        case((first, pair.other), else_=pair.one).label("one"),
        case((first, pair.one), else_=pair.other).label("other"),
    )
    own = select(*sides, pair.form, pair.stage, *numbers).where(pair.one == state, *held)
    several = commitment_pairs.alias()
    of_several = select(several.c.commitment_pk).where(several.c.several.is_(True), several.c.one == state)
    other = _counted_pairs(
        commitment_pairs.c.commitment_pk.in_(of_several), *conditions(commitments, kinds, commitment_pairs.c)
    )
    beside = other.where(commitment_pairs.c.one != state, commitment_pairs.c.other != state)
    pairs = union_all(own, beside).cte()
    return Counts(months.subquery(), pairs, pairs)


def _counted_pairs(*held: ColumnElement[bool]) -> Select[Any]:
    pair = commitment_pairs.c
    return select(pair.one, pair.other, pair.form, pair.stage, *one_by_one(pair)).where(pair.one < pair.other, *held)


def chosen_by(connection: Connection, filters: Filters) -> Select[Any]:
    """The row numbers of the commitments that the filters let through."""
    read = reading(connection, commitments, filters, "published")
    return select(commitments.c.pk).select_from(read.source).where(*read.conditions)


def _days(filters: Filters, chosen: Select[Any] | None) -> FromClause:
    """Days are counted in the order of the index, and then put together to months."""
    table = commitments.c
    groups = [table.form, table.stage, table.negated, table.published]
    held = conditions(commitments, filters) if chosen is None else [table.pk.in_(chosen)]
    day = select(*groups, func.count().label("number")).where(*held).group_by(*groups).subquery().c
    month = func.coalesce(func.substr(cast(day.published, Text), 1, 7), "").label("month")
    return select(month, day.form, day.stage, day.number, _where(day.negated, day.number).label("negated")).subquery()


def _pairs(filters: Filters, chosen: Select[Any] | None) -> FromClause:
    """What pairs say themselves is read off the index of sides, for all and for the most; else once, and kept."""
    if chosen is None:
        return _counted_pairs(*conditions(commitments, filters, commitment_pairs.c)).subquery()
    return _counted_pairs(commitment_pairs.c.commitment_pk.in_(chosen)).cte()
