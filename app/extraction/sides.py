"""The sides of an act: from its clause, from the rest of the sentence, and from what the article has said before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from app.domain.commitment import Form
from app.domain.entity import EntityType, MentionForm
from app.extraction.acts import FoundAct
from app.extraction.entities import Reference
from app.extraction.memory import Memory, given_to_headline, known
from app.extraction.scene import Fit, Scene
from app.extraction.side import TOPIC, Candidate, Side, Sides
from app.extraction.tables import rows, word_set
from app.language.clauses import Argument, Clause, Kind, Relation, Role, Voice

if TYPE_CHECKING:
    from spacy.tokens import Span

REFUSED = 0.04
"""A well placed reference is no side where the reader gives it less."""
PERSONAL = 0.9
"""The same where people, offices or states themselves take part, never what belongs to them."""
AFAR = 0.6
"""A reference outside the act's clause is a side where the reader gives it this much."""
CLOSE = 0.95
"""One to which it gives this much is a side before those to which it gives less are looked at."""
REACH = 4
"""Most tokens between a state where somebody is and the talk that he is there for."""
HEARD = 0.08
"""Least probability of an act at which the reader is asked for sides further off."""

_PERSONAL = frozenset({"person", "meet", "ask"})
"""Frames whose sides are people, offices or states themselves."""
_MUTUAL = frozenset({"meet", "talks", "with", "tie"})
"""Frames of what several do with one another."""
_GIVING = frozenset({"give", "help", "for", "any"})
"""Frames of what goes from one to another, or may."""
_OF_STATES = frozenset({"body", "group", "region"})
"""Kinds of what has states for members."""
_MEMBERS = word_set("sides.members")
_ASSEMBLIES = word_set("sides.assemblies")
_ADJUNCTS = word_set("sides.adjuncts")


@dataclass(frozen=True, slots=True)
class Frame:
    """A row of frames.tsv; the preposition of an object is empty."""

    prepositions: frozenset[str]
    inside: bool
    stance: bool


@cache
def frames() -> dict[str, Frame]:
    """The frames by name."""
    return {
        row["frame"]: Frame(
            frozenset("" if word == "-" else word for word in row["prepositions"].split("|")),
            inside=row["inside"] == "yes",
            stance=row["stance"] == "yes",
        )
        for row in rows("frames.tsv")
    }


def sides_of(scene: Scene, act: FoundAct, memory: Memory) -> Sides:
    """Who takes part in an act; not ``enough`` where it cannot be told."""
    found = _sides_of(scene, act, memory)
    found = given_to_headline(scene, act, found, memory) or found
    return found if found.enough else replace(found, among=_is_among_members(scene, act, found))


def _sides_of(scene: Scene, act: FoundAct, memory: Memory) -> Sides:
    candidates = list(_candidates(scene, act))
    found = Sides(tuple(_admitted(scene, candidates)))
    if found.enough:
        return _with_who_acts(scene, act, candidates) or found
    candidates.extend(_governing(scene, act, _standing(candidates)))
    wider = Sides(tuple(_admitted(scene, candidates)), near=False)
    if wider.enough:
        return wider
    found = found if found.names else wider
    if act.judged.probability < HEARD:
        return known(scene, act, found, memory)
    afar = sorted(_afar(scene, act, _standing(candidates)), key=lambda c: -c.part)
    for further in ([c for c in afar if c.part >= CLOSE], afar[:2]):
        wider = Sides(tuple(_admitted(scene, [*candidates, *further])), near=False)
        if wider.enough:
            return wider
    return known(scene, act, found, memory)


def _is_among_members(scene: Scene, act: FoundAct, found: Sides) -> bool:
    """Whether those of one body of states meet or agree with one another: "NATO ministers met", "the ASEAN summit"."""
    if act.frame not in _MUTUAL or not act.marked or len(found.sides) != 1:
        return False
    side, candidate = found.sides[0], found.sides[0].candidate
    if candidate is None or side.referent.known is None or side.referent.known.kind not in _OF_STATES:
        return False
    head = scene.head_of(candidate.reference)
    wanted = _MEMBERS | _ASSEMBLIES if act.frame == "talks" else _MEMBERS
    return head.lower_ in wanted or (head.dep_ != "ROOT" and head.head.lower_ in wanted)


def _with_who_acts(scene: Scene, act: FoundAct, candidates: list[Candidate]) -> Sides | None:
    """The sides with the one from whom the act goes out, where its own clause names only those to whom it goes.

    "Signed an order granting Peru and Chile access", "is heading for visits to Peru and Chile".
    """
    if act.judged.probability < HEARD or any(c.hand != "right" or _least(c) > c.part for c in candidates):
        return None
    above = [c for c in _governing(scene, act, _standing(candidates)) if c.hand == "left" and c.part >= AFAR]
    return Sides(tuple(_admitted(scene, [*candidates, *above])), near=False) if above else None


