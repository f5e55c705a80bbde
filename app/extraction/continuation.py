"""Quotations without reporting words of their own: they go on with the statement before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.extraction.quotations import Quotation, Quotations
from app.extraction.said import Said
from app.language.pipeline import Reading
from app.language.sentences import Sentence

SHORTEST = 5
"""Fewest tokens, marks included, of a quotation that stands for itself."""


def carried_on(reading: Reading, quotations: Quotations, found: Sequence[Said]) -> list[Said]:
    """The statements, with the quotations that go on with them in sentences and paragraphs behind them."""
    statements = list(found)
    sentence_of = _sentences(reading)
    taken = {at for said in found for first, last in said.content for at in (first, last - 1)}
    ended = _Ended(statements)
    for quotation in quotations.all:
        if quotation.last - quotation.first < SHORTEST or quotation.first in taken or quotation.last - 1 in taken:
            continue
        sentence = sentence_of.get(quotation.first)
        number = ended.before(quotation.first)
        if sentence is None or number is None or not _alone(reading, quotation, sentence):
            continue
        before = statements[number]
        if _goes_on(reading, quotations, before, quotation, sentence):
            statements[number] = replace(before, content=(*before.content, (quotation.first, quotation.last)))
            ended.grow(number, quotation.last)
    return statements


class _Ended:
    """Which statement ended last before a token."""

    def __init__(self, statements: Sequence[Said]) -> None:
        self._ends = sorted((_end(said), number) for number, said in enumerate(statements) if said.speakers)

    def before(self, at: int) -> int | None:
        """The number of the statement that ended last before a token."""
        from bisect import bisect_right

        place = bisect_right(self._ends, (at, len(self._ends) + 1_000_000)) - 1
        return self._ends[place][1] if place >= 0 else None

    def grow(self, number: int, end: int) -> None:
        """Take note that a statement now ends later."""
        from bisect import insort

        insort(self._ends, (end, number))


def _end(said: Said) -> int:
    return max([said.cue[1], *(last for _, last in said.content), *(voice.last for voice in said.speakers)])


def _sentences(reading: Reading) -> dict[int, Sentence]:
    return {at: sentence for sentence in reading.sentences for at in range(sentence.first, sentence.last)}


def _alone(reading: Reading, quotation: Quotation, sentence: Sentence) -> bool:
    """Whether nothing stands before the quotation in its sentence, or behind it in that in which it ends."""
    if quotation.first > sentence.first + 1:
        return False
    behind = quotation.last
    return all(
        not token.text[0].isalnum()
        for token in reading.tokens[behind : max(behind, sentence.last if sentence.last > behind else behind)]
    )


def _goes_on(
    reading: Reading, quotations: Quotations, before: Said, quotation: Quotation, sentence: Sentence
) -> bool:
    """Whether a quotation follows on a statement that quotes, or on an open quotation of the paragraph before."""
    if before.kind not in ("say", "tell", "urge"):
        return False
    end = _end(before)
    between = reading.tokens[end : quotation.first]
    if any(token.text[0].isalnum() for token in between):
        return False
    return any(quotations.holding(first) or quotations.holding(last - 1) for first, last in before.content)
