"""Questions to the store: few at a time, and none that waits for slow ones for long."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar

import pytest

from app.api.threads import MOST, Threads

WITHIN = 60
TOLD = ContextVar("TOLD", default="nothing")


class Questions:
    """Counts how many are asked at a time; each waits until it may go."""

    def __init__(self) -> None:
        self.may_go = threading.Event()
        self.now = self.most = 0
        self._counting = threading.Lock()

    def ask(self, number: int) -> int:
        with self._counting:
            self.now += 1
            self.most = max(self.most, self.now)
        assert self.may_go.wait(WITHIN)
        with self._counting:
            self.now -= 1
        return number


async def until(questions: Questions, count: int) -> None:
    while questions.now < count:
        await asyncio.sleep(0.01)


def test_no_more_are_asked_at_a_time_than_is_usual() -> None:
    async def ask() -> list[int]:
        threads, questions = Threads(2), Questions()
        questions.may_go.set()
        answers = await asyncio.gather(*(threads.run(questions.ask, n) for n in range(100)))
        assert questions.most <= 2
        threads.close()
        return answers

    assert asyncio.run(ask()) == list(range(100))


def test_slow_ones_do_not_keep_all_others_waiting() -> None:
    async def ask() -> None:
        threads, slow, quick = Threads(2), Questions(), Questions()
        quick.may_go.set()
        async with asyncio.timeout(WITHIN):
            held = [asyncio.create_task(threads.run(slow.ask, n)) for n in range(MOST - 1)]
            await until(slow, MOST - 1)
            assert await threads.run(quick.ask, 7) == 7
            slow.may_go.set()
            assert await asyncio.gather(*held) == list(range(MOST - 1))
            questions = Questions()
            questions.may_go.set()
            await asyncio.gather(*(threads.run(questions.ask, n) for n in range(20)))
            assert questions.most <= 2
        threads.close()

    asyncio.run(ask())


def test_what_fails_fails_for_who_asked_alone() -> None:
    def fail() -> None:
        raise LookupError(TOLD.get())

    async def ask() -> None:
        threads = Threads(1)
        TOLD.set("of the request")
        for _ in range(3):
            with pytest.raises(LookupError, match="of the request"):
                await threads.run(fail)
        assert await threads.run(TOLD.get) == "of the request"
        threads.close()

    asyncio.run(ask())
