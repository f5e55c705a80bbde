"""Articles and the facts of each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.direct import Direct
from app.api.filters import ArticleFilters, ArticleForm, FactsPaging, OneList
from app.api.lists import (
    answer_article,
    answer_facts,
    answer_mentions_of_article,
    answer_same_story,
    answer_things,
)
from app.api.problems import documented
from app.api.service import Injected
from app.schemas.articles import ArticleListing, ArticleOut, Telling
from app.schemas.base import Page
from app.schemas.commitments import StoredCommitment
from app.schemas.entities import ArticleEntity, MentionWithEntity
from app.schemas.statements import StoredStatement
from app.store import tables

router = APIRouter(prefix="/articles", tags=["articles"], route_class=Direct, responses=documented(422, 503))

Asked = Annotated[FactsPaging, Query()]


@router.get("", response_model=Page[ArticleListing], summary="Articles, without their text")
def list_articles(request: Request, service: Injected, asked: Annotated[ArticleFilters, Query()]) -> Response:
    """Every article that the filters let through, newest first unless `sort` says otherwise."""
    return answer_things(request, service, tables.articles, asked)


@router.get("/{article}", response_model=ArticleOut, summary="One article", responses=documented(404))
async def get_article(
    request: Request, service: Injected, article: str, asked: Annotated[ArticleForm, Query()]
) -> Response:
    """Its text, where it was published, and how many facts it holds. All offsets of facts count this text."""
    return await answer_article(request, service, article, asked)


@router.get(
    "/{article}/entities",
    response_model=Page[ArticleEntity],
    summary="Who and what an article names",
    responses=documented(404),
)
async def list_article_entities(request: Request, service: Injected, article: str, asked: Asked) -> Response:
    """Each person, organisation, country, place, group and event, with every mention, in the order of the text."""
    return await answer_facts(request, service, tables.entities, article, asked)


@router.get(
    "/{article}/mentions",
    response_model=Page[MentionWithEntity],
    summary="Words of an article that refer to entities",
    responses=documented(404),
)
def list_article_mentions(request: Request, service: Injected, article: str, asked: Asked) -> Response:
    """Names, titles, demonyms, pronouns and nominals, in the order of the text."""
    return answer_mentions_of_article(request, service, article, asked)


@router.get(
    "/{article}/statements",
    response_model=Page[StoredStatement],
    summary="Who says what in an article",
    responses=documented(404),
)
async def list_article_statements(request: Request, service: Injected, article: str, asked: Asked) -> Response:
    """Every attributed statement with its speakers, reporting words and content, in the order of the text."""
    return await answer_facts(request, service, tables.statements, article, asked)


@router.get(
    "/{article}/commitments",
    response_model=Page[StoredCommitment],
    summary="Commitments stated in an article",
    responses=documented(404),
)
async def list_article_commitments(request: Request, service: Injected, article: str, asked: Asked) -> Response:
    """Every act of cooperation with parties, stage, form, speaker and evidence, in the order of the text."""
    return await answer_facts(request, service, tables.commitments, article, asked)


@router.get(
    "/{article}/same-story",
    response_model=Page[Telling],
    summary="Near duplicates of an article",
    responses=documented(404),
)
def list_same_story(request: Request, service: Injected, article: str, asked: Annotated[OneList, Query()]) -> Response:
    """Other articles that tell the story in much the same words, the most similar first: all there are, in one page.

    They are kept apart: each has its own text and facts.
    """
    return answer_same_story(request, service, article, asked)
