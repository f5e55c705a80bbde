"""Serving over a socket: by this process, or by several that share the socket; and how all of it stops."""

from __future__ import annotations

import ctypes
import logging
import multiprocessing
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from anyio.from_thread import start_blocking_portal
from uvicorn.config import STARTUP_FAILURE

from app.api.connections import patient
from app.api.counting import Windows, counted_here
from app.api.crowd import Crowd
from app.api.joined import CLOSE
from app.api.limits import rates_of
from app.api.logs import ROOT, configure_logging
from app.main import create_app
from app.settings import Settings, shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.ingest.lending import Line

log = logging.getLogger(f"{ROOT}.serving")

LOOK_SECONDS = 0.2
"""How often the process that keeps the others looks whether it is to stop."""

AGAIN_SECONDS = 1.0
"""How long a process must have lived to be replaced at once, and how long its replacement waits otherwise."""

GRACE_SECONDS = 15
"""How much longer than it should a process may take to stop before it is killed."""

KEEP_ALIVE_SECONDS = 75
"""How long a connection may be idle: longer than proxies keep one, so that none is closed under a request of theirs."""

STOPS = (signal.SIGTERM, signal.SIGINT)


class NotStarted(Exception):
    """The service did not start; the log says why."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What a process has of the one that started it: a line to borrow on, and where requests are counted."""

    line: Line | None = None
    counted_at: Path | None = None


def serve(settings: Settings, listening: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT, and return once all requests are answered. Raises `NotStarted`."""
    if settings.serve_workers == 1:
        _serve_here(settings, listening, Shared())
        return
    with _lending(settings) as line, _counting(settings) as counted_at:
        shared = Shared(line, counted_at)
        _Crew(partial(_process, settings, shared, listening), settings).keep(listening)


class _Server(uvicorn.Server):
    """Says that it is about to stop before it does, so that a proxy has the time to look elsewhere.

    Meanwhile everything is answered as before, but on connections that are closed with the answer.
    """

    def __init__(self, config: uvicorn.Config, notice: float, stopping: threading.Event) -> None:
        super().__init__(config)
        self._notice = notice
        self._stopping = stopping
        self._leave_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Leave after the notice; at once where a person asks (Ctrl+C), or anyone for the second time."""
        if sig == signal.SIGTERM and self._notice and self._leave_at is None and not self.should_exit:
            self._leave_at = time.monotonic() + self._notice
            self._stopping.set()
        elif not (sig == signal.SIGTERM and self.should_exit):
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second."""
        if self._leave_at is not None and time.monotonic() >= self._leave_at:
            self.should_exit = True
        leaves = await super().on_tick(counter)
        if self._stopping.is_set() and CLOSE not in self.server_state.default_headers:
            self.server_state.default_headers = [*self.server_state.default_headers, CLOSE]
        return leaves


M_ARENA_MAX = -8
HEAPS = 2


def _share_heaps() -> None:
    """Have threads share their heaps: glibc gives each its own, and what is free in one is lost to the others.

    See mallopt(3), `M_ARENA_MAX`; other C libraries have nothing of the kind.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, HEAPS)


def _serve_here(settings: Settings, listening: socket.socket, shared: Shared) -> None:
    _share_heaps()
    served = create_app(settings, shared.line, shared.counted_at)
    config = uvicorn.Config(
        served,
        http=patient(settings.slow_seconds, Crowd(settings.connections, settings.trusted_proxies or ())),
        ws="none",
        proxy_headers=False,  # create_app believes the proxies that are set, and no other
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.drain_seconds,
    )
    # uvicorn raises the signal again once it has drained, so that a caller sees it; an orderly stop is exit code 0.
    for number in STOPS:
        signal.signal(number, lambda *_: None)
    server = _Server(config, settings.notice_seconds, served.state.service.stopping)
    server.run(sockets=[listening])
    if not server.started:
        raise NotStarted


@contextmanager
def _lending(settings: Settings) -> Iterator[Line | None]:
    """What works behind the requests, in this process, and where those that serve borrow of it."""
    if settings.read_only:
        yield None
        return
    from app.background import Background
    from app.ingest.lending import Lender, Lent
    from app.store.database import Database

    with ExitStack() as stack:
        database = stack.enter_context(closing(Database(settings.database_url, shipped("migrations"))))
        background = Background.of(settings, database)
        portal = stack.enter_context(start_blocking_portal())
        stack.enter_context(portal.wrap_async_context_manager(background.at_work()))
        lent = Lent(background.workers, background.fetcher, background.start_up.as_it_is)
        lender = stack.enter_context(closing(Lender(lent, portal, settings.queue)))
        yield lender.line


@contextmanager
def _counting(settings: Settings) -> Iterator[Path | None]:
    """Where this process counts the requests of those that serve, unless none are limited or a Redis counts them."""
    rates = rates_of(settings)
    if not rates or settings.rate_store:
        yield None
        return
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(counted_here(Windows(rates))) as path:
        yield path


def _process(settings: Settings, shared: Shared, listening: socket.socket) -> SpawnProcess:
    context = multiprocessing.get_context("spawn")
    return context.Process(target=_work, args=(settings, shared, listening), name="serving")


def _work(settings: Settings, shared: Shared, listening: socket.socket) -> None:
    """One of several processes that serve."""
    from app.ingest.workers import end_with_parent

    configure_logging(settings.log_level, settings.log_format)
    threading.Thread(target=end_with_parent, name="end-with-parent", daemon=True).start()
    try:
        _serve_here(settings, listening, shared)
    except NotStarted:
        sys.exit(STARTUP_FAILURE)


class _Crew:
    """Processes that serve; one that dies is replaced."""

    def __init__(self, make: Callable[[], SpawnProcess], settings: Settings) -> None:
        self._make = make
        self._wanted = settings.serve_workers
        self._patience = settings.notice_seconds + settings.drain_seconds + GRACE_SECONDS
        self._started: dict[SpawnProcess, float] = {}
        self._stop = threading.Event()

    def keep(self, listening: socket.socket) -> None:
        """Keep as many running as are wanted, until a signal stops them all. Raises `NotStarted`."""
        for number in STOPS:
            signal.signal(number, lambda *_: self._stop.set())
        try:
            while not self._stop.is_set():
                self._fill_up()
                wait([process.sentinel for process in self._started], timeout=LOOK_SECONDS)
        finally:
            listening.close()  # each has its own; once all have closed theirs nobody is kept waiting
            self._end()

    def _fill_up(self) -> None:
        for process in [process for process in self._started if not process.is_alive()]:
            lived = time.monotonic() - self._started.pop(process)
            if process.exitcode == STARTUP_FAILURE:
                raise NotStarted
            log.error("process that served died", extra={"fields": {"pid": process.pid, "code": process.exitcode}})
            if lived < AGAIN_SECONDS:
                self._stop.wait(AGAIN_SECONDS)
        while len(self._started) < self._wanted and not self._stop.is_set():
            process = self._make()
            process.start()
            self._started[process] = time.monotonic()

    def _end(self) -> None:
        for process in self._started:
            process.terminate()
        until = time.monotonic() + self._patience
        for process in self._started:
            process.join(max(0.0, until - time.monotonic()))
            process.kill()
            process.join()
