"""Answers that are given while the request is being read: no task is made for them, and nothing is waited for.

Each of our layers that can do so has an `at_once` of its own, which asks that of the next one. Where any of them has to
look closer or to wait, there is no such answer, and the request goes the usual way through the same layers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from starlette.types import ASGIApp, Scope

Headers = Sequence[tuple[bytes, bytes]]


class Whole(NamedTuple):
    """A whole answer. ``lines`` are its ``headers`` as they are sent, each line with its end, and the request's id."""

    status: int
    headers: Headers
    lines: bytes
    body: bytes


AtOnce = Callable[[Scope], Whole | None]
"""Answers a GET that has no body, or leaves it to the usual way."""


def at_once_of(layer: ASGIApp) -> AtOnce:
    """That of a layer; one that never answers so, where it has none."""
    found: AtOnce = getattr(layer, "at_once", never)
    return found


def joined(headers: Headers) -> bytes:
    """Headers of our own as they are sent."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def lines_of(headers: Headers) -> bytes | None:
    """Headers as they are sent; None where a value would be headers of its own."""
    lines = joined(headers)
    if lines.count(b"\n") != len(headers) or lines.count(b"\r") != len(headers) or b"\0" in lines:
        return None
    return lines


def never(scope: Scope) -> None:
    """Leave everything to the usual way."""
