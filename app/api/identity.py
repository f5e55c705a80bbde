"""Which key a request comes with: itself, or by the session that its browser was logged in with."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool

from app.store.database import Database
from app.store.keys import Key, holder_of, session_of

FRESH_SECONDS = 5
"""How long a key that was found is taken for good without asking again, at most; a write to the store ends it."""

MOST = 1000
"""Keys that are remembered."""

Find = Callable[[Any, str, datetime], Key | None]


class Keys:
    """Finds keys in the store, and remembers those found for a moment."""

    def __init__(self, database: Database, state: Callable[[], int | None]) -> None:
        self._database = database
        self._state = state
        self._known: dict[str, tuple[Key, float]] = {}
        self._of: int | None = None

    async def holder(self, key: str) -> Key | None:
        """Whose key it is. Raises `StoreError`."""
        return await self._find(holder_of, key)

    async def session(self, token: str) -> Key | None:
        """Whose session it is. Raises `StoreError`."""
        return await self._find(session_of, token)

    async def _find(self, find: Find, secret: str) -> Key | None:
        state = self._state()
        if state is None or state != self._of:
            self._known.clear()
            self._of = state
        known = self._known.get(secret)  # by a hash that is salted anew in each process, so that time tells nothing
        if known and time.monotonic() < known[1] and known[0].is_good(datetime.now(UTC)):
            return known[0]
        found = await run_in_threadpool(self._ask, find, secret)
        if found and state is not None and state == self._of:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[secret] = (found, time.monotonic() + FRESH_SECONDS)
        return found

    def _ask(self, find: Find, secret: str) -> Key | None:
        with self._database.read() as connection:
            return find(connection, secret, datetime.now(UTC))
