"""Who wrote what: kept in the store before the answer is sent, and read with a key that may `admin`."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.access import AdminsOnly, key_of
from app.api.at_once import at_once_of
from app.api.filters import OneThing
from app.api.logs import ROOT
from app.api.problems import documented
from app.api.service import Injected
from app.schemas.audit import AuditOut
from app.schemas.base import Page
from app.schemas.documents import to_bytes
from app.store.audit import AuditEntry, entries_before, record
from app.store.database import Database, StoreError

log = logging.getLogger(f"{ROOT}.audit")

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
NOT_LET_IN = frozenset({401, 403, 404, 405})
"""Answers to those without a key that stand in the log of requests alone, so that nobody can fill the store."""

router = APIRouter(tags=["audit"], dependencies=[AdminsOnly], responses=documented(401, 403, 422, 503))


_EXAMPLE = {
    "items": [
        {
            "number": 7,
            "at": "2025-01-05T09:30:00Z",
            "who": "key 5f1c0a9d3e72",
            "address": "192.0.2.7",
            "action": "POST /articles",
            "target": "/articles/2025-01-05-harbour-talks",
            "status": 201,
            "request_id": "0b6d5e1c9a7f4e2d8c3b1a0f9e8d7c6b",
        }
    ],
    "next": "/audit?before=7&limit=1",
}
_SHOWN: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"example": _EXAMPLE}}}}


class AuditParameters(OneThing):
    """Which entries."""

    before: Annotated[int | None, Field(ge=1, le=2**31 - 1, description="Only entries with numbers below this.")] = None
    limit: Annotated[int, Field(ge=1, le=200, description="How many, at most.")] = 50


@router.get("/audit", response_model=Page[AuditOut], summary="Who wrote what", responses=_SHOWN)
def list_writes(request: Request, service: Injected, asked: Annotated[AuditParameters, Query()]) -> Response:
    """Every write that was let in, the latest first: who, from where, what, when, and the status of the answer.

    The key needs the scope `admin`. `next` leads to older entries.
    """
    with service.database.read() as connection:
        found = entries_before(connection, asked.before, asked.limit + 1)
    items = [AuditOut(number=number, **asdict(entry)) for number, entry in found[: asked.limit]]
    following = f"/audit?before={items[-1].number}&limit={asked.limit}" if len(found) > asked.limit else None
    body = to_bytes(Page[AuditOut](items=items, next=following))
    return Response(body, headers={"Cache-Control": "private, no-store"}, media_type="application/json")


class Audit:
    """Keeps an entry of each write, before whoever asked for it learns that it was done."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self._app = app
        self._database = database
        self.at_once = at_once_of(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["method"] not in WRITES or scope["path"] in ("/log-in", "/log-out"):
            await self._app(scope, receive, send)
            return

        async def recording(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._record(scope, message)
            await send(message)

        await self._app(scope, receive, recording)

    async def _record(self, scope: Scope, start: Message) -> None:
        key = key_of(scope)
        if key is None and start["status"] in NOT_LET_IN:
            return
        made = next((value.decode("latin-1") for name, value in start["headers"] if name.lower() == b"location"), None)
        client = scope.get("client")
        entry = AuditEntry(
            datetime.now(UTC),
            f"key {key.prefix}" if key else "anonymous",
            client[0] if client else "",
            f"{scope['method']} {scope['path']}"[:300],
            (made or scope["path"])[:300],
            start["status"],
            scope.get("state", {}).get("request_id", ""),
        )
        try:
            await run_in_threadpool(self._keep, entry)
        except StoreError as error:
            log.error("write not recorded", extra={"fields": {**asdict(entry), "reason": str(error)}})

    def _keep(self, entry: AuditEntry) -> None:
        with self._database.write() as connection:
            record(connection, entry)
