"""Counts of commitments for charts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.conditional import answer_document, list_tag, unchanged
from app.api.direct import Direct
from app.api.filters import SummaryFilters
from app.api.problems import documented
from app.api.service import Injected
from app.schemas.documents import to_bytes
from app.schemas.summary import SummaryOut
from app.store import queries, summary

router = APIRouter(prefix="/summary", tags=["summary"], route_class=Direct, responses=documented(422, 503))


@router.get("", response_model=SummaryOut, summary="How many commitments, of which kind, when, between whom")
def get_summary(request: Request, service: Injected, asked: Annotated[SummaryFilters, Query()]) -> Response:
    """Counts by form, stage, month and pair of sides of the commitments that the filters let through.

    A commitment of three sides counts for each of their three pairs.
    """
    with service.database.read() as connection:
        tag = list_tag(request, queries.change_count(connection), service.edition)
        if same := unchanged(request, tag):
            return same
        found = summary.summary(connection, asked.filters(), asked.limit)
    return answer_document(request, to_bytes(found), tag=tag)
