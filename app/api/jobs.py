"""Jobs: many articles handed in at once, and how far they have come."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response

from app.api.access import WritersOnly
from app.api.bodies import LONGEST_ARTICLE, LONGEST_BULK, read_chunks, require_media_type
from app.api.conditional import answer_document
from app.api.filters import OneThing
from app.api.problems import NotFound, documented
from app.api.service import Injected, Service
from app.schemas.documents import to_bytes
from app.schemas.jobs import JobLinks, JobOut, RefusedRecord
from app.schemas.writes import EXAMPLE
from app.store.jobs import Job, find_job

router = APIRouter(tags=["jobs"], responses=documented(422, 503))
writes = APIRouter(tags=["jobs"], dependencies=[WritersOnly], responses=documented(401, 403, 413, 415, 422, 503))

MOST_REFUSALS = 1000
MEDIA_TYPES = ("application/x-ndjson", "application/jsonl", "application/x-jsonlines")

_EXAMPLE = {
    "id": "j-5f1c0a9d3e72",
    "state": "done",
    "created_at": "2025-01-05T09:30:00Z",
    "finished_at": "2025-01-05T09:36:10Z",  # a null would be left out of the specification, and the example invalid
    "total": 313,
    "new": 310,
    "known": 2,
    "refused": 1,
    "refusals": [{"line": 17, "reason": "published is '8 August'; a day such as 2024-08-08 is wanted"}],
    "links": {"self": "/jobs/j-5f1c0a9d3e72"},
}
_SHOWN = {"content": {"application/json": {"example": _EXAMPLE}}}
_LINES = {
    "schema": {"type": "string", "description": "One article as JSON on each line."},
    "example": orjson.dumps(EXAMPLE).decode(),
}


@writes.post(
    "/articles/bulk",
    response_model=JobOut,
    status_code=202,
    summary="Hand in many articles",
    responses={202: _SHOWN},
    openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(MEDIA_TYPES, _LINES)}},
)
async def add_articles(request: Request, service: Injected) -> Response:
    """JSON Lines of what `POST /articles` takes, except that nothing is fetched: text or html is required.

    All of them are stored before the answer comes, and are worked off after it, across restarts. `Location` names the
    job to ask how far that is.
    """
    require_media_type(request, *MEDIA_TYPES)
    job = await service.taking_jobs.receive(read_chunks(request, LONGEST_BULK), LONGEST_ARTICLE)
    found = await service.threads.run(_job, service, job)
    return Response(to_bytes(_out(found)), 202, {"Location": f"/jobs/{job}"}, "application/json")


@router.get(
    "/jobs/{job}", response_model=JobOut, summary="How far a job is", responses={200: _SHOWN, **documented(404)}
)
def get_job(request: Request, service: Injected, job: str, asked: Annotated[OneThing, Query()]) -> Response:
    """Counts of what became of its records, and which were refused, and why. Jobs are kept for 30 days."""
    return answer_document(request, to_bytes(_out(_job(service, job))))


def _job(service: Service, job: str) -> Job:
    with service.database.read() as connection:
        found = find_job(connection, job, MOST_REFUSALS)
    if found is None:
        raise NotFound("job", job)
    return found


def _out(job: Job) -> JobOut:
    return JobOut(
        id=job.id,
        state=job.state,
        created_at=job.created_at,
        finished_at=job.finished_at,
        total=job.total,
        new=job.new,
        known=job.known,
        refused=job.refused,
        refusals=[RefusedRecord(line=line, reason=reason) for line, reason in job.refusals],
        links=JobLinks(self=f"/jobs/{job.id}"),
    )
