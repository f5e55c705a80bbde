"""Who speaks: an argument of the clause that reports, with its titles and appositions, and whom it refers to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.entity import MentionForm
from app.extraction.entities import Cast, Reference
from app.language.clauses import Argument

if TYPE_CHECKING:
    from spacy.tokens import Token

_MARKS = frozenset({",", "-", "–", "—", ";", ":", "(", '"', "“", "”"})


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker: tokens ``[first, last)``, and the number of the referent where it is known."""

    first: int
    last: int
    referent: int | None


def voices(cast: Cast, sides: Iterable[Argument], cue: int, relative: Token | None = None) -> tuple[Voice, ...]:
    """The speakers that sides of a clause name; the span of all is "who" where that stands for them.

    ``cue``: the first token of the reporting words, which may stand inside what hangs on a side.
    """
    found = [voice(cast, side, cue) for side in sides]
    if relative is None:
        return tuple(found)
    return tuple(dict.fromkeys(Voice(relative.i, relative.i + 1, one.referent) for one in found))


def voice(cast: Cast, side: Argument, cue: int) -> Voice:
    """The speaker that a side of a clause names, up to the reporting words."""
    first, last = side.span.start, side.span.end
    if side.head.i < cue < last:
        last = cue
    while last - 1 > side.head.i and cast.reading.tokens[last - 1].text in _MARKS:
        last -= 1
    return Voice(first, closed(cast, first, last), _referent(cast, side))


def closed(cast: Cast, first: int, last: int) -> int:
    """The end of tokens ``[first, last)`` with the bracket that closes what they open: "the Fishing Board (FB)"."""
    words = [token.text for token in cast.reading.tokens[first : last + 1]]
    return last + (words[-1] == ")" and len(words) > last - first and words.count("(") == words.count(")"))


def spoken(cast: Cast, first: int, last: int) -> Voice:
    """The speaker whom tokens ``[first, last)`` name."""
    known = cast.ending(last) or next(iter(cast.within(first, last)), None)
    return Voice(first, last, _single(known) if known and known.first >= first else None)


def _referent(cast: Cast, side: Argument) -> int | None:
    """Whom the head of a side refers to; else who renames it; else the state or body that an unnamed source is of."""
    first, last = side.core.start, side.core.end
    inside = cast.within(first, last)
    for reference in inside:
        if reference.first <= side.head.i < reference.last and reference.form is not MentionForm.DEMONYM:
            return _single(reference)
    for renamed in side.appositions:
        for reference in cast.within(renamed.core.start, renamed.core.end):
            if reference.first <= renamed.head.i < reference.last:
                return _single(reference)
    singles = [reference for reference in inside if len(reference.referents) == 1]
    return singles[0].referents[0] if singles else None


def _single(reference: Reference) -> int | None:
    return reference.referents[0] if len(reference.referents) == 1 else None
