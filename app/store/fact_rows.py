"""One article's facts as rows of the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, Table, func, select

from app.domain.article import Article
from app.domain.commitment import Commitment
from app.domain.facts import Facts
from app.schemas import documents
from app.store import links, tables

Rows = list[dict[str, object]]
"""Rows of one table: values by column."""


class Numbers:
    """Row numbers for statements and commitments, given here since whoever writes holds the write lock."""

    def __init__(self, connection: Connection) -> None:
        self._next = {
            table: int(connection.scalar(select(func.max(table.c.pk))) or 0) + 1
            for table in (tables.statements, tables.commitments)
        }

    def take(self, table: Table, count: int) -> int:
        """The first of ``count`` numbers in a row."""
        first = self._next[table]
        self._next[table] += count
        return first


def fact_rows(
    numbers: Numbers, pk: int, article_id: str, article: Article, facts: Facts, entity_pks: Mapping[str, int]
) -> Iterator[tuple[Table, Rows]]:
    """Tables with the rows to insert, always the same ones, in an order that keeps references whole."""
    yield (
        tables.article_sources,
        [
            {
                "article_pk": pk,
                "position": n,
                "name": s.name,
                "home_page": s.home_page,
                "url": s.url,
                "published": article.published,
            }
            for n, s in enumerate(article.sources)
        ],
    )
    yield (
        tables.sentences,
        [{"article_pk": pk, "number": n, "start": s.start, "end": s.end} for n, s in enumerate(facts.sentences)],
    )
    yield from _entity_rows(pk, article, facts, entity_pks)
    first = numbers.take(tables.statements, len(facts.statements))
    yield from _statement_rows(first, pk, article_id, article, facts, entity_pks)
    first = numbers.take(tables.commitments, len(facts.commitments))
    yield from _commitment_rows(first, pk, article_id, article, facts, entity_pks)


def _entity_rows(
    pk: int, article: Article, facts: Facts, entity_pks: Mapping[str, int]
) -> Iterator[tuple[Table, Rows]]:
    appearances: Rows = []
    for position, entity in enumerate(facts.entities):
        document = documents.to_bytes(documents.article_entity(entity))
        of = {"article_pk": pk, "entity_pk": entity_pks[entity.id], "published": article.published}
        appearances.append({**of, "position": position, "document": document})
    yield tables.appearances, appearances


def _statement_rows(
    first: int, pk: int, article_id: str, article: Article, facts: Facts, entity_pks: Mapping[str, int]
) -> Iterator[tuple[Table, Rows]]:
    entities = {entity.id: entity for entity in facts.entities}
    rows: Rows = []
    concerned: Rows = []
    for position, s in enumerate(facts.statements):
        document = documents.stored_statement(s, entities, article_id, article, facts.extractor)
        rows.append(
            {
                "pk": first + position,
                "id": s.id,
                "article_pk": pk,
                "position": position,
                "form": s.form.value,
                "nested_in": s.nested_in,
                "published": article.published,
                "document": documents.to_bytes(document),
            }
        )
        concerned += links.of_statement(first + position, s, article, facts, entity_pks)
    yield tables.statements, rows
    yield tables.statement_entities, concerned


def _commitment_rows(
    first: int, pk: int, article_id: str, article: Article, facts: Facts, entity_pks: Mapping[str, int]
) -> Iterator[tuple[Table, Rows]]:
    entities = {entity.id: entity for entity in facts.entities}
    rows: Rows = []
    below: dict[Table, Rows] = {
        tables.commitment_parties: [],
        tables.commitment_actors: [],
        tables.commitment_pairs: [],
    }
    for position, c in enumerate(facts.commitments):
        document = documents.stored_commitment(c, entities, article_id, article, facts.extractor)
        of_article = {"article_pk": pk, "published": article.published}
        row = {"pk": first + position, "position": position, **of_article, **_columns_of(c)}
        rows.append({**row, "document": documents.to_bytes(document)})
        for table, more in _below(first + position, c, entity_pks):
            below[table] += more
        below[tables.commitment_actors] += links.actors(first + position, c, article, entities)
        below[tables.commitment_pairs] += links.pairs(first + position, c, article)
    yield tables.commitments, rows
    yield from below.items()


def _columns_of(c: Commitment) -> dict[str, object]:
    return {
        "id": c.id,
        "stage": c.stage.value,
        "form": c.form.value,
        "plover": c.plover.value,
        "cameo": c.cameo,
        "negated": c.negated,
        "action": c.action,
        "action_object": c.object,
        "date_text": c.date.text if c.date else None,
        "date_start": c.date.start if c.date else None,
        "date_end": (c.date.end or c.date.start) if c.date else None,
        "confidence": documents.shown_confidence(c),
        "statement": c.statement,
    }


def _below(pk: int, c: Commitment, entity_pks: Mapping[str, int]) -> Iterator[tuple[Table, Rows]]:
    of = {"commitment_pk": pk}
    yield (
        tables.commitment_parties,
        [
            {**of, "position": n, "entity_pk": entity_pks[p.entity], "country": p.country, "role": p.role.value}
            for n, p in enumerate(c.parties)
        ],
    )
