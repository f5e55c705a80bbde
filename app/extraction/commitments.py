"""Acts with two sides or more of different countries, as commitments: each once, however often it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.domain.commitment import Form
from app.extraction.acts import FoundAct, continued, find_acts
from app.extraction.confidence import LEAST, Signs, confidence
from app.extraction.entities import Cast
from app.extraction.memory import Memory
from app.extraction.scene import Part, Scene
from app.extraction.side import Side, Sides
from app.extraction.sides import frames, sides_of
from app.extraction.sport import is_sport, names_states
from app.language.clauses import Clause, Kind, Relation
from app.language.sentences import Sentence

REMEMBERED = 50
"""How many of the latest commitments an act is compared with, to see whether it is one told again."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Where an act is told: the sentence, and the tokens of the whole clause with its objects and complements."""

    sentence: Sentence
    act: FoundAct
    words: Part


@dataclass(frozen=True, slots=True)
class Found:
    """An act with its sides, before it is written as a record."""

    act: FoundAct
    sides: tuple[Side, ...]
    tellings: tuple[Telling, ...]
    signs: Signs
    confidence: float

    @property
    def names(self) -> set[str]:
        """What its sides count as."""
        return {side.referent.side or "" for side in self.sides}


def find_commitments(cast: Cast, memory: Memory) -> list[Found]:
    """All commitments of a text in its order."""
    found: list[Found] = []
    sport = is_sport(cast.reading)
    for sentence in cast.reading.sentences:
        if sport and not names_states(cast.reading, sentence):
            continue
        if cast.within(sentence.first, sentence.last) or found:
            for one in _in_sentence(Scene(cast, sentence), memory):
                _take(found, one)
    return found


def candidates(cast: Cast, memory: Memory) -> Iterator[Found]:
    """All acts with two sides, also those that are too unlikely to be commitments."""
    for sentence in cast.reading.sentences:
        yield from _in_sentence(Scene(cast, sentence), memory, least=0.0)


def _in_sentence(scene: Scene, memory: Memory, least: float = LEAST) -> list[Found]:
    found = list(_each(scene, memory, least))
    kept = list(found)
    for one in found:
        if any(_repeats(scene, one, other) for other in kept if other is not one):
            kept.remove(one)
    return kept


def _repeats(scene: Scene, one: Found, other: Found) -> bool:
    """Whether an act of a sentence only says what another there is for, or what it goes back to, or says it again.

    "Met in order to discuss", "sent doctors to help", "under the deal, Kenya will supply", "met during the visit". What
    the reader does not mark says nothing new beside what it marks.
    """
    if one.names & other.names and _is_further(one, other):
        return True
    doubted = other.act.marked and not one.act.marked
    told = _is_told(one.act) and one.act.stage is not other.act.stage
    if doubted and not told and one.act.form is other.act.form and one.names <= other.names:
        return True
    clause = one.act.clause
    if other.act.form is Form.CONSULTATION and _is_topic(one.act, other.act):
        return True
    if _is_under(scene, one, other):
        return True
    if clause.relation not in (Relation.PURPOSE, Relation.COMPLEMENT, Relation.ADNOMINAL):
        return False
    if one.act.firmness.rows and not doubted:
        return False
    above = scene.clauses.parent(clause)
    if above is None or above.index not in {c.index for c in (other.act.clause, *other.act.inner)}:
        return False
    same = doubted or (one.act.form is other.act.form and one.act.negated is other.act.negated)
    return same and one.names <= other.names


def _is_further(one: Found, other: Found) -> bool:
    """Whether one is known from before and the other told here, or is a bare noun for what the other tells."""
    if one.signs.recalled:
        return not other.signs.recalled and not (_is_told(one.act) and one.act.marked)
    noun = one.act.clause.kind is Kind.NOMINAL and not one.signs.near
    return noun and bool(other.signs.near) and one.act.form is other.act.form


def _is_under(scene: Scene, one: Found, other: Found) -> bool:
    """Whether a bare noun only names the terms of an act: "in a contract" of "ordered jets from Peru in a contract"."""
    clause = one.act.clause
    if clause.kind is not Kind.NOMINAL or clause.relation is not Relation.OBLIQUE or one.act.marked:
        return False
    above = scene.clauses.parent(clause)
    terms = scene.preposition(clause.predicate) in ("in", "under", "as", "through")
    return terms and above is not None and above.index == other.act.clause.index and one.names <= other.names


def _is_told(act: FoundAct) -> bool:
    """Whether an act is told by a verb of its own: "sent rice" of "sent rice and plans to send doctors"."""
    clause = act.clause
    alone = clause.relation in (Relation.ROOT, Relation.PARATAXIS, Relation.COMPLEMENT)
    return clause.kind is Kind.VERBAL and clause.finite and alone


