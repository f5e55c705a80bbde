from __future__ import annotations

from datetime import date

import pytest

from app.extraction.dates import find_date

PUBLISHED = date(2024, 8, 8)  # a Thursday


@pytest.mark.parametrize(
    ("text", "ahead", "words", "start", "end"),
    [
        ("will meet on Friday", True, "on Friday", date(2024, 8, 9), date(2024, 8, 9)),
        ("met on Friday", False, "on Friday", date(2024, 8, 2), date(2024, 8, 2)),
        ("met on Thursday", False, "on Thursday", PUBLISHED, PUBLISHED),
        ("will meet next week", True, "next week", date(2024, 8, 12), date(2024, 8, 18)),
        ("met last month", False, "last month", date(2024, 7, 1), date(2024, 7, 31)),
        ("met yesterday", False, "yesterday", date(2024, 8, 7), date(2024, 8, 7)),
        ("two weeks ago they met", False, "two weeks ago", date(2024, 7, 22), date(2024, 7, 28)),
        ("on September 12-13", True, "September 12-13", date(2024, 9, 12), date(2024, 9, 13)),
        ("on 3 May 2023", False, "3 May 2023", date(2023, 5, 3), date(2023, 5, 3)),
        ("in January", True, "in January", date(2025, 1, 1), date(2025, 1, 31)),
        ("in October", False, "in October", date(2023, 10, 1), date(2023, 10, 31)),
        ("since 2019", False, "since 2019", date(2019, 1, 1), date(2019, 12, 31)),
    ],
)
def test_time_words_mean_days(text: str, ahead: bool, words: str, start: date, end: date) -> None:
    found = find_date(text, PUBLISHED, ahead=ahead)
    assert found is not None
    assert (found.text, found.start, found.end) == (words, start, end)


@pytest.mark.parametrize("text", ["will meet on Friday", "met last month", "two days ago", "in January"])
def test_without_a_day_of_publication_relative_words_stay_unresolved(text: str) -> None:
    found = find_date(text, None, ahead=True)
    assert found is not None
    assert found.start is None


@pytest.mark.parametrize("text", ["June 31", "on 0 May 2020", "by 9999 they may march"])
def test_days_that_do_not_exist_are_not_resolved(text: str) -> None:
    found = find_date(text, PUBLISHED, ahead=False)
    assert found is None or found.start is None


def test_no_time_words_no_date() -> None:
    assert find_date("Fiji may join", PUBLISHED, ahead=True) is None
