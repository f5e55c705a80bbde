"""How every list is answered: from its tag alone where the client has it, else a page, or all of it as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from fastapi import Request, Response

from app.api.conditional import answer_document, list_tag, unchanged
from app.api.exports import answer_file, by_pages, wanted
from app.api.filters import ArticleForm, FactsPaging, Listing, OneList, Paging, PartnerFilters
from app.api.formats import MEDIA_TYPES, Format, accepted
from app.api.pages import answer_page, window
from app.api.problems import NotFound
from app.api.service import Service
from app.schemas.articles import ArticleListing
from app.schemas.base import Wire
from app.schemas.commitments import StoredCommitment
from app.schemas.entities import ArticleEntity, EntityOut, MentionWithEntity
from app.schemas.linked import ANNOTATIONS, Annotated, news_article, web_annotations
from app.schemas.statements import StoredStatement
from app.schemas.summary import PartnerOut
from app.store import mentions, partners, queries, tables
from app.store.near_duplicates import same_story
from app.store.queries import Kind, Slice, Window

SINGULAR = {
    tables.articles: "article",
    tables.entities: "entity",
    tables.statements: "statement",
    tables.commitments: "commitment",
}
ITEMS: dict[Kind, type[Wire]] = {
    tables.articles: ArticleListing,
    tables.entities: EntityOut,
    tables.statements: StoredStatement,
    tables.commitments: StoredCommitment,
}
"""What the items of each list are."""

Below = tuple[Kind, str]
"""The thing that a list is below, by its table and id."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: what its items are, what a file of it is called, and how the store reads it.

    ``page`` and ``count`` take a connection; so does ``items``, which gives all of them, where the store has a quicker
    way than page after page. A list that is ``settled`` changes with the thing that it is below alone.
    """

    model: type[Wire]
    name: str
    page: Callable[[Any, Window], Slice]
    count: Callable[[Any], int]
    items: Callable[[Any], Iterator[bytes]] | None = None
    below: Below | None = None
    settled: bool = False


def answer_things(
    request: Request, service: Service, table: Kind, asked: Listing, below: str | None = None
) -> Response:
    """Articles, entities, statements or commitments; those that concern the entity ``below`` alone, if one is given."""
    filters = [*asked.filters(), *([("entity", (below,))] if below else [])]
    listed = Listed(
        ITEMS[table],
        table.name,
        lambda connection, part: queries.things(connection, table, filters, asked.sort, part),
        lambda connection: queries.count(connection, table, filters),
        lambda connection: queries.stream(connection, table, filters, asked.sort),
        (tables.entities, below) if below else None,
    )
    return answer_list(request, service, asked, listed)


async def answer_facts(request: Request, service: Service, table: Kind, article: str, asked: FactsPaging) -> Response:
    """One article's entities, statements or commitments; a page of them is read at once, the rest in a thread."""
    if asked.count or wanted(request, asked, Format.JSONLD) is not Format.JSON:
        return await service.threads.run(answer_any_facts, request, service, table, article, asked)
    part = window(request, asked.limit, asked.cursor)
    found = await service.at_once(lambda points: points.facts(table, article, part))
    if found is None:
        raise NotFound("article", article)
    page, modified_at = found
    return answer_page(request, service.shown_page(page), None, modified_at=modified_at)


def answer_any_facts(request: Request, service: Service, table: Kind, article: str, asked: FactsPaging) -> Response:
    """One article's entities, statements or commitments, in the order of its text."""

    def page(connection: Any, part: Window) -> Slice:
        return queries.facts_of_article(connection, table, article, part)

    model = ArticleEntity if table is tables.entities else ITEMS[table]
    count = partial(queries.count_of_article, table=table, article=article)
    listed = Listed(model, f"{article}-{table.name}", page, count, below=(tables.articles, article), settled=True)
    return _answer_all_facts(request, service, table.name, asked, listed)


def answer_mentions_of_article(request: Request, service: Service, article: str, asked: FactsPaging) -> Response:
    """The places in one article that mention an entity, in the order of its text."""
    kind, below = "mentions", (tables.articles, article)

    def page(connection: Any, part: Window) -> Slice:
        return mentions.mentions_of_article(connection, article, part)

    count = partial(mentions.count_of_article, article=article)
    listed = Listed(MentionWithEntity, f"{article}-{kind}", page, count, below=below, settled=True)
    return _answer_all_facts(request, service, kind, asked, listed)


def _answer_all_facts(request: Request, service: Service, kind: str, asked: FactsPaging, listed: Listed) -> Response:
    if wanted(request, asked, Format.JSONLD) is Format.JSONLD:
        return answer_annotations(request, service, kind, listed)
    return answer_list(request, service, asked, listed)


