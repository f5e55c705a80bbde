"""With whom an entity has commitments, and how many of which kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from app.domain.entity import EntityType
from app.language.geography import short_name
from app.schemas.documents import to_bytes
from app.schemas.summary import PartnerOut
from app.store.conditions import FILTERS, Filters, actor_of, conditions
from app.store.counts import OF_KINDS, kept_of, one_by_one, sums
from app.store.position import Position, check_position
from app.store.queries import Slice, Window
from app.store.summary import tally
from app.store.tables import commitment_pairs, commitment_parties, commitments, entities, pair_tallies


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


def _by_partner(connection: Connection, entity: str, filters: Filters) -> Select[Any] | None:
    """A state's commitments are those of all that act for it; anyone else's those that they are a party to."""
    columns = (entities.c.pk, entities.c.type, actor_of(entities.c).label("actor"))
    found = connection.execute(select(*columns).where(entities.c.id == entity)).one_or_none()
    if found is None:
        return None
    if found.type == EntityType.COUNTRY and {name for name, _ in filters} <= OF_KINDS:
        return _kept(found.actor, filters)
    pairs = commitment_pairs.c
    said = (pairs.other, pairs.form, pairs.stage, pairs.published)
    rows = select(*said, *one_by_one(pairs)).where(*_of_pairs(filters))
    if found.type == EntityType.COUNTRY:
        return _grouped(rows.where(pairs.one == found.actor))
    parties = commitment_parties.c
    own = select(parties.commitment_pk, func.coalesce(parties.country, entity).label("side"))
    own_sides = own.where(parties.entity_pk == found.pk).distinct().subquery()
    same = and_(pairs.commitment_pk == own_sides.c.commitment_pk, pairs.one == own_sides.c.side)
    return _grouped(rows.select_from(own_sides.join(commitment_pairs, same)))


def _grouped(rows: Select[Any]) -> Select[Any]:
    row = rows.subquery().c
    days = func.min(row.published).label("first"), func.max(row.published).label("last")
    return select(row.other, *days, *sums(row)).group_by(row.other)


def _kept(actor: str, filters: Filters) -> Select[Any]:
    """The counts are kept, and the first and last days stand at the ends of an index."""
    numbers, held = kept_of(pair_tallies.c, filters)
    columns = (pair_tallies.c.one, pair_tallies.c.other, pair_tallies.c.form, pair_tallies.c.stage)
    row = select(*columns, *numbers).where(pair_tallies.c.one == actor, *held).subquery().c
    group = select(row.one, row.other, *sums(row)).group_by(row.one, row.other).subquery()
    pairs = commitment_pairs.c
    same = (pairs.one == group.c.one, pairs.other == group.c.other, *conditions(commitments, filters, pairs))
    days = [
        select(end(pairs.published)).where(*same).scalar_subquery().label(name)
        for name, end in (("first", func.min), ("last", func.max))
    ]
    return select(group, *days)


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
        **tally(row),
    )


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
