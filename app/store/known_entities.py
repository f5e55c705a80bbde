"""The store's entities that a batch of articles names: which they are, and what becomes known of them.

They are read once and written once for the whole batch, however many of its articles name them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, bindparam, func, select, update

from app.domain.article import Article
from app.domain.facts import Facts
from app.schemas import documents
from app.schemas.entities import EntityOut
from app.store import fulltext
from app.store.aggregate import with_appearance
from app.store.bulk import insert_rows
from app.store.linking import Held, candidates, linked_ids
from app.store.tables import entities

ValueT = TypeVar("ValueT")

MOST_VALUES = 5000
"""Values that one query asks for; SQLite takes 32766."""

COLUMNS = ("id", "name", "type", "country", "article_count", "mention_count", "first_seen", "last_seen")


@dataclass(slots=True)
class _Known:
    """An entity: as it is stored, and as it has become since."""

    pk: int
    type: str
    country: str | None
    document: bytes | None = None  # None: it is not stored yet
    entity: EntityOut | None = None  # None: nothing has changed

    def current(self) -> EntityOut | None:
        """What is known of it by now."""
        return self.entity or (EntityOut.model_validate_json(self.document) if self.document else None)


class KnownEntities:
    """Reads the entities that some facts may mean; `add` and `save` change them."""

    def __init__(self, connection: Connection, found: Iterable[tuple[Article, Facts]]) -> None:
        self._connection = connection
        self._known: dict[str, _Known] = {}
        wanted = {name for article, facts in found for name in candidates(facts, article.content_hash)}
        query = select(entities.c.id, entities.c.pk, entities.c.type, entities.c.country, entities.c.document)
        for some in in_parts(sorted(wanted)):
            for row in connection.execute(query.where(entities.c.id.in_(some))):
                self._known[row.id] = _Known(row.pk, row.type, row.country, row.document)
        self._next_pk = int(connection.scalar(select(func.max(entities.c.pk))) or 0) + 1

    def linked(self, facts: Facts, content_hash: str, before: Held) -> Facts:
        """The facts with their entities called as the store calls them, and as the article did ``before``."""
        meant = (name for name in candidates(facts, content_hash) if name in self._known)
        held = {name: (self._known[name].type, self._known[name].country) for name in meant}
        ids = linked_ids(held, facts, content_hash, before)
        return facts.renamed(ids) if any(own != linked for own, linked in ids.items()) else facts

    def add(self, article_id: str, article: Article, facts: Facts, settled: Mapping[str, EntityOut]) -> dict[str, int]:
        """Add an article to what is known of its entities, except those ``settled``; gives their row numbers."""
        pks = {}
        for entity in facts.entities:
            known = self._known.get(entity.id)
            if known is None:
                known = self._known[entity.id] = _Known(self._next_pk, entity.type, entity.country)
                self._next_pk += 1
            appearance = (documents.article_entity(entity), article_id, article.published)
            known.entity = settled.get(entity.id) or with_appearance(known.current(), appearance)
            known.country = known.entity.country
            pks[entity.id] = known.pk
        return pks

    def save(self) -> None:
        """Write what has changed."""
        changed = [known for known in self._known.values() if known.entity]
        new = [{"pk": known.pk, **entity_row(known.entity)} for known in changed if known.entity and not known.document]
        insert_rows(self._connection, entities, new)
        old = [{"at": known.pk, **entity_row(known.entity)} for known in changed if known.entity and known.document]
        if old:
            self._connection.execute(update(entities).where(entities.c.pk == bindparam("at")), old)
        renamed = ((known.pk, known.entity) for known in changed if known.entity and _is_renamed(known))
        fulltext.put_entities(self._connection, [(pk, (entity.name, *entity.aliases)) for pk, entity in renamed])


def _is_renamed(known: _Known) -> bool:
    assert known.entity
    before = EntityOut.model_validate_json(known.document) if known.document else None
    return before is None or (before.name, before.aliases) != (known.entity.name, known.entity.aliases)


def entity_row(entity: EntityOut) -> dict[str, object]:
    """An entity as a row of its table."""
    row: dict[str, object] = {name: getattr(entity, name) for name in COLUMNS}
    return row | {"modified_at": datetime.now(UTC), "document": documents.to_bytes(entity)}


def in_parts(values: Sequence[ValueT]) -> Iterator[list[ValueT]]:
    """The values, in lists that one query can ask for."""
    left = iter(values)
    while part := list(islice(left, MOST_VALUES)):
        yield part
