"""Full text over articles and the evidence of their commitments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.conditional import list_tag, unchanged
from app.api.direct import Direct
from app.api.filters import SearchFilters
from app.api.pages import answer_page, window
from app.api.problems import documented
from app.api.service import Injected
from app.schemas.search import Hits
from app.store import hits, queries, search
from app.store.queries import Slice

router = APIRouter(prefix="/search", tags=["search"], route_class=Direct, responses=documented(422, 503))


@router.get("", response_model=Hits, summary="Articles by their words")
def search_articles(request: Request, service: Injected, asked: Annotated[SearchFilters, Query()]) -> Response:
    """Articles whose title, text or evidence has all the words of `q`, the best first, with snippets.

    Words in quotation marks must stand side by side; a word with `*` behind it may go on. Case and accents do not
    matter. Words that very many articles have do not count in their order; where all are of that kind, the newest come
    first (`order`).
    """
    part = window(request, asked.limit, asked.cursor)
    words, filters = asked.words, asked.filters()
    with service.database.read() as connection:
        tag = list_tag(request, queries.change_count(connection), service.edition)
        if same := unchanged(request, tag):
            return same
        found = search.find_articles(connection, service.common_terms, words, filters, part)
        page = service.shown_page(Slice(hits.documents(found.items, words), found.after))
        total = search.count_articles(connection, words, filters) if asked.count else None
    return answer_page(request, page, total, tag=tag, more={"order": "rank" if found.ranked else "newest"})
