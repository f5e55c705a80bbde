"""Every page: its address, what it asks of the interface, and the template that shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import wraps
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from app.reader import addresses, fields, highlight, log_in
from app.reader.asking import Query, Refused, ask, ask_all
from app.reader.negotiation import Pages
from app.reader.rendering import STATIC, Static, country_name, page
from app.schemas.articles import ArticleListing, ArticleOut, Telling
from app.schemas.base import Page
from app.schemas.commitments import StoredCommitment
from app.schemas.entities import ArticleEntity, EntityOut, MentionWithEntity
from app.schemas.search import Hits
from app.schemas.service import Index, Problem
from app.schemas.statements import StoredStatement
from app.schemas.summary import PartnerOut, SummaryOut

View = Callable[[Request], Awaitable[Response]]


def install(app: FastAPI, *, taking_in: bool) -> None:
    """Serve the pages, before any route of the interface is added; the form only where articles are taken in."""
    app.state.takes_in = taking_in
    app.router.routes.append(Mount(STATIC, GZipMiddleware(Static(), minimum_size=1)))
    if taking_in:
        app.router.routes.append(Route(log_in.PATH, log_in.show, methods=["GET"]))
        app.router.routes.append(Route(log_in.PATH, log_in.log_in, methods=["POST"]))
        app.router.routes.append(Route(log_in.OUT, log_in.log_out, methods=["POST"]))
        from app.reader import hand_in  # what reads files takes its time to import

        app.router.routes.append(Route(hand_in.PATH, hand_in.show, methods=["GET"]))
        app.router.routes.append(Route(hand_in.PATH, hand_in.take, methods=["POST"]))
    app.router.routes.append(Pages([Route(path, _answering(view)) for path, view in VIEWS.items()]))


def install_lost(app: FastAPI) -> None:
    """Say so on a page where nothing is served, behind every other route."""
    app.router.routes.append(Pages([Route("/{path:path}", _answering(_lost))]))


def _answering(view: View) -> View:
    """The view, with what the interface refuses as a page, and without parameters that a form left empty."""

    @wraps(view)
    async def answer(request: Request) -> Response:
        given = parse_qsl(request.url.query, keep_blank_values=True)
        if any(not value.strip() for _, value in given):
            kept = urlencode([(name, value) for name, value in given if value.strip()], safe=",")
            address = f"{request.url.path}?{kept}" if kept else request.url.path
            return RedirectResponse(address, 303, {"Vary": "Accept"})
        try:
            return await view(request)
        except Refused as refusal:
            headers = dict(refusal.headers)
            return page(
                request, "problem.html", status=refusal.problem.status, headers=headers, problem=refusal.problem
            )

    return answer


async def _lost(request: Request) -> Response:
    detail = "Nothing is served at this address."
    problem = Problem(
        type="about:blank",
        title="Not Found",
        status=404,
        detail=detail,
        instance=request.url.path,
        request_id=request.scope.get("state", {}).get("request_id", ""),
    )
    return page(request, "problem.html", status=404, problem=problem)


async def _front(request: Request) -> Response:
    index = await ask(request, "/", Index)
    summary = await ask(request, "/summary", SummaryOut, [("limit", "6")])
    newest = await ask(request, "/articles", Page[ArticleListing], [("limit", "5")])
    commitments = await ask(request, "/commitments", Page[StoredCommitment], [("limit", "4")])
    names = await _names(request, summary)
    return page(
        request,
        "front.html",
        index=index,
        summary=summary,
        articles=newest.items,
        commitments=commitments.items,
        names=names,
    )


async def _articles(request: Request) -> Response:
    found = await ask(request, "/articles", Page[ArticleListing], request.url.query)
    return page(request, "articles.html", found=found, fields=fields.ARTICLES)


async def _article(request: Request) -> Response:
    path = request.url.path
    article = await ask(request, path, ArticleOut, request.url.query)
    entities = await ask_all(request, f"{path}/entities", ArticleEntity)
    statements = await ask_all(request, f"{path}/statements", StoredStatement)
    commitments = await ask_all(request, f"{path}/commitments", StoredCommitment)
    marked = [h for number, c in enumerate(commitments, 1) for h in highlight.of_commitment(c, number)]
    marked += (h for s in statements for h in highlight.of_statement(s))
    marked += highlight.of_entities(entities)
    return page(
        request,
        "article.html",
        article=article,
        paragraphs=list(highlight.paragraphs(article.text, marked)) if article.text is not None else [],
        entities=entities,
        statements=statements,
        commitments=commitments,
    )


def _listed(template: str, item: type, of: tuple[fields.Field, ...] = ()) -> View:
    """A list at the same address as the interface has it."""

    async def show(request: Request) -> Response:
        found = await ask(request, request.url.path, Page[item], request.url.query)  # type: ignore[valid-type]
        return page(request, template, found=found, fields=of, owner=await _owner(request))

    return show


async def _owner(request: Request) -> str | None:
    """What the entity or article is called that the list at this address is part of."""
    whole = request.url.path.rpartition("/")[0]
    if whole.startswith("/entities/"):
        return (await ask(request, whole, EntityOut)).name
    if whole.startswith("/articles/"):
        article = await ask(request, whole, ArticleOut)
        return article.title or article.id
    return None


async def _commitments(request: Request) -> Response:
    found = await ask(request, "/commitments", Page[StoredCommitment], request.url.query)
    filters = [pair for pair in request.query_params.multi_items() if pair[0] not in NO_FILTERS]
    summary = await ask(request, "/summary", SummaryOut, [*filters, ("limit", "1")])
    shown = await _with_countries(request, fields.COMMITMENTS)
    return page(request, "commitments.html", found=found, summary=summary, fields=shown)


NO_FILTERS = frozenset({"cursor", "limit", "count", "sort"})
"""What a list takes besides filters."""


async def _commitment(request: Request) -> Response:
    commitment = await ask(request, request.url.path, StoredCommitment, request.url.query)
    article = await ask(request, commitment.links.article, ArticleOut)
    return page(request, "commitment.html", commitment=commitment, article=article)


async def _statement(request: Request) -> Response:
    statement = await ask(request, request.url.path, StoredStatement, request.url.query)
    article = await ask(request, statement.links.article, ArticleOut)
    return page(request, "statement.html", statement=statement, article=article)


async def _entities(request: Request) -> Response:
    found = await ask(request, "/entities", Page[EntityOut], request.url.query)
    shown = await _with_countries(request, fields.ENTITIES)
    return page(request, "entities.html", found=found, fields=shown)


async def _entity(request: Request) -> Response:
    path = request.url.path
    entity = await ask(request, path, EntityOut, request.url.query)
    commitments = await ask(request, f"{path}/commitments", Page[StoredCommitment], [("limit", "20")])
    statements = await ask(request, f"{path}/statements", Page[StoredStatement], [("limit", "10")])
    partners = await ask(request, f"{path}/partners", Page[PartnerOut], [("limit", "12")])
    filters = [("entity", entity.id)]
    summary = await ask(request, "/summary", SummaryOut, [*filters, ("limit", "1")])
    return page(
        request,
        "entity.html",
        entity=entity,
        commitments=commitments,
        statements=statements,
        partners=partners,
        summary=summary,
        filters=filters,
    )


async def _search(request: Request) -> Response:
    found = None
    if "q" in request.query_params:
        found = await ask(request, "/search", Hits, request.url.query)
    return page(request, "search.html", found=found, fields=fields.SEARCH)


async def _summary(request: Request) -> Response:
    summary = await ask(request, "/summary", SummaryOut, request.url.query)
    filters = [pair for pair in request.query_params.multi_items() if pair[0] not in NO_FILTERS]
    names = await _names(request, summary)
    return page(
        request,
        "summary.html",
        summary=summary,
        names=names,
        filters=filters,
        fields=await _with_countries(request, fields.OF_COMMITMENTS),
    )


async def _names(request: Request, summary: SummaryOut) -> addresses.Names:
    """What the sides of the pairs are called, and which of them have a page."""
    sides = dict.fromkeys(side for pair in summary.pairs for side in pair.sides)
    states = {side for side in sides if addresses.is_state(side)}
    names = {code: country_name(code) for code in states}
    entities: dict[str, str] = {}
    if states:
        query: Query = [("type", "country"), ("limit", "200"), ("sort", "-article_count")]
        found = await ask(request, "/entities", Page[EntityOut], query)
        entities |= {e.country: e.id for e in reversed(found.items) if e.country in states}
    for side in [side for side in sides if side not in states][:MOST_NAMED]:
        names[side] = (await ask(request, f"/entities/{side}", EntityOut)).name
        entities[side] = side
    return addresses.Names(names, entities)


MOST_NAMED = 30
"""Sides without a code that are asked for by name, those of the foremost pairs; others are called by their ids."""


async def _with_countries(request: Request, shown: tuple[fields.Field, ...]) -> tuple[fields.Field, ...]:
    """The fields, that for the country with those that articles name."""
    query: Query = [("type", "country"), ("limit", "200"), ("sort", "-article_count")]
    found = await ask(request, "/entities", Page[EntityOut], query)
    codes = {e.country for e in found.items if e.country} | set(request.query_params.getlist("country"))
    choices = tuple(sorted(((code, country_name(code)) for code in codes), key=lambda option: option[1]))
    return tuple(replace(field, options=choices) if field.name == "country" else field for field in shown)


VIEWS: dict[str, View] = {
    "/": _front,
    "/articles": _articles,
    "/articles/{id}": _article,
    "/articles/{id}/entities": _listed("article_entities.html", ArticleEntity),
    "/articles/{id}/mentions": _listed("mentions.html", MentionWithEntity),
    "/articles/{id}/statements": _listed("statements.html", StoredStatement),
    "/articles/{id}/commitments": _listed("commitment_list.html", StoredCommitment),
    "/articles/{id}/same-story": _listed("same_story.html", Telling),
    "/entities": _entities,
    "/entities/{id}": _entity,
    "/entities/{id}/mentions": _listed("mentions.html", MentionWithEntity),
    "/entities/{id}/statements": _listed("statements.html", StoredStatement, fields.STATEMENTS),
    "/entities/{id}/commitments": _listed("commitment_list.html", StoredCommitment, fields.COMMITMENTS),
    "/entities/{id}/partners": _listed("partners.html", PartnerOut),
    "/statements": _listed("statements.html", StoredStatement, fields.STATEMENTS),
    "/statements/{id}": _statement,
    "/commitments": _commitments,
    "/commitments/{id}": _commitment,
    "/search": _search,
    "/summary": _summary,
}
"""Every resource has its page at its own address."""
