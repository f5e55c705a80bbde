"""What sides acts have had so far in an article: who takes part in "the talks", who is given to next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.domain.commitment import Form
from app.extraction.acts import FoundAct
from app.extraction.entities import Cast, Referent
from app.extraction.scene import Scene
from app.extraction.side import Side, Sides
from app.extraction.tables import word_set
from app.extraction.triggers import match
from app.language.clauses import Kind

if TYPE_CHECKING:
    from spacy.tokens import Token

LIKELY = 0.6
"""Least probability of an act at which it may go on between those of the act before."""
GIVEN = 0.5
"""The same for one of giving, where the headline tells to whom."""
RECALL = 4
"""Most sentences back that "the talks" are looked for."""

_INDEFINITE = word_set("sides.indefinite")
_MUTUAL = word_set("sides.mutual")
_AGAIN = word_set("sides.again")
_DOMESTIC = word_set("sides.domestic")
_INTERNAL = word_set("sides.internal")


@dataclass(slots=True)
class Memory:
    """What sides acts have had so far in an article, and those that its headline names."""

    headline: tuple[str, ...] = ()
    """Country codes and names of bodies."""
    _last: dict[bool, tuple[tuple[Side, ...], FoundAct, int]] = field(default_factory=dict)

    def note(self, act: FoundAct, sides: Sides, sentence: int) -> None:
        """Remember the sides of an act."""
        self._last[act.form is Form.CONSULTATION] = sides.sides, act, sentence

    def interrupt(self, act: FoundAct, sides: Sides) -> None:
        """Forget the acts of before, where others meet now whose other side is not told: "the meeting" is theirs."""
        if act.form is Form.CONSULTATION and act.clause.kind is Kind.VERBAL and sides.names:
            self._last.clear()

    def recall(self, act: FoundAct, sentence: int) -> tuple[tuple[Side, ...], FoundAct] | None:
        """Sides of the latest act of the same kind, or else of any, and the act; none from too far back."""
        same = act.form is Form.CONSULTATION
        for kind in (same, not same):
            if kind in self._last and sentence - self._last[kind][2] <= RECALL:
                return self._last[kind][:2]
        return None


def known(scene: Scene, act: FoundAct, found: Sides, memory: Memory) -> Sides:
    """The sides with those that the article has named before, where the act takes them up."""
    if _is_of_one_country(scene, act):
        return found
    return (
        _of_definite(scene, act, found, memory)
        or _continuing(scene, act, found, memory)
        or _between_the_same(scene, act, found, memory)
        or _of_headline(scene, found, memory)
        or found
    )


def _is_of_one_country(scene: Scene, act: FoundAct) -> bool:
    """Whether those of one country act among themselves: "lawmakers agreed", "a meeting of the board"."""
    doing = [*act.clause.logical_subjects, *act.clause.by("of")]
    among = any(side.head.lower_ in _DOMESTIC and not scene.names(side.head) for side in doing)
    return among or any(word.lower_ in _INTERNAL for word in act.clause.modifiers)


def _continuing(scene: Scene, act: FoundAct, found: Sides, memory: Memory) -> Sides | None:
    """Who gives again, and does not say to whom, gives to those of the act before; who meets again, meets them."""
    before = memory.recall(act, scene.sentence.number)
    if before is None or not found.names or before[1].form is not act.form:
        return None
    if not (act.frame in ("give", "any") or _again(act)):
        return None
    others = [side for side in before[0] if side.referent.side not in found.names]
    receiving = [side for side in before[0] if side.hand == "right"]
    if act.frame == "give" and receiving and len(receiving) < len(before[0]):
        others = [side for side in receiving if side in others]
    elif len(others) == len(before[0]):
        return None
    return Sides((*found.sides, *_remembered(others)), near=False, recalled=True)


def _between_the_same(scene: Scene, act: FoundAct, found: Sides, memory: Memory) -> Sides | None:
    """Who acted with one other just before, and now acts with nobody named, goes on with that one."""
    before = memory.recall(act, scene.sentence.number)
    if before is None or act.judged.probability < LIKELY or len(before[0]) != 2:
        return None
    others = [side for side in before[0] if side.referent.side not in found.names]
    if len(found.names) != 1 or len(others) != 1:
        return None
    return Sides((*found.sides, *_remembered(others)), near=False, recalled=True)


def _again(act: FoundAct) -> bool:
    """Whether an act is one more of what has been told: "more talks", "meet again"."""
    nouns = [argument.head for argument in act.governed] or [act.clause.predicate]
    words = [*act.clause.modifiers, *(child for noun in nouns for child in noun.children)]
    return any(word.lower_ in _AGAIN for word in words)


def _remembered(sides: Sequence[Side]) -> list[Side]:
    """Sides of an act before, which no words of the sentence name."""
    return [Side(side.referent, None, "right") for side in sides]


def _of_definite(scene: Scene, act: FoundAct, found: Sides, memory: Memory) -> Sides | None:
    """Sides of "the talks", "their agreement": those of the act before that it takes up."""
    before = memory.recall(act, scene.sentence.number)
    if before is None or not _takes_up(scene, act, found):
        return None
    if act.frame == "give" and before[1].form is not act.form:
        return None
    known = {side.referent.side for side in before[0]}
    if not found.names <= known and not act.governed:
        return None
    others = [side for side in before[0] if side.referent.side not in found.names]
    return Sides((*found.sides, *_remembered(others)), near=False, recalled=True, act=before[1])


def _takes_up(scene: Scene, act: FoundAct, found: Sides) -> bool:
    """Whether an act is a noun for something known, or done under one: "the aim of the pact is to build"."""
    if act.clause.kind is Kind.NOMINAL or act.row["part"] == "noun":
        return _definite(scene, act.clause.predicate)
    if any(_with_article(a.head) or any(child.lower_ in _MUTUAL for child in a.head.children) for a in act.governed):
        return True
    nouns = [c for c in scene.clauses if c.kind is Kind.NOMINAL and c.predicate.i < act.at and c is not act.clause]
    return not found.names and any(match(noun) and _with_article(noun.predicate) for noun in nouns)


def _with_article(noun: Token) -> bool:
    return any(child.lower_ in ("the", "this", "their") for child in noun.children if child.i < noun.i)


def _definite(scene: Scene, noun: Token) -> bool:
    return not any(child.lower_ in _INDEFINITE for child in noun.children if child.i < noun.i)


def _of_headline(scene: Scene, found: Sides, memory: Memory) -> Sides | None:
    """One side in the sentence and that side with one other in the headline: those are meant."""
    if len(found.names) != 1 or len(memory.headline) != 2 or not found.names < set(memory.headline):
        return None
    referent = _referent(scene.cast, next(side for side in memory.headline if side not in found.names))
    return Sides((*found.sides, Side(referent, None, "right")), near=False, recalled=True)


def given_to_headline(scene: Scene, act: FoundAct, found: Sides, memory: Memory) -> Sides | None:
    """Who gives, and does not say to whom, gives to the one side that the headline names."""
    receiver = memory.headline[0] if len(memory.headline) == 1 else None
    if act.frame not in ("give", "help") or act.judged.probability < GIVEN or receiver is None:
        return None
    if not found.names or receiver in found.names or any(side.hand != "left" for side in found.sides):
        return None
    given = Side(_referent(scene.cast, receiver), None, "right")
    return Sides((*found.sides, given), near=False)


def _referent(cast: Cast, side: str) -> Referent:
    return cast.country(side) if len(side) == 2 and side.isupper() else cast.body(side)


def headline_pair(cast: Cast, headline: tuple[str, ...]) -> tuple[int, ...]:
    """The referents of the two sides that a headline names; none where it names more or fewer."""
    return tuple(_referent(cast, side).number for side in headline) if len(headline) == 2 else ()


def headline_sides(headline: Cast) -> tuple[str, ...]:
    """Country codes and names of known bodies in a headline, in its order."""
    sides: dict[str, None] = {}
    for reference in headline.references:
        for referent in headline.sides(reference):
            if referent.country or (referent.known and referent.known.kind == "body"):
                sides.setdefault(referent.side or "")
    return tuple(side for side in sides if side)
