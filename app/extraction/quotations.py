"""Quotations of an article: what stands between quotation marks, over sentences and paragraphs."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from app.language.pipeline import Reading

OPENING = frozenset({"“", "``"})
CLOSING = frozenset({"”"})
EITHER = frozenset({'"', "''"})
"""Marks that open and close alike; where they stand tells which."""

MARKS = OPENING | CLOSING | EITHER


@dataclass(frozen=True, slots=True)
class Quotation:
    """Tokens ``[first, last)`` with their marks. ``open``: its paragraph leaves it unclosed, since it goes on."""

    first: int
    last: int
    open: bool = False


class Quotations:
    """The quotations of an article in their order; none lies in another."""

    def __init__(self, reading: Reading) -> None:
        self.all = tuple(_find(reading))
        self._firsts = [quotation.first for quotation in self.all]

    def holding(self, token: int) -> Quotation | None:
        """The quotation that a token, or a mark, belongs to."""
        at = bisect_right(self._firsts, token) - 1
        return self.all[at] if at >= 0 and token < self.all[at].last else None

    def behind(self, token: int) -> Quotation | None:
        """The first quotation that begins at a token or behind it."""
        at = bisect_right(self._firsts, token - 1)
        return self.all[at] if at < len(self.all) else None


def _find(reading: Reading) -> list[Quotation]:
    found: list[Quotation] = []
    opened: int | None = None
    paragraph = end = -1
    for sentence in reading.sentences:
        if sentence.paragraph != paragraph:
            if opened is not None:
                found.append(Quotation(opened, end, open=True))
            opened, paragraph = None, sentence.paragraph
        end = sentence.last
        for at in range(sentence.first, sentence.last):
            if reading.tokens[at].text not in MARKS:
                continue
            if opened is None:
                opened = at if _may_open(reading, at) else None
            elif _may_close(reading, at):
                found.append(Quotation(opened, at + 1))
                opened = None
    if opened is not None:
        found.append(Quotation(opened, end, open=True))
    return found


def _may_open(reading: Reading, at: int) -> bool:
    text = reading.tokens[at].text
    if text in CLOSING:  # set the wrong way round
        return _opens(reading, at)
    return text in OPENING or (at + 1 < len(reading.tokens) and not _closes(reading, at))


def _may_close(reading: Reading, at: int) -> bool:
    text = reading.tokens[at].text
    if text in OPENING:  # set the wrong way round
        return _closes(reading, at)
    return text in CLOSING or not _opens(reading, at)


def _opens(reading: Reading, at: int) -> bool:
    """Whether white space stands before a mark and none behind it."""
    tokens = reading.tokens
    return at + 1 < len(tokens) and not tokens[at].glued and tokens[at + 1].glued


def _closes(reading: Reading, at: int) -> bool:
    """Whether white space stands behind a mark and none before it."""
    tokens = reading.tokens
    return tokens[at].glued and not (at + 1 < len(tokens) and tokens[at + 1].glued)
