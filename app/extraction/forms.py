"""What kind of cooperation an act is: by its row, by the words of its topic, and by the reader."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from app.domain.commitment import Form
from app.extraction.scene import Scene
from app.extraction.tables import rows
from app.language.clauses import Argument, Clause, Kind, Relation, Role
from app.language.marks import Trigger

if TYPE_CHECKING:
    from spacy.tokens import Token

SURE = 0.6
"""Probability from which on the reader's form counts more than words that stand further off."""

CERTAIN = 0.85
"""Probability from which on it counts more than the row's own form; a talk is one whatever it is about."""


def _brought_about(scene: Scene, clause: Clause) -> Iterable[Token]:
    """What an act is said to do: "defences" of "sharing this could strengthen defences"."""
    above = scene.clauses.parent(clause) if clause.relation is Relation.SUBJECT else None
    for argument in above.objects if above is not None else ():
        yield from argument.core


def _aim(scene: Scene, clause: Clause, governed: tuple[Argument, ...]) -> Iterable[Token]:
    """What a noun of the act is there to do: "submarines" of "a pact to build submarines", "that would build" them."""
    nouns = {clause.predicate.i, *(argument.head.i for argument in governed)}
    for other in scene.clauses:
        above = scene.clauses.parent(other)
        if above is None or above.kind is not Kind.NOMINAL or above.predicate.i not in nouns:
            continue
        if other.relation is Relation.RELATIVE:
            yield from scene.clauses.extent(other.predicate)
        elif other.relation is Relation.ADNOMINAL and not other.finite:
            for argument in other.objects:
                yield from argument.core


@cache
def topics() -> dict[str, Form]:
    """Words that tell the form of an act."""
    return {word: Form(row["form"]) for row in reversed(rows("topics.tsv")) for word in row["words"].split("|")}


def form_of(scene: Scene, clause: Clause, named: str, governed: tuple[Argument, ...], judged: Trigger) -> Form:
    """The form that the row names; where it leaves that to the topic, that of the topic, or what the reader thinks."""
    thought = {Form(name): share for name, share in judged.forms.items()}
    if named not in ("topic", "relief", "any"):
        other = max(thought, key=lambda form: thought[form])
        return other if named != Form.CONSULTATION and thought[other] >= CERTAIN else Form(named)
    places = (_near(clause, governed), _brought_about(scene, clause), _aim(scene, clause, governed))
    near = next(filter(None, map(_first, places)), None)
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
