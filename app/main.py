"""The application: the store, the routes, and what happens on start."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.routing import APIRoute

from app.api import (
    article_writes,
    articles,
    commitments,
    docs,
    entities,
    health,
    jobs,
    problems,
    search,
    statements,
    summary,
    traces,
)
from app.api.access import Access
from app.api.hot import HotAnswers
from app.api.logs import ROOT
from app.api.metrics import Figures, Metrics
from app.api.middleware import Requests
from app.api.service import DESCRIPTION, Service, StartUp
from app.extraction.extractor import DISTRIBUTION, ExtractorName
from app.language.pipeline import model_version
from app.reader import pages
from app.settings import Settings, shipped
from app.store.database import Database, StoreError
from app.store.points import Points

if TYPE_CHECKING:
    from app.ingest.fetch import Fetcher
    from app.ingest.intake import Intake
    from app.ingest.jobs import Jobs
    from app.ingest.subscriptions import Subscriptions
    from app.ingest.workers import Workers

log = logging.getLogger(f"{ROOT}.start")

RESOURCES = (articles, entities, statements, commitments, search, summary, jobs, health)


def create_app(settings: Settings) -> FastAPI:
    """The service. Its start migrates the database and then, in the background, loads the model and the seeds.

    Raises `SettingsError` for settings that contradict one another.
    """
    access = Access.of(settings)
    database = Database(settings.database_url, shipped("migrations"))
    taking_in = None if settings.read_only else _taking_in(settings, database)
    start_up = StartUp.of_reader() if settings.read_only else StartUp()
    points = Points(database)
    intake, working = (taking_in.intake, taking_in.jobs) if taking_in else (None, None)
    provider = traces.tracing(settings)
    metrics = Metrics(Figures(database, _build(settings, intake)))
    service = Service(
        database, points, intake, working, access, start_up, metrics, version(DISTRIBUTION), settings.serve_text
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.enter_context(traces.sending(provider))
            await stack.enter_async_context(metrics.told())
            if taking_in is None:
                database.require_current()
            else:
                database.migrate()
                await stack.enter_async_context(taking_in.at_work(settings, service))
            yield
        points.close()
        database.close()

    app = FastAPI(
        title="Entente",
        version=service.version,
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
        telemetry={"tracing": provider is not None, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.service = service
    pages.install(app, taking_in=not settings.read_only)
    for resource in RESOURCES:
        app.include_router(resource.router)
    if not settings.read_only:
        app.include_router(article_writes.router)
        app.include_router(jobs.writes)
    docs.install(app)
    pages.install_lost(app)
    problems.install(app)
    if settings.cache_mb:
        app.add_middleware(HotAnswers, state=points.state, capacity=settings.cache_mb << 20)
    app.add_middleware(Requests, counted=metrics.requests)
    return app


@dataclass(frozen=True, slots=True)
class _TakingIn:
    """What takes articles in."""

    intake: Intake
    jobs: Jobs
    fetcher: Fetcher
    feeds: Subscriptions | None

    @asynccontextmanager
    async def at_work(self, settings: Settings, service: Service) -> AsyncIterator[None]:
        """Loads the model and the seeds in the background, works off jobs and polls feeds while the service serves.

        All that stops at the end.
        """
        fill = partial(_fill, settings, service, self.intake.workers)
        thread = threading.Thread(target=fill, name="start-up", daemon=True)
        thread.start()
        self.jobs.start()
        polling = [asyncio.create_task(self.feeds.run(), name="feeds")] if self.feeds else []
        async with self.fetcher:
            try:
                yield
            finally:
                for task in polling:
                    task.cancel()
                await asyncio.gather(*polling, return_exceptions=True)
        self.jobs.stop(settings.drain_seconds)
        thread.join(settings.drain_seconds)
        self.intake.workers.close()


def _taking_in(settings: Settings, database: Database) -> _TakingIn:
    """Imported only where anything is taken in: a worker that only reads does without all that."""
    from app.ingest.extractors import extractor_maker, longest_task
    from app.ingest.fetch import Fetcher
    from app.ingest.intake import Intake
    from app.ingest.jobs import Jobs
    from app.ingest.subscriptions import Subscriptions
    from app.ingest.workers import Staff, Workers, spare_cores

    staff = Staff(settings.workers or spare_cores(), settings.niceness, settings.queue, longest_task(settings))
    workers = Workers(staff, settings.database_url, extractor_maker(settings))
    fetcher = Fetcher()
    intake = Intake(database, workers, fetcher if settings.fetch else None)
    feeds = Subscriptions(database, intake, fetcher, timedelta(minutes=settings.feed_interval))
    followed = feeds if settings.fetch and settings.feed_interval else None
    return _TakingIn(intake, Jobs(database, workers), fetcher, followed)


def _build(settings: Settings, intake: Intake | None) -> dict[str, str]:
    """What serves here, as labels."""
    reads = intake and settings.extractor is ExtractorName.ENTENTE
    return {
        "version": version(DISTRIBUTION),
        "extractor": intake.workers.name if intake else "none",
        "model": model_version(settings.language_model) if reads else "none",
    }


def _operation_id(route: APIRoute) -> str:
    return route.name


def _fill(settings: Settings, service: Service, workers: Workers) -> None:
    """Load the model, then the seeds. What fails is logged and stays among what is missing."""
    from app.ingest.seeds import load_folder
    from app.ingest.workers import TaskFailed

    start_up = service.start_up
    try:
        workers.warm()
        del start_up.missing["model"]
        report = load_folder(service.database, workers, settings.seeds)
    except TaskFailed as error:
        start_up.missing["model"] = str(error)
        log.error("model not loaded", extra={"fields": {"reason": str(error)}})
        return
    except StoreError as error:
        start_up.missing["seeds"] = str(error)
        log.error("seeds not loaded", extra={"fields": {"reason": str(error)}})
        return
    for fault in report.faults:
        log.warning("seed not loaded", extra={"fields": {"reason": str(fault)}})
    start_up.warnings = [str(fault) for fault in report.faults]
    del start_up.missing["seeds"]
    counts = {"new": len(report.new), "replaced": len(report.replaced), "unchanged": report.unchanged}
    log.info("seeds loaded", extra={"fields": {**counts, "broken": len(report.faults)}})
