"""Codes of the field, PLOVER and CAMEO, for a commitment: by the tables ``coding.tsv`` and ``kinds.tsv``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from app.domain.commitment import Form, Plover, Stage
from app.extraction.tables import rows
from app.language.tables import Row


@dataclass(frozen=True, slots=True)
class Codes:
    """A PLOVER event type and a CAMEO code."""

    plover: Plover
    cameo: str


@dataclass(frozen=True, slots=True)
class Act:
    """What decides the codes: stage, form, whether help goes one way, whether it is negated, and the act's words."""

    stage: Stage
    form: Form
    gives: bool
    negated: bool
    words: frozenset[str]


def code(act: Act) -> Codes:
    """The codes of an act: those of the first row of ``coding.tsv`` that fits it."""
    row = coding_row(act)
    return Codes(Plover(row["plover"]), row["cameo"])


def coding_row(act: Act) -> Row:
    """The first row of ``coding.tsv`` that fits the act."""
    kinds = {kind for kind, words in _kinds() if words & act.words}
    gives, negated = ("yes" if act.gives else "no"), ("yes" if act.negated else "no")
    wanted = ((act.stage,), (act.form,), kinds, (gives,), (negated,))
    for row in rows("coding.tsv"):
        cells = (row["stage"], row["form"], row["kind"], row["gives"], row["negated"])
        if all(cell == "*" or cell in values for cell, values in zip(cells, wanted, strict=True)):
            return row
    raise LookupError(f"coding.tsv has no row for {act.stage} {act.form}; add one")


@cache
def _kinds() -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((row["kind"], frozenset(row["words"].split("|"))) for row in rows("kinds.tsv"))


def words_of(tokens: Iterable[str]) -> frozenset[str]:
    """Words of an act in lower case."""
    return frozenset(token.lower() for token in tokens)
