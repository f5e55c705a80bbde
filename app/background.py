"""What works behind the requests: the pool that reads articles, the seeds, the jobs and the feeds."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from app.api.logs import ROOT
from app.api.service import StartUp
from app.ingest.extractors import extractor_maker, longest_task
from app.ingest.fetch import Fetcher
from app.ingest.intake import Intake
from app.ingest.jobs import Jobs
from app.ingest.seeds import load_folder
from app.ingest.subscriptions import Subscriptions
from app.ingest.workers import Staff, TaskFailed, Workers, spare_cores
from app.settings import Settings
from app.store.database import Database, StoreError

log = logging.getLogger(f"{ROOT}.start")


@dataclass(frozen=True, slots=True)
class Background:
    """The parts that take articles in without being asked, and those that requests share with them."""

    settings: Settings
    database: Database
    workers: Workers
    fetcher: Fetcher
    intake: Intake
    jobs: Jobs
    feeds: Subscriptions | None
    start_up: StartUp = field(default_factory=StartUp)

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Background:
        """What the settings ask for, on this database. Nothing runs yet."""
        staff = Staff(settings.workers or spare_cores(), settings.niceness, settings.queue, longest_task(settings))
        workers = Workers(staff, settings.database_url, extractor_maker(settings))
        fetcher = Fetcher()
        intake = Intake(database, workers, fetcher if settings.fetch else None)
        feeds = Subscriptions(database, intake, fetcher, timedelta(minutes=settings.feed_interval))
        followed = feeds if settings.fetch and settings.feed_interval else None
        return cls(settings, database, workers, fetcher, intake, Jobs(database, workers), followed)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Loads the model and the seeds, works off jobs and polls feeds; all that stops after the block."""
        thread = threading.Thread(target=self._fill, name="start-up", daemon=True)
        thread.start()
        if self.settings.jobs:
            self.jobs.start()
        polling = [asyncio.create_task(self.feeds.run(), name="feeds")] if self.feeds else []
        async with self.fetcher:
            try:
                yield
            finally:
                for task in polling:
                    task.cancel()
                await asyncio.gather(*polling, return_exceptions=True)
        if self.settings.jobs:
            self.jobs.stop(self.settings.drain_seconds)
        thread.join(self.settings.drain_seconds)
        self.workers.close()

    def _fill(self) -> None:
        """Load the model, then the seeds. What fails is logged and stays among what is missing."""
        missing = self.start_up.missing
        try:
            self.workers.warm()
            del missing["model"]
            report = load_folder(self.database, self.workers, self.settings.seeds)
        except TaskFailed as error:
            missing["model"] = str(error)
            log.error("model not loaded", extra={"fields": {"reason": str(error)}})
            return
        except StoreError as error:
            missing["seeds"] = str(error)
            log.error("seeds not loaded", extra={"fields": {"reason": str(error)}})
            return
        for fault in report.faults:
            log.warning("seed not loaded", extra={"fields": {"reason": str(fault)}})
        self.start_up.warnings = [str(fault) for fault in report.faults]
        del missing["seeds"]
        counts = {"new": len(report.new), "replaced": len(report.replaced), "unchanged": report.unchanged}
        log.info("seeds loaded", extra={"fields": {**counts, "broken": len(report.faults)}})
