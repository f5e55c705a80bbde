"""Worker processes that read what is handed in and extract its facts, so that whoever serves or writes is not held up.

Each has the extractor loaded once. One that takes too long or dies is replaced, and costs no other task anything.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait
from typing import ParamSpec, TypeVar

from pebble import CONSTS, ProcessExpired, ProcessPool

from app.domain.article import Article
from app.domain.facts import Facts
from app.extraction.extractor import EntenteExtractor, ExtractionFailed, Extractor
from app.ingest.metrics import EXTRACTIONS_FAILED, EXTRACTIONS_WAITING
from app.ingest.pool import Pool
from app.settings import all_cores, shipped
from app.store.database import Database

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
Parameters = ParamSpec("Parameters")

MakeExtractor = Callable[[], Extractor]
"""Makes the extractor of a worker process; must be importable there."""

LONGEST_TASK = 120.0
"""Seconds after which a task is given up; reading 100,000 characters takes some, of a worst case tens."""

LOCKED_AT_MOST = 2.0
"""Seconds after which a worker takes it that another died with their common lock, which is held for microseconds."""


ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
"""What workers inherit, unless whoever starts the service sets them: NumPy's libraries would else have a thread for
each core in every worker, and two workers on two cores would do less than one on one."""

BROKEN = (TimeoutError, ProcessExpired, BrokenProcessPool, CancelledError, ExtractionFailed)
"""What a task's future raises where not the task is at fault but the worker, or what it asks: see `failure`."""

DIED = (ProcessExpired, BrokenProcessPool)
"""Those after which a task is tried once more: the worker may have died of something else, such as a lack of memory."""


