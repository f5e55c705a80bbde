"""How every list is answered: from its tag alone where the client has it, else a page from the store."""

from __future__ import annotations

from fastapi import Request, Response

from app.api.conditional import answer_document, list_tag, unchanged
from app.api.filters import Listing, OneList, Paging, PartnerFilters
from app.api.pages import answer_page, window
from app.api.problems import NotFound
from app.api.service import Service
from app.store import queries, summary, tables
from app.store.near_duplicates import same_story
from app.store.queries import Kind, Slice


def answer_things(request: Request, service: Service, table: Kind, asked: Listing, **more: str) -> Response:
    """A page of articles, entities, statements or commitments; ``more`` are filters that the path itself sets."""
    part = window(request, asked.limit, asked.cursor)
    filters = [*asked.filters(), *((name, (value,)) for name, value in more.items())]
    with service.database.read() as connection:
        tag = list_tag(request, queries.change_count(connection), service.version)
        if same := unchanged(request, tag):
            return same
        found = queries.things(connection, table, filters, asked.sort, part)
        total = queries.count(connection, table, filters) if asked.count else None
    return answer_page(request, found, total, tag=tag)


def answer_facts(request: Request, service: Service, table: Kind, article: str, asked: Paging) -> Response:
    """A page of one article's entities, mentions, statements or commitments, in the order of its text."""
    part = window(request, asked.limit, asked.cursor)
    with service.database.read() as connection:
        if (modified_at := queries.modified_at(connection, tables.articles, article)) is None:
            raise NotFound("article", article)
        if table is tables.mentions:
            found = queries.mentions_of(connection, tables.articles, article, part)
        else:
            found = queries.facts_of_article(connection, table, article, part)
        total = queries.count_of_article(connection, table, article) if asked.count else None
    return answer_page(request, found, total, modified_at=modified_at)


def answer_same_story(request: Request, service: Service, article: str, asked: OneList) -> Response:
    """The near duplicates of an article."""
    with service.database.read() as connection:
        tag = list_tag(request, queries.change_count(connection), service.version)
        if same := unchanged(request, tag):
            return same
        if queries.modified_at(connection, tables.articles, article) is None:
            raise NotFound("article", article)
        found = same_story(connection, article, asked.limit)
    items = [b'{"similarity":%.3f,"article":%b}' % (telling.similarity, telling.listing) for telling in found]
    return answer_page(request, Slice(items, None), None, tag=tag)


def answer_thing(request: Request, service: Service, table: Kind, thing: str) -> Response:
    """One article, entity, statement or commitment."""
    with service.database.read() as connection:
        found = queries.document(connection, table, thing)
    if found is None:
        raise NotFound(SINGULAR[table], thing)
    return answer_document(request, found.body, found.modified_at)


SINGULAR = {
    tables.articles: "article",
    tables.entities: "entity",
    tables.statements: "statement",
    tables.commitments: "commitment",
}


def answer_mentions_of_entity(request: Request, service: Service, entity: str, asked: Paging) -> Response:
    """A page of the places that mention an entity."""
    part = window(request, asked.limit, asked.cursor)
    with service.database.read() as connection:
        tag = list_tag(request, queries.change_count(connection), service.version)
        if same := unchanged(request, tag):
            return same
        total = queries.mention_count(connection, entity)
        if total is None:
            raise NotFound("entity", entity)
        found = queries.mentions_of(connection, tables.entities, entity, part)
    return answer_page(request, found, total if asked.count else None, tag=tag)


def answer_partners(request: Request, service: Service, entity: str, asked: PartnerFilters) -> Response:
    """A page of those with whom an entity has commitments."""
    part = window(request, asked.limit, asked.cursor)
    with service.database.read() as connection:
        tag = list_tag(request, queries.change_count(connection), service.version)
        if same := unchanged(request, tag):
            return same
        if queries.modified_at(connection, tables.entities, entity) is None:
            raise NotFound("entity", entity)
        found = summary.partners(connection, entity, asked.filters(), part)
        total = summary.partner_count(connection, entity, asked.filters()) if asked.count else None
    return answer_page(request, found, total, tag=tag)


def require_entity(service: Service, entity: str) -> None:
    """Raise `NotFound` unless the store knows the entity."""
    with service.database.read() as connection:
        if queries.modified_at(connection, tables.entities, entity) is None:
            raise NotFound("entity", entity)
