"""Commitments across articles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.direct import Direct
from app.api.filters import CommitmentFilters, OneThing
from app.api.lists import answer_thing, answer_things
from app.api.problems import documented
from app.api.service import Injected
from app.schemas.base import Page
from app.schemas.commitments import StoredCommitment
from app.store import tables

router = APIRouter(prefix="/commitments", tags=["commitments"], route_class=Direct, responses=documented(422, 503))


@router.get("", response_model=Page[StoredCommitment], summary="Commitments")
def list_commitments(request: Request, service: Injected, asked: Annotated[CommitmentFilters, Query()]) -> Response:
    """Every commitment that the filters let through, newest first unless `sort` says otherwise."""
    return answer_things(request, service, tables.commitments, asked)


@router.get("/{commitment}", response_model=StoredCommitment, summary="One commitment", responses=documented(404))
async def get_commitment(
    request: Request, service: Injected, commitment: str, asked: Annotated[OneThing, Query()]
) -> Response:
    """With its evidence and a link to the article that states it."""
    return await answer_thing(request, service, tables.commitments, commitment)
