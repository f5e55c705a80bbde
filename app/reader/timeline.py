"""Where the parts of the timeline lie: the months, stacked by form."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.commitment import Form
from app.reader.network import Parameters, commitments_address
from app.schemas.summary import MonthTally

BARS_HEIGHT = 220.0
BAR, GAP = 34.0, 14.0
MOST_MONTHS = 60
"""Months shown, the latest: five years."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One form's part of a bar."""

    form: Form
    count: int
    y: float
    height: float
    href: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One month."""

    month: str
    name: str
    year: str
    x: float
    count: int
    segments: list[Segment]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The bars of all months from the first to the last, and the lines to read them by: count and height."""

    bars: list[Bar]
    grid: list[tuple[int, float]]
    width: float
    left_out: int


def timeline(months: Sequence[MonthTally], asked: Parameters) -> Timeline:
    """The latest months, stacked by form; a month without commitments keeps its place."""
    known = {tally.month: tally for tally in months if tally.month}
    if not known:
        return Timeline([], [], 0, 0)
    spans = list(_months(min(known), max(known)))
    shown = spans[-MOST_MONTHS:]
    most = max(known[month].count for month in shown if month in known)
    step = _step(most)
    top = math.ceil(most / step) * step
    scale = BARS_HEIGHT / top
    bars = [_bar(n, month, known.get(month), scale, asked) for n, month in enumerate(shown)]
    grid = [(count, round(BARS_HEIGHT - count * scale, 1)) for count in range(0, top + 1, step)]
    left_out = sum(known[month].count for month in spans[:-MOST_MONTHS] if month in known)
    return Timeline(bars, grid, len(bars) * (BAR + GAP) + GAP, left_out)


def _bar(number: int, month: str, tally: MonthTally | None, scale: float, asked: Parameters) -> Bar:
    first = date.fromisoformat(f"{month}-01")
    days = [("published_from", f"{month}-01"), ("published_to", _last_day(first).isoformat())]
    y = BARS_HEIGHT
    segments: list[Segment] = []
    for form, count in tally.forms.items() if tally else ():
        if count:
            y -= count * scale
            address = commitments_address(asked, days, [("form", form.value)])
            segments.append(Segment(form, count, round(y, 1), round(count * scale, 1), address))
    x = GAP + number * (BAR + GAP)
    return Bar(month, first.strftime("%b"), str(first.year), x, tally.count if tally else 0, segments)


def _months(first: str, last: str) -> Iterator[str]:
    day, end = date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01")
    while day <= end:
        yield day.strftime("%Y-%m")
        day = _last_day(day) + timedelta(days=1)


def _last_day(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _step(most: int) -> int:
    """A round number that divides the height into about four."""
    size = int(10 ** max(0, math.floor(math.log10(max(1, most / 4)))))
    return next((size * n for n in (1, 2, 5) if size * n * 5 >= most), size * 10)