class TooManyTasks(Exception):
    """The workers have as much before them as they may; ``retry_after`` is in how many seconds to ask again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"more is waiting to be read than may wait; try again in {self.retry_after} s"


class TaskFailed(Exception):
    """A worker did not finish a task; the message says why."""


class WorkersDown(TaskFailed, ExtractionFailed):
    """The workers do not start, or are being stopped; the task may be done later."""

    retry_after = 5


class ExtractorDown(TaskFailed, ExtractionFailed):
    """What the extractor depends on failed; the same task may succeed later."""


@dataclass(frozen=True, slots=True)
class Staff:
    """How many workers there are, and how far they step back (nice).

    ``most_waiting`` tasks may wait or be under way for callers that can be turned away; none may take longer than
    ``longest`` seconds.
    """

    workers: int
    nice: int = 0
    most_waiting: int = 32
    longest: float = LONGEST_TASK


def spare_cores() -> int:
    """The cores that this process may use, less the one that serves; at least one."""
    return max(1, all_cores() - 1)


class Workers:
    """A pool of worker processes. They start with the first task; `close` ends them."""

    def __init__(self, staff: Staff, store: str, make: MakeExtractor = EntenteExtractor) -> None:
        """``store`` is the URL of the database that tasks may look into."""
        for variable in ONE_THREAD:
            os.environ.setdefault(variable, "1")
        self.staff = staff
        self.name = make().name
        make_pool = partial(
            ProcessPool,
            max_workers=staff.workers,
            initializer=_start,
            initargs=(make, staff.nice, store),
            context=multiprocessing.get_context("spawn"),
        )
        self._pool = Pool(make_pool, staff.longest)
        self.is_open = True
        self._waiting = 0
        self._seconds = 1.0  # what a task takes, as an average that forgets

    def submit(
        self, task: Callable[Parameters, ResultT], *args: Parameters.args, **named: Parameters.kwargs
    ) -> Future[ResultT]:
        """Have a task done. Its future raises what the task raises, or what `failure` puts into words."""
        return self._scheduled(self.staff.longest, partial(task, *args, **named))

    def submit_batch(self, task: Callable[[Sequence[ItemT]], ResultT], items: Sequence[ItemT]) -> Future[ResultT]:
        """Have a task done with many items, which may take as many times as long."""
        return self._scheduled(self.staff.longest * max(1, len(items)), partial(task, items))

    def _scheduled(self, longest: float, task: Callable[[], ResultT]) -> Future[ResultT]:
        return self._pool.schedule(task, longest)

    async def do(
        self, task: Callable[Parameters, ResultT], *args: Parameters.args, **named: Parameters.kwargs
    ) -> ResultT:
        """Have a task done and wait for it, for a caller that can be turned away.

        Raises `TooManyTasks` at once where too many wait, `TaskFailed`, and what the task raises.
        """
        if self._waiting >= self.staff.most_waiting:
            EXTRACTIONS_FAILED.labels("busy").inc()
            raise TooManyTasks(max(1, round(self._waiting * self._seconds / self.staff.workers)))
        self._waiting += 1
        EXTRACTIONS_WAITING.inc()
        started = time.monotonic()
        try:
            # Shielded, since cancelling would end the worker.
            try:
                return await asyncio.shield(asyncio.wrap_future(self.submit(task, *args, **named)))
            except (*DIED, TimeoutError) as error:
                if not self._is_tried_again(error, started):
                    raise
                return await asyncio.shield(asyncio.wrap_future(self.submit(task, *args, **named)))
        except BROKEN as error:
            EXTRACTIONS_FAILED.labels("broken").inc()
            raise failure(error) from None
        finally:
            taken = (time.monotonic() - started) * self.staff.workers / self._waiting
            self._seconds += (taken - self._seconds) / 8
            self._waiting -= 1
            EXTRACTIONS_WAITING.dec()

    def warm(self) -> None:
        """Start the workers and wait until one is ready. Raises `TaskFailed` where they cannot start."""
        self.ask(_nothing)

    def extract(self, article: Article) -> Facts:
        """All facts of an article, as every `Extractor` finds them. Raises `TaskFailed`."""
        return self.ask(extract, article)

    def ask(self, task: Callable[Parameters, ResultT], *args: Parameters.args, **named: Parameters.kwargs) -> ResultT:
        """Have a task done, and wait, in a thread that may. Raises `TaskFailed`, and what the task raises."""
        started = time.monotonic()
        try:
            try:
                return self.submit(task, *args, **named).result()
            except (*DIED, TimeoutError) as error:
                if not self._is_tried_again(error, started):
                    raise
                return self.submit(task, *args, **named).result()
        except BROKEN as error:
            raise failure(error) from None

    def _is_tried_again(self, error: Exception, started: float) -> bool:
        """Whether a task deserves another worker: its own died, or had its time, but by a clock that was set ahead.

        Pebble counts by the time of day.
        """
        return not isinstance(error, TimeoutError) or time.monotonic() - started < self.staff.longest

    def extract_many(self, articles: Iterable[Article]) -> Iterator[Facts]:
        """The facts of each article, in order."""
        return map(self.extract, articles)

    def close(self) -> None:
        """End the workers, whatever they are at."""
        self.is_open = False
        self._pool.close()


def failure(error: Exception) -> TaskFailed:
    """Why a task was not finished, in words."""
    if isinstance(error, ExtractionFailed):
        return ExtractorDown(str(error))
    if isinstance(error, TimeoutError):
        return TaskFailed("it was not read within the seconds that it may take")
    if isinstance(error, BrokenProcessPool | CancelledError):
        return WorkersDown("the processes that read articles do not start, or are being stopped; the log says why")
    return TaskFailed("the process that read it broke down")


def extract(article: Article) -> Facts:
    """All facts of an article. To be called in a worker only."""
    return _own.extractor.extract(article)


def store() -> Database:
    """The database, to look into. To be called in a worker only."""
    return _own.store


def _nothing() -> None:
    """A task that is done as soon as a worker is there."""


@dataclass(slots=True)
class _Own:
    """What a worker process has."""

    extractor: Extractor
    store: Database


_own: _Own


def _start(make: MakeExtractor, nice: int, url: str) -> None:
    """Set a worker process up: it steps back, ends with its parent, and has its extractor loaded."""
    global _own
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; the parent decides
    threading.Thread(target=end_with_parent, name="end-with-parent", daemon=True).start()
    CONSTS.channel_lock_timeout = LOCKED_AT_MOST
    if nice:
        os.nice(nice)
    _own = _Own(make(), Database(url, shipped("migrations")))
    _own.extractor.warm()


def end_with_parent() -> None:
    """End this process as soon as the one that started it does, however that ends; for a thread of its own."""
    parent = multiprocessing.parent_process()
    assert parent
    wait([parent.sentinel])
    os._exit(1)
