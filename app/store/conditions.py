"""Filters to SQL: for every list, its filters by name, each a function of the values of which any may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, func, or_, select, union

from app.store.tables import (
    appearances,
    article_sources,
    articles,
    commitment_parties,
    commitment_speakers,
    commitments,
    entities,
    mentions,
    statement_spans,
    statements,
)

Filters = Sequence[tuple[str, tuple[Any, ...]]]
"""Names of filters, each with its values: all filters must hold, of a filter's values any."""

Condition = ColumnElement[bool]
Filter = Callable[[tuple[Any, ...]], Condition]


def conditions(table: Table, filters: Filters) -> list[Condition]:
    """What must hold of the table's rows. Raises `KeyError` for a filter that the table does not have."""
    return [FILTERS[table][name](values) for name, values in filters]


def _is(column: ColumnElement[Any]) -> Filter:
    return lambda values: column == values[0] if len(values) == 1 else column.in_(values)


def _from(column: ColumnElement[Any]) -> Filter:
    return lambda values: column >= min(values)


def _to(column: ColumnElement[Any]) -> Filter:
    return lambda values: column <= max(values)


def _begins(column: ColumnElement[str]) -> Filter:
    """The text begins so: as a range, which an index serves on every database."""

    def begins(value: str) -> Condition:
        return and_(column >= value, column < value[:-1] + chr(ord(value[-1]) + 1))

    return lambda values: or_(*(begins(value) for value in values))


def _of_article(table: Table, inner: Filter) -> Filter:
    """The condition on the article that the row belongs to."""
    article = articles.c.pk == table.c.article_pk
    return lambda values: select(articles.c.pk).where(article, inner(values)).exists()


def _source(article_pk: ColumnElement[int]) -> Filter:
    carried = article_sources.c.article_pk == article_pk
    named = _is(article_sources.c.name)
    return lambda values: select(article_sources.c.position).where(carried, named(values)).exists()


def _entity_pks(ids: tuple[str, ...]) -> Select[tuple[int]]:
    return select(entities.c.pk).where(entities.c.id.in_(ids))


def _countries(ids: tuple[str, ...]) -> Select[tuple[str]]:
    return select(entities.c.country).where(entities.c.id.in_(ids), entities.c.type == "country")


def _article_entity(ids: tuple[str, ...]) -> Condition:
    return articles.c.pk.in_(select(appearances.c.article_pk).where(appearances.c.entity_pk.in_(_entity_pks(ids))))


def _party(ids: tuple[str, ...]) -> Condition:
    parties = commitment_parties.c
    return commitments.c.pk.in_(select(parties.commitment_pk).where(parties.entity_pk.in_(_entity_pks(ids))))


def _party_country(codes: tuple[str, ...]) -> Condition:
    return commitments.c.pk.in_(
        select(commitment_parties.c.commitment_pk).where(commitment_parties.c.country.in_(codes))
    )


def _between(pairs: tuple[tuple[str, str], ...]) -> Condition:
    return or_(*(and_(_party_country((one,)), _party_country((other,))) for one, other in pairs))


def _commitment_speaker(ids: tuple[str, ...]) -> Condition:
    speakers = commitment_speakers.c
    return commitments.c.pk.in_(select(speakers.commitment_pk).where(speakers.entity_pk.in_(_entity_pks(ids))))


def _commitment_entity(ids: tuple[str, ...]) -> Condition:
    """It is a party, or speaks, or is the state that a party acts for."""
    parties, speakers = commitment_parties.c, commitment_speakers.c
    found = union(
        select(parties.commitment_pk).where(parties.entity_pk.in_(_entity_pks(ids))),
        select(parties.commitment_pk).where(parties.country.in_(_countries(ids))),
        select(speakers.commitment_pk).where(speakers.entity_pk.in_(_entity_pks(ids))),
    )
    return commitments.c.pk.in_(found)


def _statement_speaker(ids: tuple[str, ...]) -> Condition:
    spans = statement_spans.c
    return statements.c.pk.in_(select(spans.statement_pk).where(spans.entity_pk.in_(_entity_pks(ids))))


def _statement_entity(ids: tuple[str, ...]) -> Condition:
    """It speaks, or is mentioned in what is said."""
    spans = statement_spans.c
    spoken_of = (
        select(statements.c.pk)
        .join(mentions, mentions.c.article_pk == statements.c.article_pk)
        .join(statement_spans, spans.statement_pk == statements.c.pk)
        .where(mentions.c.entity_pk.in_(_entity_pks(ids)), spans.part == "content")
        .where(mentions.c.start >= spans.start, mentions.c.end <= spans.end)
    )
    return or_(_statement_speaker(ids), statements.c.pk.in_(spoken_of))


def _facts(table: Table) -> dict[str, Filter]:
    """What commitments and statements have in common."""
    return {
        "source": _source(table.c.article_pk),
        "language": _of_article(table, _is(articles.c.language)),
        "published_from": _from(table.c.published),
        "published_to": _to(table.c.published),
        "extractor": _is(table.c.extractor),
    }


FILTERS: Mapping[Table, Mapping[str, Filter]] = {
    articles: {
        "source": _source(articles.c.pk),
        "language": _is(articles.c.language),
        "published_from": _from(articles.c.published),
        "published_to": _to(articles.c.published),
        "extractor": _is(articles.c.extractor),
        "entity": _article_entity,
    },
    entities: {
        "type": _is(entities.c.type),
        "country": _is(entities.c.country),
    },
    commitments: {
        **_facts(commitments),
        "entity": _commitment_entity,
        "country": _party_country,
        "party": _party,
        "between": _between,
        "stage": _is(commitments.c.stage),
        "form": _is(commitments.c.form),
        "plover": _is(commitments.c.plover),
        "cameo": _begins(commitments.c.cameo),
        "negated": _is(commitments.c.negated),
        "min_confidence": _from(commitments.c.confidence),
        "date_from": _from(func.coalesce(commitments.c.date_end, commitments.c.date_start)),
        "date_to": _to(commitments.c.date_start),
        "speaker": _commitment_speaker,
    },
    statements: {
        **_facts(statements),
        "entity": _statement_entity,
        "speaker": _statement_speaker,
    },
}
"""Every filter of every list. `published_from` and the like take the widest of several values."""
