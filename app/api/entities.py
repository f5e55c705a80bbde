"""Entities across articles, and what concerns each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.direct import Direct
from app.api.filters import (
    CommitmentFilters,
    EntityFilters,
    OneThing,
    Paging,
    PartnerFilters,
    StatementFilters,
)
from app.api.lists import answer_mentions_of_entity, answer_partners, answer_thing, answer_things
from app.api.problems import documented
from app.api.service import Injected
from app.schemas.base import Page
from app.schemas.commitments import StoredCommitment
from app.schemas.entities import EntityOut, MentionWithEntity
from app.schemas.statements import StoredStatement
from app.schemas.summary import PartnerOut
from app.store import tables

router = APIRouter(prefix="/entities", tags=["entities"], route_class=Direct, responses=documented(422, 503))


@router.get("", response_model=Page[EntityOut], summary="Entities")
def list_entities(request: Request, service: Injected, asked: Annotated[EntityFilters, Query()]) -> Response:
    """Persons, organisations, countries, places, groups and events that any article names."""
    return answer_things(request, service, tables.entities, asked)


@router.get("/{entity}", response_model=EntityOut, summary="One entity", responses=documented(404))
async def get_entity(request: Request, service: Injected, entity: str, asked: Annotated[OneThing, Query()]) -> Response:
    """Its names, its roles with the articles that say so, and how often it is mentioned."""
    return await answer_thing(request, service, tables.entities, entity)


@router.get(
    "/{entity}/mentions",
    response_model=Page[MentionWithEntity],
    summary="Where an entity is mentioned",
    responses=documented(404),
)
def list_entity_mentions(
    request: Request, service: Injected, entity: str, asked: Annotated[Paging, Query()]
) -> Response:
    """Every mention, by the articles' ids and in the order of their text."""
    return answer_mentions_of_entity(request, service, entity, asked)


@router.get(
    "/{entity}/statements",
    response_model=Page[StoredStatement],
    summary="What an entity says, and what is said of it",
    responses=documented(404),
)
def list_entity_statements(
    request: Request, service: Injected, entity: str, asked: Annotated[StatementFilters, Query()]
) -> Response:
    """Statements that it makes or that mention it; `speaker` narrows them to its own."""
    return answer_things(request, service, tables.statements, asked, below=entity)


@router.get(
    "/{entity}/commitments",
    response_model=Page[StoredCommitment],
    summary="Commitments that concern an entity",
    responses=documented(404),
)
def list_entity_commitments(
    request: Request, service: Injected, entity: str, asked: Annotated[CommitmentFilters, Query()]
) -> Response:
    """Those it is a party to or speaks of; for a country also those of parties that act for it."""
    return answer_things(request, service, tables.commitments, asked, below=entity)


@router.get(
    "/{entity}/partners",
    response_model=Page[PartnerOut],
    summary="Whom an entity cooperates with",
    responses=documented(404),
)
def list_entity_partners(
    request: Request, service: Injected, entity: str, asked: Annotated[PartnerFilters, Query()]
) -> Response:
    """The other sides of its commitments, how many there are and how firm they are, those with most first.

    For a country these are the commitments of all parties that act for it. A side is a state, for whoever acts for it,
    or an entity without one.
    """
    return answer_partners(request, service, entity, asked)
