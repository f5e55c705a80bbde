"""Which facts concern whom: the rows by which lists are narrowed, with the day in them so that they are in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import permutations

from app.domain.article import Article
from app.domain.commitment import Commitment
from app.domain.entity import Entity, EntityType
from app.domain.facts import Facts
from app.domain.statement import Statement

Row = dict[str, object]


def actors(pk: int, commitment: Commitment, article: Article, entities: Mapping[str, Entity]) -> Iterator[Row]:
    """Everyone who takes part in a commitment, once, with all the ways in which they do."""
    parts: dict[str, set[str]] = defaultdict(set)
    for party in commitment.parties:
        parts[_actor(entities[party.entity])].add("as_party")
        if party.country:
            parts[party.country].add("as_state")
    for speaker in commitment.speakers:
        if speaker.entity:
            parts[_actor(entities[speaker.entity])].add("as_speaker")
    for actor, ways in parts.items():
        taken = {way: way in ways for way in ("as_party", "as_speaker", "as_state")}
        yield {"commitment_pk": pk, "actor": actor, "published": article.published, **taken}


def pairs(pk: int, commitment: Commitment, article: Article) -> Iterator[Row]:
    """Every two different sides of a commitment, both ways round."""
    sides = sorted({party.country or party.entity for party in commitment.parties})
    shared: Row = {
        "commitment_pk": pk,
        "published": article.published,
        "stage": commitment.stage.value,
        "form": commitment.form.value,
        "negated": commitment.negated,
        "several": len(sides) > 2,
    }
    yield from ({**shared, "one": one, "other": other} for one, other in permutations(sides, 2))


def of_statement(
    pk: int, statement: Statement, article: Article, facts: Facts, entity_pks: Mapping[str, int]
) -> Iterator[Row]:
    """Everyone who makes a statement or is mentioned in what is said."""
    speakers = {entity_pks[speaker.entity] for speaker in statement.speakers if speaker.entity}
    concerned = speakers | {
        entity_pks[entity.id]
        for entity in facts.entities
        for mention in entity.mentions
        if any(span.start <= mention.span.start and mention.span.end <= span.end for span in statement.content)
    }
    for entity_pk in sorted(concerned):
        row: Row = {"statement_pk": pk, "entity_pk": entity_pk, "published": article.published}
        yield {**row, "as_speaker": entity_pk in speakers}


def _actor(entity: Entity) -> str:
    """A state by its code, others by their id; so does `conditions.actor_of` for stored entities."""
    return entity.country if entity.type is EntityType.COUNTRY and entity.country else entity.id
