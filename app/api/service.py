"""What the routes share: the store and the state of the start, as parts of one application."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import Depends, Request

from app.api.threads import Threads
from app.schemas.redaction import ServeText, redacted
from app.store.commonness import CommonTerms
from app.store.database import Database
from app.store.points import Points
from app.store.queries import Slice

if TYPE_CHECKING:
    from app.api.access import Access
    from app.api.metrics import Metrics
    from app.ingest.intake import Intake
    from app.ingest.jobs import Inbox

ResultT = TypeVar("ResultT")

DESCRIPTION = "Who has committed to cooperate with whom, on what, how firmly, according to whom, in which exact words."


@dataclass(slots=True)
class StartUp:
    """How far the start has come. What is still missing is named in ``missing``, with the reason."""

    missing: dict[str, str] = field(default_factory=lambda: {"model": "being loaded", "seeds": "being loaded"})
    warnings: list[str] = field(default_factory=list)
    checks: dict[str, str] = field(default_factory=lambda: {"model": "ok", "seeds": "ok"})

    @classmethod
    def of_reader(cls) -> StartUp:
        """That of a worker that only reads what others store."""
        return cls(missing={}, checks=dict.fromkeys(("model", "seeds"), "not needed: this worker only reads"))

    def as_it_is(self) -> StartUp:
        """A copy that does not change any more."""
        return StartUp(dict(self.missing), list(self.warnings), dict(self.checks))

    @property
    def is_ready(self) -> bool:
        """Whether everything is there."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Service:
    """The parts that requests use."""

    database: Database
    points: Points
    intake: Intake | None
    inbox: Inbox | None
    access: Access
    progress: Callable[[], StartUp]
    metrics: Metrics
    version: str
    serve_text: ServeText
    threads: Threads
    common_terms: CommonTerms = field(default_factory=CommonTerms)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def taking_in(self) -> Intake:
        """What takes articles in; a worker that only reads has none, and no route that asks for it."""
        assert self.intake is not None
        return self.intake

    @property
    def taking_jobs(self) -> Inbox:
        """What takes many articles in at once, likewise."""
        assert self.inbox is not None
        return self.inbox

    @property
    def start_up(self) -> StartUp:
        """How far the start has come."""
        return self.progress()

    @property
    def edition(self) -> str:
        """What answers depend on besides what is stored."""
        return f"{self.version} {self.serve_text}"

    async def at_once(self, read: Callable[[Points], ResultT]) -> ResultT:
        """Read one thing: here, where the store takes microseconds for that, or else in a thread."""
        return read(self.points) if self.points.on_loop else await self.threads.run(read, self.points)

    def shown(self, body: bytes) -> bytes:
        """A document with as much of other people's text as may leave the service."""
        return redacted(body, self.serve_text)

    def shown_page(self, found: Slice) -> Slice:
        """A page of such documents."""
        if self.serve_text is ServeText.FULL:
            return found
        return Slice(list(map(self.shown, found.items)), found.after)


def service_of(request: Request) -> Service:
    """The parts of the application that the request came to."""
    service: Service = request.app.state.service
    return service


async def _injected(request: Request) -> Service:
    """As a coroutine function, so that it does not take a thread."""
    return service_of(request)


Injected = Annotated[Service, Depends(_injected)]