def _standing(candidates: list[Candidate]) -> set[Reference]:
    """The references of candidates that stand where a side may."""
    return {candidate.reference for candidate in candidates if candidate.fit is not Fit.NONE}


def _candidates(scene: Scene, act: FoundAct) -> Iterator[Candidate]:
    """References in the arguments of the act's clauses that its frame admits."""
    frame = frames()[act.frame]
    governed = {argument.head.i for argument in act.governed if not scene.names(argument.head)}
    inside = frozenset({act.at, *governed, *(c.predicate.i for c in act.inner)})
    seen: set[Reference] = set()
    for clause in (act.clause, *act.inner):
        for argument in clause.arguments:
            hand = _hand(clause, argument, frame, inside)
            if hand:
                yield from _within(scene, act, argument, hand, inside, seen)
        yield from _modifying(scene, act, clause, seen)
        yield from _at(scene, act, clause, seen)


def _at(scene: Scene, act: FoundAct, clause: Clause, seen: set[Reference]) -> Iterator[Candidate]:
    """The state where somebody is: "is in Lima for talks"."""
    if clause.kind is not Kind.COPULAR or scene.preposition(clause.predicate) not in ("in", "at"):
        return
    for reference in scene.references:
        if reference.first <= clause.predicate.i < reference.last and reference not in seen:
            seen.add(reference)
            yield Candidate(reference, Fit.GOOD, "right", _part(scene, act, reference))


def _hand(clause: Clause, argument: Argument, frame: Frame, inside: frozenset[int]) -> str:
    """On which hand an argument stands; empty where no side stands there."""
    if argument.head.i in inside:
        return "inner" if frame.inside else ""
    passive = clause.voice is Voice.PASSIVE and clause.kind is not Kind.NOMINAL
    match argument.role:
        case Role.SUBJECT if passive:
            return "right"
        case Role.SUBJECT | Role.AGENT | Role.POSSESSOR:
            return "left"
        case Role.OBJECT | Role.INDIRECT_OBJECT:
            return "right" if "" in frame.prepositions else ""
        case Role.OBLIQUE if argument.preposition in ("between", "among"):
            return "inner"
        case Role.OBLIQUE if argument.preposition in frame.prepositions:
            return "left" if argument.preposition == "by" else "right"
    return ""


def _within(
    scene: Scene, act: FoundAct, argument: Argument, hand: str, inside: frozenset[int], seen: set[Reference]
) -> Iterator[Candidate]:
    found = _as_listed(scene, argument, inside)
    renaming = [pair for other in argument.appositions for pair in _as_listed(scene, other, inside)]
    described = _describing(scene, [reference for reference, _ in (*found, *renaming)])
    found = [(reference, fit) for reference, fit in found if reference not in described]
    told = any(fit is Fit.GOOD and r.form is not MentionForm.PRONOUN for r, fit in found)
    found.extend((r, fit) for r, fit in renaming if r not in described and (not told or scene.is_person(r)))
    best = max((fit for _, fit in found), default=Fit.NONE)
    for reference, fit in found:
        if reference not in seen and fit is best:
            seen.add(reference)
            topic = 2.0 if act.judged.probability < HEARD else PERSONAL if act.frame in _PERSONAL else TOPIC
            yield Candidate(reference, fit, hand, _part(scene, act, reference), topic)


def _as_listed(scene: Scene, argument: Argument, inside: frozenset[int]) -> list[tuple[Reference, Fit]]:
    """The references in an argument with their fits: those of a list suit as well as the best of them."""
    fits = {r: scene.fit(r, argument, inside) for r in scene.within(argument.core.start, argument.core.end)}
    return [(r, max(fits.get(each, fit) for each in scene.beside(r))) for r, fit in fits.items()]


def _describing(scene: Scene, references: list[Reference]) -> set[Reference]:
    """Those that only say where the body behind them is: "Lebanese" in "the Lebanese group Hezbollah"."""
    bodies = [reference for reference in references if scene.is_body(scene.doc[reference.first])]
    return {
        reference
        for reference in references
        for body in bodies
        if reference.form is MentionForm.DEMONYM
        and 0 < body.first - reference.last <= REACH
        and _are_nouns(scene.doc[reference.last : body.first])
    }


def _are_nouns(words: Span) -> bool:
    return words[-1].pos_ == "NOUN" and all(word.pos_ in ("NOUN", "ADJ") for word in words)


