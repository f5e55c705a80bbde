"""The way in, and whether the service is well."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from app.api.conditional import answer_document
from app.api.filters import NoParameters, OneThing
from app.api.problems import documented
from app.api.service import DESCRIPTION, Injected, Service
from app.schemas.documents import to_bytes
from app.schemas.service import Index, Live, Readiness
from app.store.database import StoreError
from app.store.jobs import are_stalled

OK = "ok"
STALLED = "jobs wait, and nobody works them off"

router = APIRouter(tags=["service"], responses=documented(422))

PATHS = {
    "articles": "/articles",
    "entities": "/entities",
    "statements": "/statements",
    "commitments": "/commitments",
    "search": "/search?q=cooperation",
    "summary": "/summary",
    "live": "/health/live",
    "ready": "/health/ready",
    "documentation": "/docs",
    "reference": "/redoc",
    "metrics": "/metrics",
    "openapi": "/openapi.json",
}


@router.get("/", response_model=Index, summary="What is here")
async def get_index(request: Request, service: Injected, asked: Annotated[OneThing, Query()]) -> Response:
    """Name, version, and the paths of everything else."""
    index = Index(name="Entente", version=service.version, description=DESCRIPTION, links=PATHS)
    return answer_document(request, to_bytes(index))


@router.get("/health/live", response_model=Live, summary="Whether the process is up")
async def get_live(asked: Annotated[OneThing, Query()]) -> Live:
    """Answers as long as the process can."""
    return Live(status="up")


@router.get(
    "/health/ready",
    response_model=Readiness,
    summary="Whether everything is loaded",
    responses={503: {"model": Readiness, "description": "Something is missing: `checks` names it."}},
)
def get_ready(service: Injected, response: Response, asked: Annotated[OneThing, Query()]) -> Readiness:
    """The store can be read and is migrated, seeds and model are loaded, nothing stops it: else what fails is named.

    What stops no answer is a warning: a seed file that is broken, jobs that nobody works off.
    """
    store, start_up = _store_checks(service), service.start_up
    missing = start_up.missing | ({"service": "is being stopped"} if service.stopping.is_set() else {})
    missing = {**missing, **{name: fault for name, fault in store.items() if fault not in (OK, STALLED)}}
    response.status_code = 503 if missing else 200
    return Readiness(
        status="not ready" if missing else "ready",
        checks={**store, **start_up.checks, **missing},
        warnings=[*start_up.warnings, *([f"queue: {STALLED}"] if store["queue"] == STALLED else [])],
    )


def _store_checks(service: Service) -> dict[str, str]:
    unknown = "not known while the store cannot be read"
    try:
        if not service.database.is_migrated():
            return {"store": OK, "migrations": "not applied", "queue": OK}
        with service.database.read() as connection:
            queue = STALLED if are_stalled(connection) else OK
    except StoreError:
        return {"store": "cannot be read; the log says why", "migrations": unknown, "queue": unknown}
    return {"store": OK, "migrations": OK, "queue": queue}


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    summary="Figures for Prometheus",
    responses={200: {"description": "What the service does and holds, in Prometheus' text format."}},
)
def get_metrics(request: Request, service: Injected, asked: Annotated[NoParameters, Query()]) -> Response:
    """Requests by route, seconds of extraction, what waits, what is stored, and the processes."""
    body, media_type = service.metrics.exposition(request.headers.get("accept", ""))
    return Response(body, media_type=media_type)
