"""Articles in: handing them in, correcting and removing them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from app.api.access import WritersOnly
from app.api.bodies import described, read_json
from app.api.conditional import SHARED_HEADERS, require_match, tag_of
from app.api.problems import NotFound, Unprocessable, documented
from app.api.service import Injected, Service
from app.schemas.articles import ArticleOut
from app.schemas.service import Fault
from app.schemas.writes import EXAMPLE, ArticleIn
from app.store import tables
from app.store.queries import Document, document

router = APIRouter(
    prefix="/articles", tags=["articles"], dependencies=[WritersOnly], responses=documented(401, 403, 422, 503)
)

_BODY = described(ArticleIn, EXAMPLE)


def _matching(*, required: bool) -> dict[str, Any]:
    """`If-Match` in OpenAPI."""
    said = "The article's `ETag`, so that nothing is changed that somebody else has changed meanwhile."
    header = {"name": "If-Match", "in": "header", "required": required, "schema": {"type": "string"}}
    return {"parameters": [{**header, "description": said}]}


@router.post(
    "",
    response_model=ArticleOut,
    status_code=201,
    summary="Hand in an article",
    responses={200: {"model": ArticleOut, "description": "The text was known."}, **documented(413, 415, 502)},
    openapi_extra=_BODY,
)
async def add_article(request: Request, service: Injected) -> Response:
    """Read it and extract its facts, at once. The same text again is the same article, with one more source.

    `text` with what is known of it, or `html` and `url`, or `url` alone, which is fetched. What is no article, or in
    a language that nothing here reads, is a 422 that says why. While too much waits to be read, the answer is 503
    with `Retry-After`.
    """
    stored = await service.taking_in.add((await read_json(request, ArticleIn)).fields())
    return await _answer(service, stored.id, 201 if stored.created else 200)


@router.put(
    "/{article}",
    response_model=ArticleOut,
    summary="Correct an article",
    responses=documented(404, 409, 412, 413, 415, 428),
    openapi_extra={**_BODY, **_matching(required=True)},
)
async def correct_article(request: Request, service: Injected, article: str) -> Response:
    """Its text, what is said of it, and its facts become those handed in, all at once; its id stays.

    `If-Match` must name its `ETag`. Text that another article has is a 409.
    """
    given = await read_json(request, ArticleIn)
    if given.text is None and given.html is None:
        raise Unprocessable(Fault(pointer="body/text", detail="text or html is required: nothing is fetched here"))

    def check(held: Document) -> None:
        require_match(request, tag_of(service.shown(held.body)), required=True)

    await service.taking_in.correct(article, given.fields(), check)
    return await _answer(service, article, 200)


@router.delete(
    "/{article}",
    status_code=204,
    summary="Remove an article",
    responses=documented(404, 412),
    openapi_extra=_matching(required=False),
)
async def remove_article(request: Request, service: Injected, article: str) -> Response:
    """And every fact that only it supports; entities that no other article names disappear. `If-Match` is honoured."""

    def check(held: Document) -> None:
        require_match(request, tag_of(service.shown(held.body)), required=False)

    await service.taking_in.remove(article, check)
    return Response(status_code=204)


async def _answer(service: Service, article: str, status: int) -> Response:
    body = service.shown((await service.threads.run(_document, service, article)).body)
    headers = {**SHARED_HEADERS, "ETag": tag_of(body), "Location": f"/articles/{article}"}
    return Response(body, status, headers, "application/json")


def _document(service: Service, article: str) -> Document:
    with service.database.read() as connection:
        held = document(connection, tables.articles, article)
    if held is None:  # removed in the meantime
        raise NotFound("article", article)
    return held