def answer_mentions_of_entity(request: Request, service: Service, entity: str, asked: Paging) -> Response:
    """The places that mention an entity."""
    listed = Listed(
        MentionWithEntity,
        f"{entity}-mentions",
        lambda connection, part: mentions.mentions_of_entity(connection, entity, part),
        lambda connection: mentions.count_of_entity(connection, entity),
        below=(tables.entities, entity),
    )
    return answer_list(request, service, asked, listed)


def answer_partners(request: Request, service: Service, entity: str, asked: PartnerFilters) -> Response:
    """Those with whom an entity has commitments."""
    filters = asked.filters()
    listed = Listed(
        PartnerOut,
        f"{entity}-partners",
        lambda connection, part: partners.partners(connection, entity, filters, part),
        lambda connection: partners.partner_count(connection, entity, filters),
        below=(tables.entities, entity),
    )
    return answer_list(request, service, asked, listed)


def answer_list(request: Request, service: Service, asked: Paging, listed: Listed) -> Response:
    """A page of the list, or all of it as a file. Raises `NotFound` where what it is below is not there."""
    chosen = wanted(request, asked)
    part = window(request, asked.limit, asked.cursor)
    with service.database.read() as connection:
        modified_at = _modified_at(connection, listed.below)
        if chosen is Format.JSON:
            tag = None if listed.settled else list_tag(request, queries.change_count(connection), service.edition)
            if tag and (same := unchanged(request, tag)):
                return same
            found = service.shown_page(listed.page(connection, part))
            total = listed.count(connection) if asked.count else None
            return answer_page(request, found, total, tag=tag, modified_at=modified_at if listed.settled else None)
    return answer_file(service, chosen, listed.model, listed.name, partial(_all, service, listed))


def answer_same_story(request: Request, service: Service, article: str, asked: OneList) -> Response:
    """The near duplicates of an article."""
    with service.database.read() as connection:
        tag = list_tag(request, queries.change_count(connection), service.edition)
        if same := unchanged(request, tag):
            return same
        _modified_at(connection, (tables.articles, article))
        found = same_story(connection, article, asked.limit)
    items = [b'{"similarity":%.3f,"article":%b}' % (telling.similarity, telling.listing) for telling in found]
    return answer_page(request, service.shown_page(Slice(items, None)), None, tag=tag)


async def answer_article(request: Request, service: Service, article: str, asked: ArticleForm) -> Response:
    """One article, as JSON or as JSON-LD."""
    chosen = Format(asked.format) if asked.format else accepted(request, Format.JSONLD)
    if chosen is Format.JSON:
        return await answer_thing(request, service, tables.articles, article)
    return await service.threads.run(answer_news_article, request, service, article)


def answer_news_article(request: Request, service: Service, article: str) -> Response:
    """One article with what it names, as JSON-LD."""
    with service.database.read() as connection:
        found = queries.document(connection, tables.articles, article)
        if found is None:
            raise NotFound("article", article)
        entities = by_pages(lambda part: queries.facts_of_article(connection, tables.entities, article, part))
        body = news_article(orjson.loads(service.shown(found.body)), map(orjson.loads, entities))
    return answer_document(request, body, found.modified_at, media_type=MEDIA_TYPES[Format.JSONLD])


def answer_annotations(request: Request, service: Service, kind: str, listed: Listed) -> Response:
    """All of an article's facts of one kind as Web Annotations."""
    assert listed.below
    _, article = listed.below
    with service.database.read() as connection:
        found = queries.document(connection, tables.articles, article)
        if found is None:
            raise NotFound("article", article)
        text = orjson.loads(service.shown(found.body))["text"]
        facts = (orjson.loads(service.shown(item)) for item in by_pages(partial(listed.page, connection)))
        body = web_annotations(Annotated(article, text), kind, facts)
    media_type = f'{MEDIA_TYPES[Format.JSONLD]}; profile="{ANNOTATIONS}"'
    return answer_document(request, body, found.modified_at, media_type=media_type)


async def answer_thing(request: Request, service: Service, table: Kind, thing: str) -> Response:
    """One article, entity, statement or commitment."""
    found = await service.at_once(lambda points: points.document(table, thing))
    if found is None:
        raise NotFound(SINGULAR[table], thing)
    return answer_document(request, service.shown(found.body), found.modified_at)


def _modified_at(connection: Any, below: Below | None) -> Any:
    """When the thing that a list is below last changed. Raises `NotFound` where there is none."""
    if below is None:
        return None
    found = queries.modified_at(connection, *below)
    if found is None:
        raise NotFound(SINGULAR[below[0]], below[1])
    return found


def _all(service: Service, listed: Listed) -> Iterator[bytes]:
    """Every item, in one state of the store."""
    with service.database.read() as connection:
        if listed.items:
            yield from listed.items(connection)
        else:
            yield from by_pages(lambda part: listed.page(connection, part))
