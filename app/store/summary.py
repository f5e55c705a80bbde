"""Counts of commitments: by what they are, by month, by pair of sides, by partner.

The rows are grouped in the order of an index, which takes one pass and no sorting, however many they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    or_,
    select,
)

from app.domain.commitment import Form, Stage
from app.domain.entity import EntityType
from app.language.geography import short_name
from app.schemas.documents import to_bytes
from app.schemas.summary import KindTally, MonthTally, PairTally, PartnerOut, SummaryOut, Tally
from app.store.conditions import FILTERS, Columns, Filters, actor_of, conditions
from app.store.narrowing import reading
from app.store.position import Position, check_position
from app.store.queries import Slice, Window
from app.store.tables import articles, commitment_pairs, commitment_parties, commitments, entities

KINDS = ("form", "stage", "negated")


def summary(connection: Connection, filters: Filters, most_pairs: int) -> SummaryOut:
    """Counts of the commitments that the filters let through."""
    months: dict[str | None, list[Row[Any]]] = {}
    for row in connection.execute(_by_month(connection, filters)):
        months.setdefault(row.month, []).append(row)
    pairs: dict[tuple[str, str], list[Row[Any]]] = {}
    pair_count = 0
    for row in connection.execute(_by_pair(connection, filters, most_pairs)):
        pairs.setdefault((row.one, row.other), []).append(row)
        pair_count = row.pairs
    return SummaryOut(
        total=Tally(**_added([row for rows in months.values() for row in rows])),
        extractors=_extractors(connection, filters),
        months=[
            MonthTally(month=month, **_added(months[month])) for month in sorted(months, key=lambda m: (m is None, m))
        ],
        pairs=[PairTally(sides=list(sides), kinds=_kinds(rows), **_added(rows)) for sides, rows in pairs.items()],
        pair_count=pair_count,
    )


def partners(connection: Connection, entity: str, filters: Filters, window: Window) -> Slice:
    """A page of those with whom the entity has commitments, most commitments first."""
    query = _by_partner(connection, entity, filters)
    if query is None:
        return Slice([], None)
    found = sorted(connection.execute(query), key=lambda row: (-row.number, row.other))
    if window.after is not None:
        check_position(window.after, [int, str])
        count, side = window.after
        found = [row for row in found if (-row.number, row.other) > (-count, side)]
    page = found[: window.limit]
    named = _named(connection, [row.other for row in page])
    items = [to_bytes(_partner(row, named)) for row in page]
    after: Position | None = [page[-1].number, page[-1].other] if len(found) > window.limit else None
    return Slice(items, after)


def partner_count(connection: Connection, entity: str, filters: Filters) -> int:
    """How many partners there are."""
    query = _by_partner(connection, entity, filters)
    return len(connection.execute(query).all()) if query is not None else 0


def _extractors(connection: Connection, filters: Filters) -> list[str]:
    """What found the chosen commitments: from name to name along the index, since names are few and rows many."""
    column = articles.c.extractor
    found: list[str] = []
    name = connection.scalar(select(func.min(column)))
    while name is not None:
        if connection.scalar(_chosen(connection, [*filters, ("extractor", (name,))]).limit(1)):
            found.append(name)
        name = connection.scalar(select(func.min(column)).where(column > name))
    return found


def _by_month(connection: Connection, filters: Filters) -> Select[Any]:
    """Days are counted in the order of the index, and then put together to months."""
    table = commitments
    kinds = [table.c[kind] for kind in KINDS]
    days = select(*kinds, table.c.published, func.count().label("number")).group_by(*kinds, table.c.published)
    if filters:
        days = days.where(table.c.pk.in_(_chosen(connection, filters)))
    inner = days.subquery()
    month = func.substr(cast(inner.c.published, Text), 1, 7).label("month")
    groups = [inner.c[kind] for kind in KINDS]
    number = cast(func.sum(inner.c.number), BigInteger).label("number")  # PostgreSQL adds up to decimals
    return select(month, *groups, number).group_by(month, *groups)


def _by_pair(connection: Connection, filters: Filters, most: int) -> Select[Any]:
    """The pairs with the most commitments are found by counting all, and only theirs are then told apart by kind."""
    source: FromClause = commitment_pairs
    if filters:  # read once and kept, since it is asked twice
        of_chosen = commitment_pairs.c.commitment_pk.in_(_chosen(connection, filters))
        source = select(*(commitment_pairs.c[name] for name in ("one", "other", *KINDS))).where(of_chosen).cte()
    pairs, number = source.c, func.count().label("number")
    counted = select(pairs.one, pairs.other, number, func.count().over().label("pairs"))
    counted = counted.where(pairs.one < pairs.other).group_by(pairs.one, pairs.other)
    top = counted.order_by(number.desc(), pairs.one, pairs.other).limit(most).subquery()
    kinds = [pairs[kind] for kind in KINDS]
    query = select(top.c.one, top.c.other, top.c.pairs, *kinds, func.count().label("number"))
    query = query.join_from(top, source, and_(pairs.one == top.c.one, pairs.other == top.c.other))
    return query.group_by(*top.c, *kinds).order_by(top.c.number.desc(), top.c.one, top.c.other)


def _chosen(connection: Connection, filters: Filters) -> Select[Any]:
    read = reading(connection, commitments, filters, "published")
    return select(commitments.c.pk).select_from(read.source).where(*read.conditions)


def _by_partner(connection: Connection, entity: str, filters: Filters) -> Select[Any] | None:
    """A state's commitments are those of all that act for it; anyone else's those that they are a party to."""
    columns = (entities.c.pk, entities.c.type, actor_of(entities.c).label("actor"))
    found = connection.execute(select(*columns).where(entities.c.id == entity)).one_or_none()
    if found is None:
        return None
    pairs = commitment_pairs.c
    last = func.max(pairs.published).label("last"), func.min(pairs.published).label("first")
    query = _counted(pairs.other, *last).where(*_of_pairs(filters)).group_by(pairs.other)
    if found.type == EntityType.COUNTRY:
        return query.where(pairs.one == found.actor)
    parties = commitment_parties.c
    own = select(parties.commitment_pk, func.coalesce(parties.country, entity).label("side"))
    own_sides = own.where(parties.entity_pk == found.pk).distinct().subquery()
    same = and_(pairs.commitment_pk == own_sides.c.commitment_pk, pairs.one == own_sides.c.side)
    return query.select_from(own_sides.join(commitment_pairs, same))


def _of_pairs(filters: Filters) -> list[ColumnElement[bool]]:
    """What must hold of pairs, which know everything that partners are filtered by but what found them."""
    pairs = commitment_pairs.c
    named = [each for each in filters if each[0] == "extractor"]
    held = conditions(commitments, [each for each in filters if each not in named], pairs)
    if not named:
        return [*held]
    by_name = (FILTERS[commitments][name].finds(commitments.c, values) for name, values in named)
    found = select(commitments.c.pk).where(*by_name)
    return [*held, pairs.commitment_pk.in_(found)]


def _counted(*columns: ColumnElement[Any]) -> Select[Any]:
    """Groups of pairs with their counts by stage, form and negation."""
    pairs: Columns = commitment_pairs.c
    kinds = [*((f"stage_{s}", pairs["stage"] == s.value) for s in Stage)]
    kinds += [(f"form_{f}", pairs["form"] == f.value) for f in Form]
    sums = [func.sum(case((held, 1), else_=0)).label(name) for name, held in [*kinds, ("negated", pairs["negated"])]]
    return select(*columns, func.count().label("number"), *sums)


def _read(row: Row[Any]) -> dict[str, Any]:
    """The counts of a group of `_counted`."""
    counts = row._mapping
    return {
        "count": row.number,
        "negated": row.negated,
        "stages": {stage: counts[f"stage_{stage}"] for stage in Stage},
        "forms": {form: counts[f"form_{form}"] for form in Form},
    }


def _added(rows: list[Row[Any]]) -> dict[str, Any]:
    """The counts of rows that each have one stage and form."""
    stages, forms, negated = dict.fromkeys(Stage, 0), dict.fromkeys(Form, 0), 0
    for row in rows:
        stages[Stage(row.stage)] += row.number
        forms[Form(row.form)] += row.number
        negated += row.number if row.negated else 0
    return {"count": sum(stages.values()), "negated": negated, "stages": stages, "forms": forms}


def _kinds(rows: list[Row[Any]]) -> list[KindTally]:
    """How many of each form and stage, in the order of both."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        counts[row.form, row.stage] += row.number
    return [
        KindTally(form=form, stage=stage, count=counts[form, stage])
        for form in Form
        for stage in Stage
        if counts[form, stage]
    ]


def _named(connection: Connection, sides: list[str]) -> Mapping[str, Row[Any]]:
    """The entities behind the sides."""
    is_state = and_(entities.c.type == EntityType.COUNTRY, entities.c.country.in_(sides))
    columns = (entities.c.id, entities.c.name, entities.c.type, actor_of(entities.c).label("side"))
    rows = connection.execute(
        select(*columns).where(or_(entities.c.id.in_(sides), is_state)).order_by(entities.c.id.desc())
    )
    return {row.side: row for row in rows}


def _partner(row: Row[Any], named: Mapping[str, Row[Any]]) -> PartnerOut:
    entity = named.get(row.other)
    is_state = entity.type == EntityType.COUNTRY if entity else True
    return PartnerOut(
        side=row.other,
        id=entity.id if entity else None,
        name=entity.name if entity else short_name(row.other),
        type=EntityType(entity.type) if entity else EntityType.COUNTRY,
        country=row.other if is_state and len(row.other) == 2 else None,
        first=_day(row.first),
        last=_day(row.last),
        **_read(row),
    )


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
