"""Acts of cooperation in a sentence: predicates that the table of triggers names or that the reader marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from app.domain.commitment import Form, Stage
from app.extraction.firmness import Firmness, firmness
from app.extraction.forms import form_of
from app.extraction.scene import Part, Scene, actor_nouns
from app.extraction.tables import hostile_words, rows, word_set
from app.extraction.triggers import match
from app.language.clauses import Argument, Clause, Kind, Modality, Relation, Tense, bare_clause
from app.language.marks import Trigger
from app.language.tables import Row

_MEASURES = word_set("acts.measures")
_CARGO = word_set("acts.cargo")
_OPPOSING = word_set("acts.opposing")
_ACCUSING = word_set("acts.accusing")
_PREVENTING = word_set("acts.preventing")
_OF_BLAME = frozenset({"of", "for", "with", "over"})
MARKED = 0.5
"""Least probability at which words that the reader marks, and no row of the table names, are an act."""
LIKELY = 0.7
"""Probability from which on the reader's stage counts more than that of the row."""
SURE = 0.95
"""Probability from which on it counts more than words that say how firm an act is."""
DENIED = 0.95
"""Probability from which on an act is refused without a word of the tables that says so."""

UNNAMED: Row = {
    "word": "",
    "part": "",
    "governs": "",
    "stage": "",
    "form": "any",
    "frame": "any",
    "unless": "",
    "meaning": "",
    "example": "",
}
"""Stands for the row of an act that only the reader found."""


@dataclass(frozen=True, slots=True)
class FoundAct:
    """An act: its clause, the arguments of it that are part of the act, and how firm and of what form it is."""

    clause: Clause
    inner: tuple[Clause, ...]
    """Nominal clauses of the words that it governs: "talks" in "attended the talks"."""
    row: Row
    governed: tuple[Argument, ...]
    judged: Trigger
    """What the reader thinks of the act's words."""
    marked: bool
    firmness: Firmness
    form: Form
    above: Mapping[int, Clause]
    """The clauses of the words of modality that govern it, by the word's token."""

    @property
    def stage(self) -> Stage:
        """How firm it is."""
        return self.firmness.stage

    @property
    def negated(self) -> bool:
        """Whether it is refused, called off or denied."""
        return self.firmness.negated

    @property
    def at(self) -> int:
        """The token of its predicate."""
        return self.clause.predicate.i

    @property
    def words(self) -> Part:
        """The tokens that carry it."""
        return self.judged.first, self.judged.last

    @property
    def frame(self) -> str:
        """Where its sides stand: a row of frames.tsv."""
        return self.row["frame"]


@dataclass(frozen=True, slots=True)
class _Candidate:
    clause: Clause
    row: Row
    governed: tuple[Argument, ...]
    mark: Trigger | None

    def governs(self, clause: Clause) -> bool:
        """Whether another clause is the noun that this one governs, or that its verb is light beside."""
        light = clause.light
        if light is not None and light.i == self.clause.predicate.i and clause.kind is Kind.NOMINAL:
            return True
        return any(a.head.i == clause.predicate.i for a in self.governed)

    def rests_on(self, other: _Candidate) -> bool:
        """Whether the other's word only says how firm this act is: "agreed" in "agreed to meet"."""
        return any(m.token.i == other.clause.predicate.i for m in self.clause.modality)


def find_acts(scene: Scene) -> list[FoundAct]:
    """The acts of a sentence in its order: none that is part of another, or only says how firm another is."""
    candidates = list(_by_rows(scene))
    candidates.extend(_by_marks(scene, candidates))
    candidates.sort(key=lambda c: c.clause.index)
    acts = []
    for one in candidates:
        others = [other for other in candidates if other is not one]
        if any(other.governs(one.clause) for other in others) or _is_stance(one, others):
            continue
        if _only_asks(scene, one, others):
            continue
        if any(one.rests_on(other) and _asks(other) and one.row["form"] == "consultation" for other in others):
            continue
        act = None if _only_said_of(one, others) else _act(scene, one)
        if act is not None:
            acts.append(act)
    return acts


