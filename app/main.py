"""The application: the store, the routes, and what happens on start."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.api import (
    article_writes,
    articles,
    audit,
    commitments,
    docs,
    entities,
    health,
    jobs,
    problems,
    search,
    statements,
    summary,
    threads,
    traces,
)
from app.api.access import Access
from app.api.at_once import AtOnce, Whole, at_once_of, never
from app.api.audit import Audit
from app.api.gate import Gate
from app.api.hot import HotAnswers
from app.api.identity import Keys
from app.api.limits import Limits
from app.api.metrics import Figures, Metrics, build_of
from app.api.middleware import Requests
from app.api.service import DESCRIPTION, Service, StartUp
from app.api.straight import Straight
from app.api.threads import Threads
from app.extraction.extractor import DISTRIBUTION
from app.reader import log_in, pages
from app.settings import Settings, all_cores, shipped
from app.store.database import Database
from app.store.points import Points

if TYPE_CHECKING:
    from app.background import Background
    from app.ingest.intake import Intake
    from app.ingest.jobs import Inbox
    from app.ingest.lending import Borrower, Line

RESOURCES = (articles, entities, statements, commitments, search, summary, jobs, health, audit)


def create_app(settings: Settings, line: Line | None = None, counted_at: Path | None = None) -> FastAPI:
    """The service. Its start migrates the database and then, in the background, loads the model and the seeds.

    With a ``line`` another process does all that, and lends what takes articles in; ``counted_at`` is where one counts
    requests against their rates. Raises `SettingsError` for settings that contradict one another.
    """
    access = Access.of(settings)
    database = Database(settings.database_url, shipped("migrations"), longest=settings.query_seconds)
    parts = _parts(settings, database, line)
    points = Points(database)
    provider = traces.tracing(settings)
    metrics = Metrics(Figures(database, build_of(settings, parts.intake.workers.name if parts.intake else None)))
    service = Service(
        database,
        points,
        parts.intake,
        parts.inbox,
        access,
        parts.progress,
        metrics,
        version(DISTRIBUTION),
        settings.serve_text,
        Threads(max(2, all_cores()) if points.on_loop else threads.MOST),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.enter_context(traces.sending(provider))
            await stack.enter_async_context(metrics.told())
            if parts.background is None:
                database.require_current()
            else:
                database.migrate()
                await stack.enter_async_context(parts.background.at_work())
            yield
        service.threads.close()
        points.close()
        database.close()

    app = _described(service.version, lifespan, traced=provider is not None)
    app.state.service = service
    _route(app, settings)
    routes = [route for resource in RESOURCES for route in resource.router.routes]
    app.add_middleware(Straight, routes=routes, on_loop=points.on_loop)
    if settings.cache_mb:
        app.add_middleware(HotAnswers, state=points.state, capacity=settings.cache_mb << 20)
    _guard(app, settings, access, Keys(database, points.state), Limits.of(settings, counted_at), database)
    app.add_middleware(Requests, counted=metrics.requests)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    return app


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def _described(version: str, lifespan: Lifespan, *, traced: bool) -> FastAPI:
    """The application without routes, with what its specification says of the whole."""
    app = _Application(
        title="Entente",
        version=version,
        description=DESCRIPTION,
        license_info={"name": "MIT", "url": "https://spdx.org/licenses/MIT.html"},
        openapi_tags=[
            {"name": r.router.tags[0], "description": (r.__doc__ or "").strip()}
            for r in sorted(RESOURCES, key=lambda r: r.router.tags)
        ],
        generate_unique_id_function=_operation_id,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry={"tracing": traced, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.is_traced = traced
    return app


def _route(app: FastAPI, settings: Settings) -> None:
    """Pages first, since they share their addresses with resources; what answers for unknown addresses last."""
    pages.install(app, taking_in=not settings.read_only)
    for resource in RESOURCES:
        app.include_router(resource.router)
    if not settings.read_only:
        app.include_router(article_writes.router)
        app.include_router(jobs.writes)
    docs.install(app)
    pages.install_lost(app)
    problems.install(app)


class _Application(FastAPI):
    """Has our layers outside of the framework's own, so that what these answer does without those."""

    is_traced = False
    _outermost: AtOnce = staticmethod(never)

    def at_once(self, scope: Scope) -> Whole | None:
        """See `app.api.at_once`. Requests that are traced are not answered so: the framework makes their spans."""
        if self.is_traced:
            return None
        scope["app"] = self
        return self._outermost(scope)

    def build_middleware_stack(self) -> ASGIApp:
        """All layers, the routes innermost."""
        ours, self.user_middleware = self.user_middleware, []
        stack = super().build_middleware_stack()
        self.user_middleware = ours
        for layer, given, named in reversed(ours):
            stack = layer(stack, *given, **named)
        self._outermost = at_once_of(stack)
        return stack


def _guard(
    app: FastAPI, settings: Settings, access: Access, keys: Keys, limits: Limits | None, database: Database
) -> None:
    """Decide who gets in, outside of answers that are kept and inside of the log of requests."""
    if not settings.read_only:
        app.add_middleware(Audit, database=database)
    app.add_middleware(
        Gate,
        settings=settings,
        access=access,
        keys=keys,
        limits=limits,
        invite=log_in.invite,
    )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "HEAD", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match", "X-Request-ID"],
            expose_headers=["ETag", "Link", "Location", "X-Request-ID", "RateLimit", "RateLimit-Policy", "Retry-After"],
        )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What takes articles in, how far that has come, and what does it where this process does."""

    progress: Callable[[], StartUp]
    intake: Intake | None = None
    inbox: Inbox | None = None
    background: Background | None = None


def _parts(settings: Settings, database: Database, line: Line | None) -> _Parts:
    """Imported only where anything is taken in: a process that only reads does without all that."""
    if settings.read_only:
        return _Parts(StartUp.of_reader)
    from app.ingest.intake import Intake
    from app.ingest.jobs import Inbox

    if line:
        from app.ingest.lending import Borrower

        borrower = Borrower(line)
        intake = Intake(database, borrower, borrower if settings.fetch else None)
        return _Parts(partial(_progress_elsewhere, borrower), intake, Inbox(database))
    from app.background import Background

    background = Background.of(settings, database)
    inbox = Inbox(database, background.jobs.wake)
    return _Parts(background.start_up.as_it_is, background.intake, inbox, background)


def _progress_elsewhere(borrower: Borrower) -> StartUp:
    from app.ingest.workers import TaskFailed

    try:
        progress = borrower.status()
    except TaskFailed as gone:
        return StartUp(missing={"model": str(gone)})
    assert isinstance(progress, StartUp)
    return progress


def _operation_id(route: APIRoute) -> str:
    return route.name
