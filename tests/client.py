"""The service as a client sees it, over ASGI, its start and its stop included."""

from __future__ import annotations

import time
from contextlib import ExitStack
from functools import partial
from types import TracebackType

import httpx
from anyio.from_thread import start_blocking_portal

from app.main import create_app
from app.settings import Settings
from app.store.database import Database

READY_WITHIN = 240
"""Seconds that loading the model and the seeds of a test may take."""


class Client:
    """Starts the service on entering and stops it on leaving. `get` and the others answer as httpx does."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = ExitStack()

    def __enter__(self) -> Client:
        self.app = app = create_app(self._settings)
        self.database: Database = app.state.service.database
        self._portal = self._stack.enter_context(start_blocking_portal())
        self._stack.enter_context(self._portal.wrap_async_context_manager(app.router.lifespan_context(app)))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("127.0.0.1", 50000))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")
        self.wait_until_ready()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, at)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """GET; header names with underscores for hyphens."""
        return self.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def request(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, content: bytes | None = None
    ) -> httpx.Response:
        """Any request."""
        return self._portal.call(partial(self._client.request, method, path, headers=headers, content=content))

    def wait_until_ready(self) -> None:
        """Wait until the model and the seeds are loaded."""
        until = time.monotonic() + READY_WITHIN
        while self.get("/health/ready").status_code != 200 and time.monotonic() < until:
            time.sleep(0.02)
