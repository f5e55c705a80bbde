"""Of whom the clauses of a sentence are said, where that is several, or the people of one state: whom "they" means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from app.domain.entity import EntityType
from app.extraction.entities import Cast, Reference
from app.language.clauses import Argument, Kind
from app.language.sentences import Sentence
from app.language.tables import rows

if TYPE_CHECKING:
    from spacy.tokens import Token


@dataclass(frozen=True, slots=True)
class Company:
    """The referents that a clause is said of in the plural; none where it is said of other things."""

    numbers: tuple[int, ...]
    last: int
    """The token behind the last of its words."""


def companies(cast: Cast, sentence: Sentence, here: list[Reference]) -> Iterator[Company]:
    """The company of each clause that has one; first those of the clauses that hang on no other."""
    clauses = cast.reading.clauses(sentence)
    for clause in sorted(clauses, key=lambda c: (c.parent is not None, c.index)):
        subjects = clause.subjects
        if clause.kind is Kind.NOMINAL or not subjects:
            continue
        if len(subjects) > 1 or _is_plural(subjects[0].head):
            numbers = [number for subject in subjects for number in _meant(cast, subject, here)]
            yield Company(distinct(cast, numbers), max(subject.span.end for subject in subjects))


def distinct(cast: Cast, numbers: Sequence[int]) -> tuple[int, ...]:
    """The first referent of each side."""
    sides: dict[str | None, int] = {}
    for number in numbers:
        sides.setdefault(cast.referents[number].side, number)
    return tuple(sides.values())


def _is_plural(noun: Token) -> bool:
    return noun.tag_ in ("NNS", "NNPS")


def _meant(cast: Cast, subject: Argument, here: list[Reference]) -> Iterator[int]:
    """Whom a side of a clause names: itself, or, where it names several by what they are, whose people they are."""
    inside = [r for r in here if subject.core.start <= r.first and r.last <= subject.core.end]
    renamed = [r for other in subject.appositions for r in here if other.core.start <= r.first < other.core.end]
    people = [r for r in renamed if cast.referents[r.referents[0]].type is EntityType.PERSON]
    named = [at for r in inside for at in range(r.first, r.last)]
    between = {token.lower_ for token in subject.core if token.i not in named}
    own = [r for r in inside if r.first <= subject.head.i < r.last]
    if not own or between <= {",", "and", "the"}:  # "Peru, Chile", read as one name
        own = inside if own or subject.head.lower_ in _people() else []
    for reference in people or own:
        yield from (number for number in reference.referents if cast.referents[number].acts)


@cache
def _people() -> frozenset[str]:
    return frozenset(row["word"] for row in rows("actors.tsv") if row["kind"] in ("people", "office"))
