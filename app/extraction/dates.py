"""When an act is to happen or happened: time words of a clause, resolved against the day of publication."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from app.domain.commitment import ActDate

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = "|".join(day.capitalize() for day in _DAYS)
_MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}

Period = tuple[date, date]


def find_date(text: str, published: date | None, *, ahead: bool) -> ActDate | None:
    """The first time expression of a clause, or None.

    ``ahead`` where the act is yet to come: a bare weekday or month is then the next one, else the last one. Without a
    day of publication relative expressions stay unresolved.
    """
    best: tuple[int, ActDate] | None = None
    for pattern, resolve in _RULES:
        match = pattern.search(text)
        if match and (best is None or match.start() < best[0]):
            period = _safely(resolve, match, published, ahead)
            best = match.start(), ActDate(match.group(), *(period or (None, None)))
    return best[1] if best else None


def _safely(resolve: Resolver, match: re.Match[str], published: date | None, ahead: bool) -> Period | None:
    try:
        return resolve(match, published, ahead)
    except (ValueError, OverflowError):  # "31 June", or a year that the calendar lacks
        return None


Resolver = Callable[[re.Match[str], date | None, bool], Period | None]


def _day_of_month(match: re.Match[str], published: date | None, ahead: bool) -> Period | None:
    month = _MONTHS.index(match["month"][:3].lower()) + 1
    first = int(match["day"])
    last = int(match["last"] or first)
    year = int(match["year"]) if match["year"] else _year(published, month, ahead)
    return (date(year, month, first), date(year, month, last)) if year else None


def _year(published: date | None, month: int, ahead: bool) -> int | None:
    if published is None:
        return None
    if ahead:
        return published.year + (month < published.month)
    return published.year - (month > published.month)


def _month(match: re.Match[str], published: date | None, ahead: bool) -> Period | None:
    month = _MONTHS.index(match["month"][:3].lower()) + 1
    year = int(match["year"]) if match["year"] else _year(published, month, ahead)
    return (date(year, month, 1), date(year, month, monthrange(year, month)[1])) if year else None


def _year_alone(match: re.Match[str], _published: date | None, _ahead: bool) -> Period:
    return date(int(match["year"]), 1, 1), date(int(match["year"]), 12, 31)


def _weekday(match: re.Match[str], published: date | None, ahead: bool) -> Period | None:
    if published is None:
        return None
    distance = _DAYS.index(match["day"].lower()) - published.weekday()
    which = (match["which"] or "").lower()
    if ahead or which == "next":
        distance += 7 * (distance <= 0)
    else:
        distance -= 7 * (distance > 0)
    day = published + timedelta(days=distance)
    return day, day


def _near_day(match: re.Match[str], published: date | None, _ahead: bool) -> Period | None:
    if published is None:
        return None
    day = published + timedelta(days={"yesterday": -1, "today": 0, "tomorrow": 1}[match["near"].lower()])
    return day, day


def _near_period(match: re.Match[str], published: date | None, _ahead: bool) -> Period | None:
    if published is None:
        return None
    steps = {"last": -1, "next": 1, "this": 0, "coming": 1, "past": -1, "previous": -1}[match["step"].lower()]
    return _shifted(published, match["unit"].lower(), steps)


def _ago(match: re.Match[str], published: date | None, _ahead: bool) -> Period | None:
    word = match["count"].lower()
    count = int(word) if word.isdigit() else _NUMBERS[word]
    if published is None:
        return None
    if match["unit"].lower() == "day":
        day = published - timedelta(days=count)
        return day, day
    return _shifted(published, match["unit"].lower(), -count)


def _shifted(published: date, unit: str, steps: int) -> Period:
    """The week, month or year so many steps from the one of publication."""
    if unit == "week":
        monday = published - timedelta(days=published.weekday()) + timedelta(weeks=steps)
        return monday, monday + timedelta(days=6)
    if unit == "month":
        months = published.year * 12 + published.month - 1 + steps
        year, month = divmod(months, 12)
        return date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1])
    year = published.year + steps
    return date(year, 1, 1), date(year, 12, 31)


_ORDINAL = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:\s?[-–]\s?(?P<last>\d{1,2}))?"
_WITH_MONTH = rf"(?P<month>{_MONTH})"
_OF_YEAR = r"(?:,? (?P<year>\d{4}))?"
_NEAR = "[Ll]ast|[Nn]ext|[Tt]his|[Cc]oming|[Pp]ast|[Pp]revious"

_RULES: tuple[tuple[re.Pattern[str], Resolver], ...] = (
    (re.compile(rf"\b{_WITH_MONTH} {_ORDINAL}{_OF_YEAR}\b"), _day_of_month),
    (re.compile(rf"\b{_ORDINAL} (?:of )?{_WITH_MONTH}{_OF_YEAR}"), _day_of_month),
    (re.compile(rf"\b(?:in|by|this|next|last|until|since|for|late|early) {_WITH_MONTH}{_OF_YEAR}(?! \d)"), _month),
    (re.compile(rf"\b{_WITH_MONTH} (?P<year>\d{{4}})\b"), _month),
    (re.compile(rf"\b(?:(?P<which>next|last|this|on|coming) )?(?P<day>{_DAY})\b"), _weekday),
    (re.compile(r"\b(?P<near>[Yy]esterday|[Tt]oday|[Tt]omorrow)\b"), _near_day),
    (re.compile(rf"\b(?P<step>{_NEAR}) (?P<unit>week|month|year)\b"), _near_period),
    (
        re.compile(
            r"\b(?P<count>\d{1,3}|a|one|two|three|four|five|six|seven|ten) (?P<unit>day|week|month|year)s? ago\b"
        ),
        _ago,
    ),
    (re.compile(r"\b(?:in|by|since|until) (?P<year>(?:19|20)\d{2})\b"), _year_alone),
)
