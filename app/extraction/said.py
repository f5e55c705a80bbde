"""A statement found in a text, before it is written as a record, and which statement it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.extraction.speakers import Voice
from app.extraction.tables import word_set
from app.language.sentences import Sentence
from app.language.tables import Row
from app.language.tokens import Token

_OWN = word_set("speakers.own")

Part = tuple[int, int]
"""Tokens from the first up to, not including, the last."""


@dataclass(frozen=True, slots=True)
class Said:
    """A statement found in a sentence.

    ``kind``, by reporting.tsv: say, tell, urge, want, think or judge; ``within``: the place of the statement that
    reports it in the list of all; ``row``: the row of the table, None for "according to" and what the layout tells;
    ``laid_out``: the layout tells who speaks, and that these are the speaker's words: a transcript, a signed quotation.
    """

    sentence: Sentence
    cue: Part
    content: tuple[Part, ...]
    speakers: tuple[Voice, ...]
    kind: str
    within: int | None = None
    row: Row | None = field(default=None, compare=False)
    laid_out: bool = False


def nested(found: Sequence[Said]) -> list[Said]:
    """The statements in their order, each with the place of the innermost one in whose content its cue stands."""
    parts = sorted((first, last, number) for number, said in enumerate(found) for first, last in said.content)
    within: dict[int, int] = {}
    waiting = 0
    around: list[tuple[int, int, int]] = []
    for number in sorted(range(len(found)), key=lambda each: found[each].cue):
        at = found[number].cue[0]
        while waiting < len(parts) and parts[waiting][0] <= at:
            around.append(parts[waiting])
            waiting += 1
        around = [part for part in around if part[1] > at]
        inside = [part for part in around if part[2] != number and not _holds(found[number], found[part[2]].cue[0])]
        if inside:
            within[number] = max(inside, key=lambda part: (part[0], -part[1]))[2]
    return [replace(said, within=within.get(number)) for number, said in enumerate(found)]


def reported(found: Sequence[Said], tokens: Sequence[Token]) -> list[Said]:
    """The statements less those of the writer or the reader ("I think") that stand in nobody's words."""

    def is_own(said: Said) -> bool:
        return bool(said.speakers) and all(
            voice.last == voice.first + 1 and tokens[voice.first].lower in _OWN for voice in said.speakers
        )

    return nested([said for said in nested(found) if said.within is not None or not is_own(said)])


def _holds(said: Said, at: int) -> bool:
    return any(first <= at < last for first, last in said.content)
