"""Working off the queue of a PostgreSQL store, beside any number of others: see `app.store.job_tasks`.

Who works says every few seconds that it lives; what those had who have fallen silent is put back for others. So a task
may be done twice, also at the same time, and what it does must bear that.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.store.backend import in_one_line
from app.store.database import StoreError
from app.store.job_tasks import QUEUE, TASK

if TYPE_CHECKING:
    from procrastinate import App

WorkOff = Callable[[int, int, int], bool]
"""Works off the records of a job, by its number, from one line to another; says whether none is left of them."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How often a worker says that it lives, and after how long a silence it counts as dead, both in seconds."""

    beat: float = 2.0
    silence: float = 10.0


LOOK_SECONDS = 2.0
"""How often the queue is looked into; of new tasks it tells by itself, of those put back it does not."""

STOP_SECONDS = 0.1
"""How often a worker looks whether it is to stop."""

AGAIN_SECONDS = 1
"""After how long a task may be tried again that was not finished."""

CONNECT_SECONDS = 10.0
CONNECTIONS = 2
"""Connections of a worker to its queue; besides these one that listens, and those that it writes through."""


class _NotFinished(Exception):
    """The worker was told to stop before all of a task was done."""


def work(address: str, work_off: WorkOff, at_once: int, pulse: Pulse, stopping: threading.Event) -> None:
    """Work off what is in the queue, so many tasks at once, until ``stopping``; what is under way then is finished.

    Raises what ``work_off`` raises, after the task was put back, and `StoreError` where the queue is out of reach.
    """
    # What goes wrong is raised from here.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    asyncio.run(_Shift(address, work_off, at_once, pulse, stopping).work())


@dataclass
class _Shift:
    address: str
    work_off: WorkOff
    at_once: int
    pulse: Pulse
    stopping: threading.Event

    def __post_init__(self) -> None:
        self._failures: list[Exception] = []

    async def work(self) -> None:
        from procrastinate.exceptions import ConnectorException

        # A task that could not be marked as done or put back: the library leaves it to the loop to tell.
        asyncio.get_running_loop().set_exception_handler(lambda _, said: self._note(said.get("exception")))
        try:
            async with self._app().open_async() as app:
                await self._work(app)
        except ConnectorException as error:
            self._note(error)
        if not self._failures:
            return
        failure = self._failures[0]
        if isinstance(failure, ConnectorException):
            reason = in_one_line(failure.__cause__ or failure)
            raise StoreError(f"the queue of jobs cannot be used: {reason}") from failure
        raise failure

    async def _work(self, app: App) -> None:
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=self.at_once,
                fetch_job_polling_interval=LOOK_SECONDS,
                delete_jobs="successful",
                install_signal_handlers=False,
                update_heartbeat_interval=self.pulse.beat,
                stalled_worker_timeout=self.pulse.silence,
            )
        )
        try:
            await self._tend(app, working)
        finally:
            if working.done():
                self._note(working.exception() or StoreError("the connection to the queue of jobs was lost"))
            else:
                working.cancel()  # it finishes what is under way
                (ended,) = await asyncio.gather(working, return_exceptions=True)
                self._note(ended)

    async def _tend(self, app: App, working: asyncio.Task[None]) -> None:
        """Put back what the dead had, until there is a reason to stop."""
        due = time.monotonic()
        while not (self.stopping.is_set() or self._failures or working.done()):
            if time.monotonic() >= due:
                await self._put_back(app)
                due = time.monotonic() + self.pulse.beat
            await asyncio.sleep(STOP_SECONDS)

    async def _put_back(self, app: App) -> None:
        from procrastinate.exceptions import ConnectorException

        for task in await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=self.pulse.silence):
            with suppress(
                ConnectorException
            ):  # another worker was quicker; if the server is gone, the next look says so
                await app.job_manager.retry_job(task)

    def _app(self) -> App:
        from procrastinate import App, PsycopgConnector, RetryStrategy

        app = App(
            connector=PsycopgConnector(conninfo=self.address, min_size=1, max_size=CONNECTIONS, timeout=CONNECT_SECONDS)
        )
        app.task(name=TASK, queue=QUEUE, retry=RetryStrategy(wait=AGAIN_SECONDS))(self._do)
        return app

    def _do(self, job: int, first: int, last: int) -> None:
        """One task, in a thread of its own."""
        try:
            finished = self.work_off(job, first, last)
        except Exception as error:
            self._failures.append(error)
            raise
        if not finished:
            raise _NotFinished

    def _note(self, ended: Any) -> None:
        if isinstance(ended, Exception):
            self._failures.append(ended)
