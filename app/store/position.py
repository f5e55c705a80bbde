"""Where a page ends: what a cursor carries, checked before it reaches a query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from math import isfinite
from typing import Any

Position = list[Any]
"""The values of a page's last row in the columns that the list is sorted by, as JSON has them."""

BIGGEST = 2**63
"""Whole numbers of a database are smaller."""


class ForeignPosition(Exception):
    """No page of this list ends so: the position was made up."""


def check_position(after: Position, kinds: Sequence[type], nullable: Sequence[int] = ()) -> None:
    """Raise `ForeignPosition` unless there is a value of each kind, or null at the places of ``nullable``."""
    if len(after) != len(kinds):
        raise ForeignPosition
    for at, (value, kind) in enumerate(zip(after, kinds, strict=True)):
        if not (_is_of(value, kind) or (value is None and at in nullable)):
            raise ForeignPosition


def _is_of(value: Any, kind: type) -> bool:
    if issubclass(kind, date):
        return isinstance(value, str) and _is_day(value, kind)
    if kind is float:
        return type(value) in (int, float) and isfinite(value)
    if kind is int:
        return type(value) is int and -BIGGEST <= value < BIGGEST
    return isinstance(value, str) and "\0" not in value  # columns of text do not say their kind


def _is_day(value: str, kind: type[date]) -> bool:
    """Times of a position are UTC without saying so, as `queries` writes them."""
    try:
        day = kind.fromisoformat(value)
    except ValueError:
        return False
    return not isinstance(day, datetime) or day.tzinfo is None
