"""Errors as `application/problem+json` (RFC 9457). The one place that turns what went wrong into an answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app.api.conditional import PreconditionFailed, PreconditionRequired
from app.ingest.fetch_errors import FetchFailed, FetchRefused
from app.ingest.jobs import NoRecords, RecordTooLong
from app.ingest.submission import BadField
from app.ingest.text import NotAnArticle
from app.ingest.workers import ExtractorDown, TaskFailed, TooManyTasks, WorkersDown
from app.schemas.documents import to_bytes
from app.schemas.service import Fault, Problem
from app.store.database import StoreError, TookTooLong
from app.store.position import ForeignPosition
from app.store.write import SameText, UnknownArticle

MEDIA_TYPE = "application/problem+json"

NO_DETAIL = {
    404: "nothing is served at this path; / lists what is",
    405: "this path does not answer to this method",
}
"""What to say where the framework itself refuses a request."""


STATUSES: dict[type[Exception], int] = {
    PreconditionFailed: 412,
    PreconditionRequired: 428,
    SameText: 409,
    NotAnArticle: 422,
    NoRecords: 422,
    RecordTooLong: 413,
    TaskFailed: 422,
    FetchRefused: 422,
    FetchFailed: 502,
    ExtractorDown: 502,
    TooManyTasks: 503,
    WorkersDown: 503,
}
"""Errors whose message is the detail; one that knows when to try again says so in `Retry-After`."""


BROKEN = "something went wrong here; the log has it under this request's id"
"""What to say where nothing else is known."""


class NotFound(Exception):
    """No such thing is stored."""

    def __init__(self, kind: str, thing: str) -> None:
        super().__init__(f"no {kind} has the id {thing!r}")


class Unprocessable(Exception):
    """A request whose values cannot be used: what is wrong with which."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.detail for fault in faults))
        self.faults = faults


def install(app: FastAPI) -> None:
    """Answer every error of the application with a problem."""
    app.add_exception_handler(NotFound, _not_found)
    app.add_exception_handler(Unprocessable, _unprocessable)
    app.add_exception_handler(ForeignPosition, _foreign_position)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(StoreError, _store_down)
    app.add_exception_handler(TookTooLong, _too_long)
    app.add_exception_handler(UnknownArticle, _unknown_article)
    app.add_exception_handler(BadField, _bad_field)
    app.add_exception_handler(Exception, _broken)
    for kind in STATUSES:
        app.add_exception_handler(kind, _by_status)


def problem(
    request: Request, status: int, detail: str, errors: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """The answer to a request that failed."""
    body = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        request_id=request.scope.get("state", {}).get("request_id", ""),
        errors=list(errors) or None,
    )
    return Response(to_bytes(body), status, headers, MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that an operation declares in OpenAPI."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


async def _not_found(request: Request, error: Exception) -> Response:
    return problem(request, 404, str(error))


async def _unprocessable(request: Request, error: Exception) -> Response:
    assert isinstance(error, Unprocessable)
    return problem(request, 422, str(error), error.faults)


async def _foreign_position(request: Request, _: Exception) -> Response:
    detail = "cursor is not one that this list gave with these filters and this order; start without it"
    return problem(request, 422, detail, [Fault(pointer="query/cursor", detail=detail)])


async def _unknown_article(request: Request, error: Exception) -> Response:
    return problem(request, 404, str(NotFound("article", error.args[0])))


async def _bad_field(request: Request, error: Exception) -> Response:
    assert isinstance(error, BadField)
    return problem(request, 422, str(error), [Fault(pointer=f"body/{error.name}", detail=str(error))])


async def _by_status(request: Request, error: Exception) -> Response:
    wait = getattr(error, "retry_after", None)
    headers = {"Retry-After": str(math.ceil(wait))} if wait is not None else None
    return problem(request, STATUSES[type(error)], str(error), headers=headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [Fault(pointer="/".join(map(str, fault["loc"])), detail=_in_words(fault)) for fault in error.errors()]
    return problem(request, 422, "; ".join(dict.fromkeys(fault.detail for fault in faults)), faults)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    detail = NO_DETAIL.get(error.status_code, phrase) if error.detail == phrase else error.detail
    headers = {"Allow": ", ".join(_allowed(request))} if error.status_code == 405 else error.headers
    return problem(request, error.status_code, detail, headers=headers)


def _allowed(request: Request) -> list[str]:
    """The methods that a path answers to: all of them (RFC 9110, section 10.2.1), where a route knows only its own."""
    scope = {**request.scope, "headers": []}
    routes = request.app.router.routes
    return [
        method
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE")
        if any(route.matches({**scope, "method": _ROUTED_AS.get(method, method)})[0] is Match.FULL for route in routes)
    ]


_ROUTED_AS = {"HEAD": "GET"}  # see `Requests`


async def _broken(request: Request, _: Exception) -> Response:
    return problem(request, 500, BROKEN)


async def _store_down(request: Request, error: Exception) -> Response:
    """Say no more than that: the message of the database may hold paths."""
    return problem(request, 503, "the store cannot be used at the moment", headers={"Retry-After": "5"})


async def _too_long(request: Request, error: Exception) -> Response:
    detail = "the store took too long to find that; ask for less, or by fewer words"
    return problem(request, 503, detail, headers={"Retry-After": "5"})


def _in_words(fault: Mapping[str, Any]) -> str:
    place, *names = fault["loc"]
    name = str(names[0]) if names else ""
    if fault["type"] == "extra_forbidden":
        return f"unknown {place} parameter {name!r}" if place == "query" else f"unknown field {name!r}"
    given = "" if fault["type"] == "missing" else f" is {str(fault['input'])[:100]!r}"
    message = str(fault["msg"]).removeprefix("Value error, ")
    message = f"{message[:1].lower()}{message[1:]}"
    return f"{name}{given}: {message}" if name else message
