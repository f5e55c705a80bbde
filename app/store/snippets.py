"""Passages of a text that show where the words stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from app.store.words import Term, Words, folded

WIDTH = 240
"""Characters of a snippet, about."""

BEFORE = 60
"""Characters before the first word found, at most, unless the paragraph begins close by."""

MOST_PLACES = 400
"""Places that are looked at in one text: more would not make better snippets."""


class Place(NamedTuple):
    """Where a term stands: offsets, and which of the terms it is."""

    start: int
    term: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Part of a text, and the places in it, as offsets into the whole text."""

    start: int
    end: int
    places: list[Place]


class Finder:
    """Finds words in texts as the full text does: whatever the case and the diacritics."""

    def __init__(self, words: Words) -> None:
        self._terms = [Term(tuple(map(folded, term.tokens)), term.is_prefix) for term in words.terms]

    def places(self, text: str) -> list[Place]:
        """Where the terms stand in a text: its first places, in order; where terms overlap, the earlier one."""
        plain = folded(text)
        if len(self._terms) == 1:
            return _places(plain, self._terms[0], 0)
        apart: list[Place] = []
        end = 0
        for place in sorted(place for number, term in enumerate(self._terms) for place in _places(plain, term, number)):
            if place.start >= end:
                apart.append(place)
                end = place.end
        return apart[:MOST_PLACES]


def _places(plain: str, term: Term, number: int) -> list[Place]:
    found: list[Place] = []
    first = term.tokens[0]
    at = plain.find(first)
    while at >= 0 and len(found) < MOST_PLACES:
        end = -1 if at and plain[at - 1].isalnum() else _end(plain, at, term)
        if end >= 0:
            found.append(Place(at, number, end))
        at = plain.find(first, max(end, at + 1))
    return found


def _end(plain: str, at: int, term: Term) -> int:
    """Where a term ends that begins here; -1 where another word does."""
    end, last = at, len(plain)
    for number, token in enumerate(term.tokens):
        if number:
            gap = end
            while end < last and not plain[end].isalnum():
                end += 1
            if end == gap or not plain.startswith(token, end):
                return -1
        end += len(token)
    if term.is_prefix:
        while end < last and plain[end].isalnum():
            end += 1
    elif end < last and plain[end].isalnum():
        return -1
    return end


def passages(text: str, found: list[Place], most: int = 2) -> list[Passage]:
    """The passages that show most of the words, in the order of the text; its beginning where none stands in it."""
    if not found:
        return [_passage(text, 0, [])]
    chosen: list[Passage] = []
    seen: set[int] = set()
    left = found
    while left and len(chosen) < most and not (chosen and {place.term for place in left} <= seen):
        chosen.append(_passage(text, _best(left, seen).start, found))
        seen.update(place.term for place in chosen[-1].places)
        left = [place for place in left if not chosen[-1].start <= place.start < chosen[-1].end]
    return sorted(chosen, key=lambda passage: passage.start)


def _best(found: list[Place], seen: set[int]) -> Place:
    """The place from which on a passage holds most terms not shown yet, then most places; of equals the first."""
    room = WIDTH - BEFORE
    if found[-1].end <= found[0].start + room:
        return found[0]
    inside: dict[int, int] = {}
    best, worth = found[0], (-1, -1)
    new = behind = 0  # terms of the places from ``first`` to ``behind`` that are not shown yet, and their end
    count = len(found)
    for first, place in enumerate(found):
        limit = place.start + room
        while behind < count and found[behind].end <= limit:
            term = found[behind].term
            held = inside.get(term, 0)
            inside[term] = held + 1
            new += not held and term not in seen
            behind += 1
        if (new, behind - first) > worth:
            best, worth = place, (new, behind - first)
        if behind == count:
            break  # what follows holds no more than this does
        if behind == first:  # longer than a passage
            behind += 1
            continue
        inside[place.term] -= 1
        new -= not inside[place.term] and place.term not in seen
    return best


def _passage(text: str, at: int, found: list[Place]) -> Passage:
    """About `WIDTH` characters of one paragraph around the offset, whole words at both ends."""
    paragraph = text.rfind("\n\n", 0, at)
    begin = paragraph + 2 if paragraph >= 0 else 0
    close = text.find("\n\n", at)
    last = close if close >= 0 else len(text)
    start = begin if at - begin <= BEFORE else _after_blank(text, at - BEFORE, at)
    end = last if last - start <= WIDTH else _before_blank(text, start + WIDTH, at)
    end = max([end, *(p.end for p in found if p.start == at)])
    return Passage(start, end, [p for p in found if start <= p.start and p.end <= end])


def _after_blank(text: str, at: int, until: int) -> int:
    blank = text.find(" ", at, until)
    return blank + 1 if blank >= 0 else at


def _before_blank(text: str, at: int, least: int) -> int:
    blank = text.rfind(" ", least, at)
    return blank if blank > 0 else at
