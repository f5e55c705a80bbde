"""Statements across articles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.direct import Direct
from app.api.filters import OneThing, StatementFilters
from app.api.lists import answer_thing, answer_things
from app.api.problems import documented
from app.api.service import Injected
from app.schemas.base import Page
from app.schemas.statements import StoredStatement
from app.store import tables

router = APIRouter(prefix="/statements", tags=["statements"], route_class=Direct, responses=documented(422, 503))


@router.get("", response_model=Page[StoredStatement], summary="Statements")
def list_statements(request: Request, service: Injected, asked: Annotated[StatementFilters, Query()]) -> Response:
    """Every statement that the filters let through, newest first unless `sort` says otherwise."""
    return answer_things(request, service, tables.statements, asked)


@router.get("/{statement}", response_model=StoredStatement, summary="One statement", responses=documented(404))
async def get_statement(
    request: Request, service: Injected, statement: str, asked: Annotated[OneThing, Query()]
) -> Response:
    """With its evidence and a link to the article that states it."""
    return await answer_thing(request, service, tables.statements, statement)
