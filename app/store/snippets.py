"""Passages of a text that show where the words stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from app.store.words import Words, folded, pattern

WIDTH = 240
"""Characters of a snippet, about."""

BEFORE = 60
"""Characters before the first word found, at most, unless the paragraph begins close by."""

MOST_PLACES = 400
"""Places that are looked at in one text: more would not make better snippets."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a term stands: offsets, and which of the terms it is."""

    start: int
    end: int
    term: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Part of a text, and the places in it, as offsets into the whole text."""

    start: int
    end: int
    places: tuple[Place, ...]


def places(text: str, found_by: re.Pattern[str]) -> Iterator[Place]:
    """Where the terms of a `pattern` stand in a text."""
    for count, match in enumerate(found_by.finditer(folded(text))):
        if count == MOST_PLACES:
            return
        yield Place(match.start(), match.end(), match.lastindex or 0)


def passages(text: str, words: Words, most: int = 2) -> list[Passage]:
    """The passages that show most of the words, in the order of the text; its beginning where none stands in it."""
    found = list(places(text, pattern(words)))
    if not found:
        return [_passage(text, 0, [])]
    chosen: list[Passage] = []
    seen: set[int] = set()
    for _ in range(most):
        left = [place for place in found if not any(p.start <= place.start < p.end for p in chosen)]
        if not left or (chosen and not {place.term for place in left} - seen):
            break
        best = max(range(len(left)), key=lambda n: (_worth(left, n, seen), -left[n].start))
        chosen.append(_passage(text, left[best].start, found))
        seen |= {place.term for place in chosen[-1].places}
    return sorted(chosen, key=lambda passage: passage.start)


def _worth(found: list[Place], first: int, seen: set[int]) -> tuple[int, int]:
    """How many terms not shown yet, and how many places, a passage from this one on holds; ``found`` is in order."""
    end = found[first].start + WIDTH - BEFORE
    within = takewhile(lambda place: place.start < end, islice(found, first, None))
    inside = [place.term for place in within if place.end <= end]
    return len(set(inside) - seen), len(inside)


def _passage(text: str, at: int, found: list[Place]) -> Passage:
    """About `WIDTH` characters of one paragraph around the offset, whole words at both ends."""
    paragraph = text.rfind("\n\n", 0, at) + 2 if "\n\n" in text[:at] else 0
    close = text.find("\n\n", at)
    last = close if close >= 0 else len(text)
    start = paragraph if at - paragraph <= BEFORE else _after_blank(text, at - BEFORE, at)
    end = last if last - start <= WIDTH else _before_blank(text, start + WIDTH, at)
    end = max([end, *(p.end for p in found if p.start == at)])
    inside = tuple(p for p in found if start <= p.start and p.end <= end)
    return Passage(start, end, inside)


def _after_blank(text: str, at: int, until: int) -> int:
    blank = text.find(" ", at, until)
    return blank + 1 if blank >= 0 else at


def _before_blank(text: str, at: int, least: int) -> int:
    blank = text.rfind(" ", least, at)
    return blank if blank > 0 else at
