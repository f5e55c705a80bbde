"""A pool of processes in which no task waits for ever, whatever becomes of a process.

Pebble's pool replaces a process that dies over a task. But one that is killed while it has none breaks the pool for
good, and one that is killed just as it takes a task leaves that waiting, as does a pool that breaks as a task comes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any, TypeVar

from pebble import ProcessPool

ResultT = TypeVar("ResultT")

LOOKED_AT = 0.2
"""How often, in seconds, it is looked after the tasks."""


class Pool:
    """Has tasks done, in the order in which they come. One that is lost raises `BrokenProcessPool`."""

    def __init__(self, make: Callable[[], ProcessPool], stalled: float) -> None:
        """After ``stalled`` seconds in which tasks wait and none is begun, the pool is another one."""
        self._make = make
        self._stalled = stalled
        self._pool = make()
        self._lock = threading.RLock()
        self._waiting: dict[Future[Any], int] = {}  # and those under way, by their number
        self._numbers = 0
        self._begun = 0  # the highest number that was
        self._moved = time.monotonic()
        self._closed = threading.Event()
        self._watch = threading.Thread(target=self._look_after, name="pool", daemon=True)

    def schedule(self, task: Callable[[], ResultT], timeout: float) -> Future[ResultT]:
        """Have a task done within ``timeout`` seconds of its beginning."""
        future: Future[ResultT]
        with self._lock:
            if self._closed.is_set():
                future = Future()
                future.set_exception(BrokenProcessPool("the pool is closed"))
                return future
            self._mend()
            if not self._watch.is_alive():
                self._watch.start()
            future = self._pool.schedule(task, timeout=timeout)
            self._numbers += 1
            if not self._waiting:
                self._moved = time.monotonic()
            self._waiting[future] = self._numbers
        future.add_done_callback(self._settled)
        return future

    def close(self) -> None:
        """End the processes, whatever they are at."""
        with self._lock:
            self._closed.set()
            last = self._pool
        _end(last)  # without the lock, which the pool's own threads want as they give up what is under way

    def _settled(self, future: Future[ResultT]) -> None:
        with self._lock:
            number = self._waiting.pop(future, 0)
            self._begun = max(self._begun, 0 if future.cancelled() else number)
            self._moved = time.monotonic()

    def _look_after(self) -> None:
        while not self._closed.wait(LOOKED_AT):
            with self._lock:
                if self._waiting and not self._closed.is_set():
                    self._mend()
                    self._find_lost()

    def _mend(self) -> None:
        """Put another pool in the place of one that broke."""
        if self._pool.active:
            return
        broken, self._pool = self._pool, self._make()
        threading.Thread(target=_end, args=(broken,), daemon=True).start()
        self._give_up(list(self._waiting))

    def _find_lost(self) -> None:
        """Tasks are begun in order: one that waits while a later one was begun is lost."""
        running = [number for future, number in self._waiting.items() if future.running()]
        if running:
            self._begun = max(self._begun, *running)
            self._moved = time.monotonic()
        elif time.monotonic() - self._moved > self._stalled:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._mend()
            self._moved = time.monotonic()
        self._give_up([f for f, number in self._waiting.items() if number < self._begun and not f.running()])

    def _give_up(self, lost: list[Future[Any]]) -> None:
        for future in lost:
            with suppress(InvalidStateError):
                future.set_exception(BrokenProcessPool("the task was lost"))


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
