"""What kind of cooperation an act is: by its row, by the words of its topic, and by the reader."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from app.domain.commitment import Form
from app.extraction.scene import Scene
from app.extraction.tables import rows
from app.language.clauses import Argument, Clause, Role
from app.language.marks import Trigger

if TYPE_CHECKING:
    from spacy.tokens import Token

SURE = 0.6
"""Probability from which on the reader's form counts more than words that stand further off."""


@cache
def topics() -> dict[str, Form]:
    """Words that tell the form of an act."""
    return {word: Form(row["form"]) for row in reversed(rows("topics.tsv")) for word in row["words"].split("|")}


def form_of(scene: Scene, clause: Clause, named: str, governed: tuple[Argument, ...], judged: Trigger) -> Form:
    """The form that the row names; where it leaves that to the topic, that of the topic, or what the reader thinks."""
    if named not in ("topic", "relief", "any"):
        return Form(named)
    near = _first(_near(clause, governed))
    thought = {Form(name): share for name, share in judged.forms.items()}
    if named == "relief":
        arms = near is Form.MILITARY or (near is None and thought[Form.MILITARY] > thought[Form.AID])
        return Form.MILITARY if arms else Form.AID
    if named == "topic":
        thought[Form.CONSULTATION] = 0.0
    likeliest = max(thought, key=lambda form: thought[form])
    if near is not None:
        return near
    if thought[likeliest] >= SURE:
        return likeliest
    return _first(scene.clauses.extent(clause.predicate)) or Form.DIPLOMATIC


def _first(words: Iterable[Token]) -> Form | None:
    """The form of the first topic word; a talk is the topic only where nothing else is."""
    found = [form for word in words if (form := topics().get(word.lower_))]
    return next((form for form in found if form is not Form.CONSULTATION), None)


def _near(clause: Clause, governed: tuple[Argument, ...]) -> Iterable[Token]:
    """The words that the act governs: what it is done to, and what it is on or in."""
    yield from clause.modifiers
    for argument in governed:
        yield from argument.span
    for argument in clause.arguments:
        if argument.role not in (Role.SUBJECT, Role.AGENT, Role.POSSESSOR):
            yield from argument.core
