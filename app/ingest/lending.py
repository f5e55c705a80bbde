"""One pool of workers and one fetcher for several processes that serve.

The process that has them lends them over a local connection; the others borrow them, and use them as if they had them.
So there are as many workers as one process would have, what waits is bounded over all, and a host is asked for one
thing at a time, whichever process took the request.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from typing import Any, ParamSpec, Protocol, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.from_thread import BlockingPortal

from app.ingest.fetch import PAGES, Fetched, Validators
from app.ingest.workers import TaskFailed, TooManyTasks

ResultT = TypeVar("ResultT")
Parameters = ParamSpec("Parameters")

Call = Callable[["Lent"], ResultT]
"""What a borrower asks for; must be importable where the pool is."""

BACKLOG = 128
"""Connections that may be about to be made: more than borrowers have threads."""

RETRY_AFTER = 5
"""Seconds after which to ask again where so much waits that the lender was not even asked."""


class Doing(Protocol):
    """Has tasks done: `Workers`, or what was borrowed of them."""

    name: str

    async def do(
        self, task: Callable[Parameters, ResultT], *args: Parameters.args, **named: Parameters.kwargs
    ) -> ResultT:
        """See `Workers.do`."""
        ...


class Fetching(Protocol):
    """Fetches: a `Fetcher`, or what was borrowed of it."""

    async def fetch(self, url: str, media_types: tuple[str, ...] = PAGES, known: Validators | None = None) -> Fetched:
        """See `Fetcher.fetch`."""
        ...


@dataclass(frozen=True, slots=True)
class Lent:
    """What is lent; ``status`` says how far the lender's start has come."""

    workers: Doing
    fetcher: Fetching
    status: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Line:
    """Where to borrow, for another process; ``most_waiting`` calls of each borrower may be under way."""

    address: Any
    key: bytes
    name: str
    most_waiting: int


class Lender:
    """Answers borrowers, each of their connections in a thread, with what runs on an event loop, until closed."""

    def __init__(self, lent: Lent, portal: BlockingPortal, most_waiting: int) -> None:
        key = secrets.token_bytes(32)
        self._lent = lent
        self._portal = portal
        self._listener = Listener(authkey=key, backlog=BACKLOG)
        self.line = Line(self._listener.address, key, lent.workers.name, most_waiting)
        threading.Thread(target=self._accept, name="lender", daemon=True).start()

    def close(self) -> None:
        """Take no further connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except (AuthenticationError, EOFError, ConnectionError):
                continue  # a borrower that died, or none of ours
            except OSError:
                return  # closed
            threading.Thread(target=self._converse, args=(connection,), name="lending", daemon=True).start()

    def _converse(self, connection: Connection[Any, Any]) -> None:
        with connection, suppress(EOFError, ConnectionError):
            while True:
                call: Call[Any] = connection.recv()
                answer: tuple[object, Exception | None]
                try:
                    answer = (self._portal.call(self._answer, call), None)
                except Exception as error:  # the borrower's to raise
                    answer = (None, error)
                connection.send(answer)

    async def _answer(self, call: Call[Any]) -> object:
        found = call(self._lent)
        return await found if isinstance(found, Awaitable) else found


class Borrower:
    """The workers and the fetcher of another process, and how far its start has come."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.name = line.name
        self._own = threading.local()
        self._threads = CapacityLimiter(line.most_waiting)

    async def do(
        self, task: Callable[Parameters, ResultT], *args: Parameters.args, **named: Parameters.kwargs
    ) -> ResultT:
        """See `Workers.do`."""
        if self._threads.borrowed_tokens >= self._threads.total_tokens:
            raise TooManyTasks(RETRY_AFTER)
        done: ResultT = await self._ask(partial(_do, partial(task, *args, **named)))
        return done

    async def fetch(self, url: str, media_types: tuple[str, ...] = PAGES, known: Validators | None = None) -> Fetched:
        """See `Fetcher.fetch`."""
        fetched: Fetched = await self._ask(partial(_fetch, url, media_types, known))
        return fetched

    def status(self) -> object:
        """What the lender's `Lent.status` gives. Raises `TaskFailed` where the lender is gone."""
        return self._call(_status)

    async def _ask(self, call: Call[Any]) -> Any:
        return await to_thread.run_sync(self._call, call, limiter=self._threads, abandon_on_cancel=True)

    def _call(self, call: Call[Any]) -> Any:
        try:
            if not hasattr(self._own, "connection"):
                self._own.connection = Client(self._line.address, authkey=self._line.key)
            self._own.connection.send(call)
            answer, error = self._own.connection.recv()
        except (OSError, EOFError):
            self._own.__dict__.clear()
            raise TaskFailed("the process that keeps those that read articles is gone") from None
        if error is not None:
            raise error
        return answer


def _do(task: Callable[[], object], lent: Lent) -> Awaitable[object]:
    return lent.workers.do(task)


def _fetch(url: str, media_types: tuple[str, ...], known: Validators | None, lent: Lent) -> Awaitable[object]:
    return lent.fetcher.fetch(url, media_types, known)


def _status(lent: Lent) -> object:
    return lent.status()