def _only_said_of(one: _Candidate, others: list[_Candidate]) -> bool:
    """Whether marked words that no row names are said of another act: "the agreement will take effect"."""
    subjects = {argument.head.i for argument in one.clause.subjects}
    acts = (other for other in others if other.row["word"] and other.row["frame"] not in _background())
    return not one.row["word"] and any(other.clause.predicate.i in subjects for other in acts)


def _only_asks(scene: Scene, one: _Candidate, others: list[_Candidate]) -> bool:
    """Whether it only says what it asks for, with no sides of its own: "the deal calls for Fiji to sell"."""
    asking = scene.clauses.parent(one.clause)
    if asking is None or one.clause.relation is not Relation.SUBJECT or one.clause.kind is not Kind.NOMINAL:
        return False
    own = any(argument.preposition in ("with", "between") for argument in one.clause.arguments)
    asks = (
        m.modality is Modality.REQUEST and m.token.i == asking.predicate.i for o in others for m in o.clause.modality
    )
    return not own and any(asks)


@cache
def _background() -> frozenset[str]:
    """Frames of words that are no act by themselves."""
    return frozenset(row["frame"] for row in rows("frames.tsv") if row["stance"] == "yes")


def _is_stance(one: _Candidate, others: list[_Candidate]) -> bool:
    return any(
        other.rests_on(one)
        and not one.governs(other.clause)
        and not (_asks(one) and other.row["form"] == "consultation")
        for other in others
    )


def _asks(one: _Candidate) -> bool:
    """Whether it is an invitation, an act whatever it is to."""
    return one.row["frame"] == "ask"


def _by_rows(scene: Scene) -> Iterator[_Candidate]:
    for clause in scene.clauses:
        stands = clause.predicate.i >= scene.first and not scene.is_body(clause.predicate)
        found = match(clause) if stands else None
        if found is not None:
            yield _Candidate(clause, found.row, found.governed, _mark_at(scene, clause))


def _mark_at(scene: Scene, clause: Clause) -> Trigger | None:
    """What the reader marks of a clause: its predicate, or else the light verb beside it ("will be held")."""
    places = [clause.predicate.i, *([clause.light.i] if clause.light is not None else [])]
    return next((m for at in places for m in scene.marks if m.first <= at < m.last), None)


def _by_marks(scene: Scene, found: list[_Candidate]) -> Iterator[_Candidate]:
    """Marked words that no row names: the clause whose predicate stands among them, a verb's before a noun's."""
    known = {c.clause.predicate.i for c in found} | {a.head.i for c in found for a in c.governed}
    known |= {c.clause.light.i for c in found if c.clause.light is not None}
    for mark in scene.marks:
        if mark.probability < MARKED or any(mark.first <= at < mark.last for at in known):
            continue
        inside = [c for c in scene.clauses if mark.first <= c.predicate.i < mark.last]
        inside = inside or [c for c in scene.clauses if any(mark.first <= t.i < mark.last for t in c.words)]
        if inside:
            clause = _governed_by(scene, max(inside, key=lambda c: (c.kind is not Kind.NOMINAL, c.index)))
            if clause.predicate.i not in known and clause.predicate.tag_ != "RB" and clause.lemma not in _OPPOSING:
                yield _Candidate(clause, UNNAMED, (), mark)
            continue
        bare = bare_clause(scene.root(mark.first, mark.last))
        if bare.predicate.tag_ == "CD":  # of "two-day visit" the reader may mark the number alone
            continue
        found_by = match(bare)
        yield _Candidate(bare, found_by.row if found_by else UNNAMED, (), mark)


def _governed_by(scene: Scene, clause: Clause) -> Clause:
    """What is planned, where the clause only says that it is: "build" of "plans to build"."""
    for other in scene.clauses:
        if other.modality and other.modality[-1].token.i == clause.predicate.i and other.kind is Kind.VERBAL:
            return _governed_by(scene, other) if other.index != clause.index else clause
    return clause


