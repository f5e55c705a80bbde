"""How the driver of make soak finds the peak: the highest rate that is kept up with, in few trials."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from benchmarks.soak import MOST_TRIALS, NEAR, Trial, highest, trials, tried
from benchmarks.soak_driver import Asked, Driver

SECONDS = 20.0


class Serves:
    """Stands in for a driver and a service that answers so many requests a second, one after the other."""

    def __init__(self, capacity: float, closed: float) -> None:
        self._capacity = capacity
        self._closed = closed

    async def without_pause(self, seconds: float) -> float:
        return self._closed

    async def at_rate(self, rate: float, seconds: float) -> list[Asked]:
        asked, free = [], 0.0
        for number in range(int(rate * seconds)):
            due = number / rate
            free = max(free, due) + 1 / self._capacity
            asked.append(Asked("read", due, free - due))
        return asked


@pytest.mark.parametrize("closed", [60.0, 150.0, 199.0, 201.0, 400.0, 900.0])
def test_peak_is_the_highest_rate_that_is_kept_up_whatever_it_begins_with(closed: float) -> None:
    done = asyncio.run(trials(cast(Driver, Serves(200.0, closed)), SECONDS))
    assert len(done) <= MOST_TRIALS
    assert 200 / NEAR / 1.06 <= highest(done) <= 210  # in 20 s, five in a hundred too many cost a second


def answers(*taken: float, fault: str = "") -> list[Asked]:
    return [Asked("read", second + part / 100, taken[second], fault) for second in range(30) for part in range(100)]


def test_wrong_answers_late_ones_and_ever_later_ones_are_not_kept_up() -> None:
    def is_kept_up(asked: list[Asked]) -> bool:
        return tried(100, asked, 30).is_kept_up

    assert is_kept_up(answers(*[0.002] * 30))
    assert not is_kept_up(answers(*[0.002] * 30, fault="post: 503"))
    assert not is_kept_up(answers(*[1.5] * 30))
    assert not is_kept_up(answers(*(0.01 * second for second in range(1, 31))))


def test_rate_above_one_that_was_missed_does_not_count() -> None:
    def trial(rate: float, is_kept_up: bool) -> Trial:
        return Trial(rate, 0, 1.0, 1.0, is_kept_up)

    assert highest([trial(100, True), trial(130, False), trial(150, True)]) == 100
    assert highest([trial(100, False)]) == 0
