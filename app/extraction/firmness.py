"""How firm an act is, and whether it is refused: by modality, by the words that govern it, and by its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from app.domain.commitment import Stage
from app.extraction.inflection import plural, verb
from app.extraction.scene import Scene
from app.extraction.tables import groups, rows, word_set
from app.language.clauses import Clause, Kind, Modality, Relation, Tense, Voice
from app.language.tables import Row

_FIRSTS = word_set("firmness.firsts")
_AWAITING = word_set("firmness.awaiting")
_TO_COME = (Modality.FUTURE, Modality.ARRANGEMENT, Modality.READINESS)
_WHEN = frozenset({"at", "before", "by", "since", "till", "toward", "towards", "until"})
"""Before "the end of the talks" they only say when something is."""
_REACHES = frozenset({"to", "for", "on", "with", "of", "toward", "towards", "in", "into", "during", "at"})
_ASKED = (Modality.REQUEST, Modality.PROPOSAL)
_DOUBT = (Modality.POSSIBILITY, Modality.ABILITY, Modality.HYPOTHETICAL)


@dataclass(frozen=True, slots=True)
class Firmness:
    """``stated`` where words say how firm it is; ``rows`` are those that did; ``bound`` where the reader has no say."""

    stage: Stage
    negated: bool
    stated: bool
    rows: tuple[tuple[str, Row], ...] = ()
    bound: bool = False


@cache
def _stances() -> dict[tuple[str, str], tuple[tuple[str, frozenset[str], Row], ...]]:
    """stances.tsv by part and form of the word, with the word beside it and where the act stands."""
    found: dict[tuple[str, str], list[tuple[str, frozenset[str], Row]]] = {}
    for row in rows("stances.tsv"):
        for words in row["word"].split("|"):
            word, _, beside = words.partition(" ")
            forms = {"verb": verb(word).all, "noun": {word, plural(word)}}.get(row["part"], frozenset({words}))
            for form in forms:
                entry = (beside, frozenset(row["governs"].split("|")), row)
                found.setdefault((row["part"], form), []).append(entry)
    return {key: tuple(each) for key, each in found.items()}


def firmness(
    scene: Scene, clause: Clause, inner: tuple[Clause, ...], default: Stage, *, severs: bool, named: bool
) -> Firmness | None:
    """How firm the act of a clause is; None where it is speculation or a threat and so no act.

    ``severs``: the row of triggers.tsv says that it breaks something off; ``named``: there is such a row.
    """
    parent = scene.clauses.parent(clause)
    modality = {modal.modality for each in (clause, *inner) for modal in each.modality}
    used: list[tuple[str, Row]] = [("stances.tsv", row) for row in _governing(scene, clause, inner, parent)]
    if not named:
        used.extend(("stances.tsv", row) for row in _own(clause))
    if parent is not None and clause.kind is Kind.NOMINAL and not modality:
        modality |= set(_from_above(clause, parent, default, governed=bool(used)))
    if _advocated(clause, parent):
        return Firmness(Stage.PROPOSED, bool(clause.negations), stated=True)
    if Modality.REQUEST in modality and parent is not None and _by_pact(parent):
        return Firmness(Stage.AGREED, bool(clause.negations), stated=True)
    refused = any(each["negates"] == "yes" and each["part"] == "verb" for _, each in used)
    if refused and parent is not None and parent.negations:  # "did not rule out talks"
        return None
    row = next((row for row in rows("modalities.tsv") if Modality(row["class"]) in modality), None)
    if row is not None and row["stage"] == "none":
        return None
    negated = bool(clause.negations) or severs or any(each["negates"] == "yes" for _, each in used)
    modifying = [each for each in used if each[1]["part"] == "modifier"]
    if row is not None and _said_otherwise(modifying) is not Stage.AGREED:
        used.append(("modalities.tsv", row))
        negated = negated or row["negates"] == "yes"
        return Firmness(Stage(row["stage"]), negated, stated=True, rows=tuple(used), bound=bool(modifying))
    aim = _aim(clause, parent)
    stage = _said_otherwise(used) or aim
    awaited = None if stage else _awaited(clause, parent)
    stated, bound = bool(stage or awaited), bool(modifying or awaited or aim is Stage.PROPOSED)
    return Firmness(stage or awaited or default, negated, stated=stated, rows=tuple(used), bound=bound)


def _from_above(clause: Clause, parent: Clause, default: Stage, *, governed: bool) -> Iterator[Modality]:
    """The modality of the clause above that reaches a noun: "is to open the talks", "urged moving the talks".

    Not what the noun will do to something: "the deal could open markets".
    """
    governs = _preposition(clause, parent) in _REACHES
    as_object = clause.relation in (Relation.OBJECT, Relation.NOUN) or (clause.relation is Relation.OBLIQUE and governs)
    does = parent.kind is Kind.VERBAL and parent.voice is Voice.ACTIVE and bool(parent.objects)
    for modal in parent.modality:
        if governed or as_object or (clause.relation is Relation.SUBJECT and not does):
            direct = clause.relation is Relation.OBJECT
            if modal.modality not in _TO_COME or direct or default is Stage.ENACTED:
                yield modal.modality


def _preposition(clause: Clause, parent: Clause) -> str:
    return next((a.preposition for a in parent.arguments if a.head.i == clause.predicate.i), "")


def _said_otherwise(used: list[tuple[str, Row]]) -> Stage | None:
    """The stage that a word of stances.tsv gives the act."""
    return next((Stage(row["stage"]) for _, row in used if row["stage"]), None)


def _aim(clause: Clause, parent: Clause | None) -> Stage | None:
    """An infinitive that nothing governs names an aim ("to deepen ties"); not that of "the first to visit".

    The aim of what somebody is asked for is asked for as well: "urged Peru to act, so as to deepen ties".
    """
    if clause.finite or clause.marker not in ("to", "in order to", "so as to") or clause.kind is Kind.NOMINAL:
        return None
    if clause.relation in (Relation.ADNOMINAL, Relation.COMPLEMENT):
        above = clause.predicate.head
        before = clause.predicate.doc[above.left_edge.i : min(above.i + 1, clause.predicate.i)]
        if any(token.lower_ in _FIRSTS for token in before) and not (parent and parent.modality):
            return None
    asked = parent is not None and parent.has(*_ASKED)
    return Stage.PROPOSED if asked else Stage.INTENDED


def _awaited(clause: Clause, parent: Clause | None) -> Stage | None:
    """What another act to come waits for is to come, too: "will be signed when the president visits"."""
    if parent is None or clause.relation is not Relation.ADVERBIAL or clause.tense is not Tense.PRESENT:
        return None
    joining = {clause.marker, *(child.lower_ for child in clause.predicate.children if child.tag_ == "WRB")}
    return Stage.INTENDED if joining & _AWAITING and parent.has(*_TO_COME, *_DOUBT) else None


def _by_pact(asking: Clause) -> bool:
    """Whether what asks is a pact, whose sides have agreed to it: "the deal calls for Fiji to build"."""
    pacts = groups()["pact"]
    return asking.voice is Voice.ACTIVE and any(side.head.lower_ in pacts for side in asking.subjects)


def _advocated(clause: Clause, parent: Clause | None) -> bool:
    """Whether an act is praised for what it would bring ("sharing this could help"), and so proposed."""
    return (
        parent is not None
        and clause.relation is Relation.SUBJECT
        and clause.kind is Kind.VERBAL
        and parent.has(*_DOUBT)
    )


def _governing(scene: Scene, clause: Clause, inner: tuple[Clause, ...], parent: Clause | None) -> Iterator[Row]:
    """Rows of stances.tsv for the words that govern an act or modify it."""
    for each in (clause, *inner):
        for modifier in each.modifiers:
            yield from (row for _, _, row in _stances().get(("modifier", modifier.lower_), ()))
        for modal in each.modality:
            if modal.token.i == clause.predicate.i:  # the act's own verb: "stop" of "stop attacks"
                continue
            yield from _of_word("verb", modal.token.lower_, "object", "")
            for child in modal.token.children:
                yield from (row for _, _, row in _stances().get(("modifier", child.lower_), ()))
        yield from _before(each)
    if parent is None:
        return
    where = _preposition(clause, parent)
    if clause.relation is Relation.OBLIQUE:
        yield from _of_word("verb", parent.predicate.lower_, where, _beside(parent))
    passive = clause.relation is Relation.SUBJECT and parent.voice is Voice.PASSIVE
    plain = clause.relation is Relation.OBLIQUE and not where
    if clause.relation in (Relation.OBJECT, Relation.COMPLEMENT) or passive or plain:
        yield from _of_verbs(scene, clause, parent)
    if clause.relation is Relation.NOUN and scene.preposition(parent.predicate) not in _WHEN:
        yield from _of_word("noun", parent.predicate.lower_, where or "of", "")


def _of_verbs(scene: Scene, clause: Clause, parent: Clause) -> Iterator[Row]:
    """Rows of the verb that an act is the object of, and of the one above: "denied that it had offered to sell".

    That one says whether the act will be, not how firm it is.
    """
    said = list(_of_verb(parent))
    yield from said
    reaches = parent.relation is Relation.COMPLEMENT and (bool(said) or not clause.finite)
    above = scene.clauses.parent(parent) if reaches else None
    if above is not None and not above.negations:
        for row in _of_verb(above):
            yield {**row, "stage": ""} if row["negates"] else row


def _own(clause: Clause) -> Iterator[Row]:
    """Rows for the act's own word: "suspended" where the reader marks "suspended aid"."""
    if clause.kind is Kind.NOMINAL:
        yield from (row for _, _, row in _stances().get(("noun", clause.predicate.lower_), ()))
    else:
        yield from _of_verb(clause)


def _beside(clause: Clause) -> str:
    """The particle of a verb, or else the word behind it."""
    last = clause.predicate.i + 1
    return clause.particle or clause.predicate.doc[last : last + 1].text.lower()


def _before(clause: Clause) -> Iterator[Row]:
    """Rows of the preposition with which a noun phrase begins: "ahead of the talks"."""
    if clause.kind is Kind.NOMINAL:
        first = clause.predicate.left_edge.i
        words = [token.lower_ for token in clause.predicate.doc[max(0, first - 2) : clause.predicate.i]]
        for length in (1, 2):
            for at in range(len(words) - length + 1):
                yield from (row for _, _, row in _stances().get(("preposition", " ".join(words[at : at + length])), ()))


def _of_verb(clause: Clause) -> Iterator[Row]:
    """Rows of a clause's verb for what is its object."""
    return _of_word("verb", clause.predicate.lower_, "object", _beside(clause))


def _of_word(part: str, word: str, where: str, particle: str) -> Iterator[Row]:
    for beside, governs, row in _stances().get((part, word), ()):
        if where in governs and beside in ("", particle):
            yield row
