"""Threads that requests read the store in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TypeVar

ResultT = TypeVar("ResultT")

MOST = 16
"""Threads at a time: as many as the store has connections at most."""

PATIENCE = 0.1
"""Seconds that a question waits for its turn before it is asked out of turn: what is before it takes long, then."""


class Threads:
    """Asks as few questions at a time as the machine can work on, since more hinder one another.

    The driver of SQLite lets go of Python's lock for every row, and has to get it back from the other threads. Of eight
    searches at a time, two cores answered a fifth more when they worked on two at once than on all of them.
    """

    def __init__(self, usual: int) -> None:
        self._turns = asyncio.Semaphore(usual)
        self._executor = ThreadPoolExecutor(MOST, "question")

    async def run(self, function: Callable[..., ResultT], *given: object, **named: object) -> ResultT:
        """What the function returns, called in a thread."""
        has_turn = await self._turn()
        try:
            call = partial(copy_context().run, function, *given, **named)
            return await asyncio.get_running_loop().run_in_executor(self._executor, call)
        finally:
            if has_turn:
                self._turns.release()

    async def _turn(self) -> bool:
        """Wait for a turn; False where that would be too long."""
        if not self._turns.locked():
            return await self._turns.acquire()
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._turns.acquire()
        except TimeoutError:
            return False

    def close(self) -> None:
        """Wait for what is being asked."""
        self._executor.shutdown()