def _modifying(scene: Scene, act: FoundAct, clause: Clause, seen: set[Reference]) -> Iterator[Candidate]:
    """References among the words before a noun: "US-China talks"."""
    if clause.kind is Kind.VERBAL:
        return
    for modifier in clause.modifiers:
        for reference in scene.references:
            if reference.first <= modifier.i < reference.last and reference not in seen:
                seen.add(reference)
                yield Candidate(reference, Fit.GOOD, "inner", _part(scene, act, reference))


def _governing(scene: Scene, act: FoundAct, seen: set[Reference]) -> Iterator[Candidate]:
    """Who stands in the clause above: the asker of what is asked for, those who travel in order to talk.

    Nobody where another acts beside it: "Peru sent tents, while a Chilean team helped".
    """
    parent = scene.clauses.parent(act.clause)
    if parent is None or (act.clause.finite and not act.clause.modality):
        return
    theirs = {argument.head.i for argument in parent.arguments}
    if act.clause.relation is Relation.ADVERBIAL and any(s.head.i not in theirs for s in act.clause.subjects):
        return
    inside = frozenset({act.at})
    if act.form is Form.CONSULTATION:
        yield from _at(scene, act, parent, seen)
    governs = act.clause.kind is not Kind.NOMINAL or act.firmness.stated
    for argument in parent.arguments:
        hand = _hand(parent, argument, frames()["any"], inside)
        if hand and argument.head.i != act.at:
            for candidate in _within(scene, act, argument, hand, inside, seen):
                if governs:
                    yield candidate
                elif candidate.fit is Fit.GOOD:
                    yield replace(candidate, fit=Fit.WEAK)


def _afar(scene: Scene, act: FoundAct, seen: set[Reference]) -> Iterator[Candidate]:
    """References elsewhere in the sentence that the reader takes for sides.

    It need be less sure of "the two countries" and of those behind "with" of what is done together. What is given goes
    to the state that it goes to somebody in: "aid for farmers in Peru".
    """
    nowhere = _ADJUNCTS - frames()[act.frame].prepositions
    for reference in scene.references:
        if reference in seen:
            continue
        part = _part(scene, act, reference)
        preposition = scene.preposition(scene.head_of(reference))
        together = len(reference.referents) > 1 or (preposition == "with" and act.frame in _MUTUAL)
        follows = act.marked or reference.first > act.at
        receives = preposition == "in" and act.frame in _GIVING and part >= CLOSE and follows
        if part < (HEARD if together else AFAR):
            continue
        if receives or preposition not in nowhere or _hosts(scene, act, reference):
            yield Candidate(reference, Fit.GOOD, "left" if reference.first < act.at else "right", part)


def _hosts(scene: Scene, act: FoundAct, reference: Reference) -> bool:
    """Whether a state is where somebody talks with it: "is in Peru for talks", "meetings in Lima, Quito and Bogota"."""
    if act.form is not Form.CONSULTATION:
        return False
    near = reference.last < act.at <= reference.last + REACH
    several = len(scene.beside(reference)) > 1
    own = (a.core for a in act.clause.by("in") if a.core.start <= reference.first < a.core.end)
    return (near and scene.tokens[reference.last].lower == "for") or (several and any(own))


def _part(scene: Scene, act: FoundAct, reference: Reference) -> float:
    """The reader's probability that a reference is a side: those of a list are sides together."""
    marks = scene.cast.reading.marks
    return max(1 - marks.part(act.words, (each.first, each.last)).none for each in scene.beside(reference))


def _admitted(scene: Scene, candidates: list[Candidate]) -> list[Side]:
    """One side for each state or body; regions only where there are not two others."""
    sides: list[Side] = []
    for candidate in sorted(candidates, key=lambda c: (c.reference.first, -c.reference.last)):
        if candidate.part >= _least(candidate):
            _admit(scene, sides, candidate)
    others = [side for side in sides if side.referent.type is not EntityType.PLACE]
    return others if len(others) >= 2 else sides


def _least(candidate: Candidate) -> float:
    """The least probability at which a candidate is a side; of pronouns and the like the reader knows too little."""
    if candidate.fit is Fit.GOOD:
        return REFUSED if candidate.reference.form in (MentionForm.NAME, MentionForm.DEMONYM) else 0.0
    return candidate.topic if candidate.fit is Fit.WEAK else 2.0


def _admit(scene: Scene, sides: list[Side], candidate: Candidate) -> None:
    for referent in scene.cast.sides(candidate.reference):
        same = next((s for s in sides if s.referent.side == referent.side), None)
        if same is None:
            sides.append(Side(referent, candidate, candidate.hand))
        elif same.hand == candidate.hand and same.referent.type is EntityType.COUNTRY != referent.type:
            sides[sides.index(same)] = Side(referent, candidate, candidate.hand)
