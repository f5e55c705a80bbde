"""Which of the store's entities an article's entity is: the same id means the same referent, for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, select

from app.domain.entity import Entity
from app.domain.facts import Facts
from app.store.tables import appearances, entities

Held = Mapping[str, tuple[str, str | None]]
"""Type and country of entities by their ids."""


def entities_of(connection: Connection, article_pk: int) -> Held:
    """The entities that an article has."""
    joined = select(entities.c.id, entities.c.type, entities.c.country).join(
        appearances, appearances.c.entity_pk == entities.c.pk
    )
    rows = connection.execute(joined.where(appearances.c.article_pk == article_pk))
    return {row.id: (row.type, row.country) for row in rows}


def linked_ids(held: Held, facts: Facts, content_hash: str, before: Held) -> dict[str, str]:
    """The id in the store for each id of the article's entities; ``held`` must know all `candidates` that there are.

    An entity keeps the id that the article had for it ``before``. Else it takes the one that has its slug, unless type
    or country contradict, which is guarded against with the country's code behind the slug (`mousavi-ir`), then with
    digits of the article's hash.
    """
    held = {**before, **held}
    taken: set[str] = set()
    linked = {}
    for entity in facts.entities:
        names = sorted(_candidates(entity, content_hash), key=lambda name: name not in before)
        free = (name for name in names if name not in taken and (name not in held or _agree(entity, *held[name])))
        linked[entity.id] = next(free, names[-1])
        taken.add(linked[entity.id])
    return linked


def candidates(facts: Facts, content_hash: str) -> Iterator[str]:
    """Every id that one of the article's entities may come to have."""
    for entity in facts.entities:
        yield from _candidates(entity, content_hash)


def _candidates(entity: Entity, content_hash: str) -> list[str]:
    with_country = [f"{entity.id}-{entity.country.lower()}"] if entity.country else []
    return [entity.id, *with_country, f"{entity.id}-{content_hash[:6]}", f"{entity.id}-{content_hash[:12]}"]


def _agree(entity: Entity, held_type: str, held_country: str | None) -> bool:
    countries = {entity.country, held_country} - {None}
    return entity.type == held_type and len(countries) <= 1
