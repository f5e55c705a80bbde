"""Patterns of words, as the lexicon's tables write them.

A word with ``:v`` stands for all forms of the verb, ``$group`` for the words of a group, ``|`` parts alternatives,
``*`` stands for fewer than `GAP` words without punctuation, and what stands in parentheses may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from app.extraction.inflection import verb
from app.extraction.tables import groups, word_set
from app.language.tables import Row
from app.language.tokens import Token

GAP = 7
"""Most words that a ``*`` stands for."""


class PatternError(ValueError):
    """A pattern that cannot be read."""


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a pattern: words that may stand there (none: any words), and whether it may be missing."""

    words: frozenset[str]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A row's pattern found at tokens ``[first, last)``."""

    first: int
    last: int
    row: Row


class Matcher:
    """Finds the patterns of a table's rows in tokens."""

    def __init__(self, table: Iterable[Row]) -> None:
        self._by_word: dict[str, list[tuple[tuple[Element, ...], Row]]] = {}
        for row in table:
            elements = tuple(parse(row["pattern"]))
            for word in elements[0].words:
                self._by_word.setdefault(word, []).append((elements, row))

    def find(self, tokens: Sequence[Token], first: int, last: int) -> Iterator[Match]:
        """All matches that begin and end within tokens ``[first, last)``, in the order of their beginning."""
        for at in range(first, last):
            for elements, row in self._by_word.get(tokens[at].lower, ()):
                end = _match(elements, 1, tokens, at + 1, last)
                if end is not None:
                    yield Match(at, end, row)


def parse(pattern: str) -> Iterator[Element]:
    """The elements of a pattern; raises `PatternError` where it names an unknown group or begins with a gap."""
    for number, word in enumerate(re.findall(r"\(.*?\)|\S+", pattern)):
        optional = word.startswith("(")
        for part in word.strip("()").split():
            if part == "*":
                if number == 0:
                    raise PatternError(f"a pattern may not begin with a gap: {pattern!r}")
                yield Element(frozenset())
            else:
                yield Element(expand(part), optional)


@cache
def expand(alternatives: str) -> frozenset[str]:
    """The words that an element of a pattern stands for."""
    words: set[str] = set()
    for word in alternatives.split("|"):
        if word.startswith("$"):
            if word[1:] not in groups():
                raise PatternError(f"no group is called {word}; add it to words.tsv")
            words |= groups()[word[1:]]
        elif word.endswith(":v"):
            words |= verb(word[:-2]).all
        else:
            words.add(word)
    return frozenset(words)


def _match(elements: tuple[Element, ...], number: int, tokens: Sequence[Token], at: int, last: int) -> int | None:
    """Where the elements from ``number`` on end when they begin at token ``at``."""
    if number == len(elements):
        return at
    element = elements[number]
    if not element.words:
        for skipped in range(GAP):
            if at + skipped >= last or (skipped and _stops(tokens[at + skipped - 1])):
                break
            end = _match(elements, number + 1, tokens, at + skipped, last)
            if end is not None:
                return end
        return None
    if at < last and tokens[at].lower in element.words:
        end = _match(elements, number + 1, tokens, at + 1, last)
        if end is not None:
            return end
    return _match(elements, number + 1, tokens, at, last) if element.optional else None


_STOPS = word_set("patterns.stops")


def _stops(token: Token) -> bool:
    return not (token.text[0].isalnum() or token.text in ("-", "'s", "'", "$", "&")) or token.lower in _STOPS