def _is_topic(act: FoundAct, talk: FoundAct) -> bool:
    """Whether an act is what a talk is about: "discussed ways to deepen ties"."""
    about = [*talk.clause.objects, *talk.clause.by("about", "on", "over", "regarding")]
    return any(a.span.start <= act.at < a.span.end for a in about if a.head.i != act.at)


def _each(scene: Scene, memory: Memory, least: float) -> Iterator[Found]:
    for act in find_acts(scene):
        if frames()[act.frame].stance and not _stands(scene, act):
            continue
        sides = sides_of(scene, act, memory)
        if not sides.enough:
            memory.interrupt(act, sides)
            continue
        if sides.act:
            act = continued(act, sides.act)
        signs = _signs(act, sides)
        sure = confidence(signs)
        if sure < least:
            continue
        memory.note(act, sides, scene.sentence.number)
        words = _clause_words(scene, act, sides)
        yield Found(act, sides.sides, (Telling(scene.sentence, act, words),), signs, sure)


def _stands(scene: Scene, act: FoundAct) -> bool:
    """Whether an act whose bare word is background is more than that here: stated, marked, or "in partnership with"."""
    joint = act.clause.kind is Kind.NOMINAL and scene.preposition(act.clause.predicate) == "in"
    return act.firmness.stated or act.marked or (joint and bool(act.clause.by("with")))


def _signs(act: FoundAct, sides: Sides) -> Signs:
    parts = sorted((s.candidate.part for s in sides.sides if s.candidate), reverse=True)
    return Signs(
        acting=act.judged.probability,
        marked=float(act.marked),
        named=float(bool(act.row["word"])),
        near=float(sides.near),
        recalled=float(sides.recalled),
        parts=parts[1] if len(parts) > 1 else 0.5,
        stated=float(act.firmness.stated),
        noun=float(act.clause.kind is Kind.NOMINAL),
    )


def _take(found: list[Found], one: Found) -> None:
    """Add a commitment, or, where it tells of one again, its sentence to that one's evidence."""
    for number in range(max(0, len(found) - REMEMBERED), len(found)):
        other = found[number]
        if _same(other, one):
            here = {telling.sentence.number for telling in other.tellings}
            new = tuple(t for t in one.tellings if t.sentence.number not in here)
            sides = max(other, one, key=lambda each: (each.act.marked, len(each.sides))).sides
            sure = max(other.confidence, one.confidence)
            found[number] = replace(other, sides=sides, tellings=(*other.tellings, *new), confidence=sure)
            return
    found.append(one)


def _same(one: Found, other: Found) -> bool:
    """Whether two acts are one told twice: of one kind and firmness; in one sentence one may leave out a side."""
    if one.act.form is not other.act.form or one.act.negated is not other.act.negated:
        return False
    if one.act.stage is not other.act.stage:
        return False
    here = one.tellings[-1].sentence.number == other.tellings[0].sentence.number
    if here:
        return one.names <= other.names or other.names <= one.names
    same_word = one.act.clause.predicate.lower_ == other.act.clause.predicate.lower_
    return one.names == other.names and (one.act.form is Form.CONSULTATION or same_word)


def _clause_words(scene: Scene, act: FoundAct, sides: Sides) -> Part:
    """The whole clause: its words and those that say how firm it is, its sides, objects and complements.

    With the clause that governs it, where that one names a side: "X is in Lima for talks".
    """
    clause = act.clause
    spans: list[Part] = []
    for each in (clause, *act.inner):
        spans.extend(_reach(scene, each))
    above = scene.clauses.parent(clause)
    if above is not None and above.kind is Kind.COPULAR:
        there = list(_reach(scene, above))
        named = [side.candidate.reference for side in sides.sides if side.candidate]
        if any(first <= r.first and r.last <= last for r in named for first, last in there):
            spans.extend(there)
    at = act.clause.predicate.i
    first, last = min([at, *(f for f, _ in spans)]), max([at + 1, *(e for _, e in spans)])
    first, last = max(first, scene.sentence.first), min(last, scene.sentence.last)
    while last > at + 1 and not any(c.isalnum() for c in scene.tokens[last - 1].text):
        last -= 1
    while first < at and not any(c.isalnum() for c in scene.tokens[first].text):
        first += 1
    return first, last


def _reach(scene: Scene, clause: Clause) -> Iterator[Part]:
    yield clause.words[0].i, clause.words[-1].i + 1
    for argument in clause.arguments:
        yield argument.core.start, argument.core.end
    for modal in clause.modality:
        yield modal.token.i, modal.token.i + 1
    for modifier in clause.modifiers:
        yield modifier.i, modifier.i + 1
    if clause.kind is Kind.NOMINAL:
        extent = scene.clauses.extent(clause.predicate)
        yield extent.start, extent.end
    if clause.light is not None:
        yield clause.light.i, clause.light.i + 1