def _act(scene: Scene, one: _Candidate) -> FoundAct | None:
    """The candidate as an act; None where it is hostile, a mere condition or speculation."""
    clause = one.clause
    inner = tuple(c for c in scene.clauses if c is not clause and one.governs(c))
    if clause.conditional or _hostile(one) or _is_charge(scene, clause) or _measured(scene, one):
        return None
    if one.row["frame"] == "journey" and _is_cargo(scene, clause):
        return None
    own = [clause.predicate.i, *(argument.head.i for argument in one.governed), *_beside(one)]
    first, last = min(own), max(own) + 1
    if one.mark is not None:
        first, last = one.mark.first, one.mark.last
    judged = scene.cast.reading.marks.judged(first, min(last, first + 8))
    default = Stage(one.row["stage"]) if one.row["stage"] else _likeliest(judged)
    firm = firmness(scene, clause, inner, default, severs=one.row["frame"] == "sever", named=bool(one.row["word"]))
    if firm is None:
        return None
    firm = _weighed(firm, judged, one.row)
    form = form_of(scene, clause, one.row["form"], one.governed, judged)
    return FoundAct(
        clause, inner, one.row, one.governed, judged, one.mark is not None, firm, form, _above(scene, clause)
    )


def _beside(one: _Candidate) -> list[int]:
    """The adverb that a row's verb stands with: "together" of "work together"."""
    adverbs = {words.partition(" ")[2] for words in one.row["word"].split("|")} - {""}
    return [word.i for word in one.clause.modifiers if word.lower_ in adverbs]


def _weighed(firm: Firmness, judged: Trigger, row: Row) -> Firmness:
    """How firm the act is by its clause, unless the reader is sure of something else.

    To it "scrapped" is a refusal, also where what is scrapped stood in the way; an invitation is what is to come of it,
    and talks are what was agreed at them.
    """
    stage = _likeliest(judged)
    least = SURE if firm.stated else LIKELY
    apart = row["frame"] == "ask" or (row["form"] == "consultation" and stage is Stage.AGREED)
    if firm.bound or apart or judged.probability < MARKED or judged.stages[stage] < least:
        stage = firm.stage
    denied = judged.negated >= DENIED and row["frame"] != "ease"
    return replace(firm, stage=stage, negated=firm.negated or denied)


def _above(scene: Scene, clause: Clause) -> dict[int, Clause]:
    governing = {modal.token.i for modal in clause.modality}
    return {c.predicate.i: c for c in scene.clauses if c.predicate.i in governing}


def _likeliest(judged: Trigger) -> Stage:
    return Stage(max(judged.stages, key=lambda name: judged.stages[name]))


def _measured(scene: Scene, one: _Candidate) -> bool:
    """Whether a noun that no row names is only counted: "trade with Fiji has risen"."""
    above = scene.clauses.parent(one.clause)
    return not one.row["word"] and above is not None and above.predicate.lower_ in _MEASURES


def _is_cargo(scene: Scene, clause: Clause) -> bool:
    """Whether what arrives is no visitor: "the ship arrived". Much is due somewhere, so that a person must be named."""
    if any(side.head.lower_ in _CARGO for side in clause.subjects):
        return True
    people = (
        side.head.lower_ in actor_nouns() or any(map(scene.is_person, scene.within(side.core.start, side.core.end)))
        for side in clause.subjects
    )
    return clause.kind is Kind.COPULAR and not any(people)


def _is_charge(scene: Scene, clause: Clause) -> bool:
    """Whether somebody is blamed for it or kept from it: "accused Peru of arming rebels", "bars Chile from selling"."""
    above = scene.clauses.parent(clause)
    if above is None:
        return False
    if above.lemma in _PREVENTING and clause.marker == "from":
        return True
    blamed_for = clause.marker in _OF_BLAME or (clause.relation is Relation.COMPLEMENT and not clause.finite)
    return above.lemma in _ACCUSING and blamed_for


def _hostile(one: _Candidate) -> bool:
    wanted = {argument.head.i for argument in one.governed}
    return any(a.head.lower_ in hostile_words() and a.head.i not in wanted for a in one.clause.logical_objects)


def continued(act: FoundAct, before: FoundAct) -> FoundAct:
    """An act spoken of again: as firm as before, unless its own words say otherwise, and of the same form."""
    same = act.form is before.form or Form.CONSULTATION in (act.form, before.form)
    told = act.firmness.stated or act.clause.tense is Tense.PAST
    firm = act.firmness if told else replace(act.firmness, stage=before.stage)
    return replace(act, firmness=firm, form=act.form if same else before.form)
