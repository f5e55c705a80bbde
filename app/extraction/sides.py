"""The sides of an act: from its clause, from the sentence, and from what the article has said before."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from app.domain.commitment import Form
from app.domain.entity import EntityType
from app.extraction.acts import FoundAct
from app.extraction.entities import Cast, Referent
from app.extraction.parties import Candidate, Fit, Scene
from app.extraction.tables import rows, word_set

_ADJUNCTS = word_set("commitments.adjuncts")


@dataclass(frozen=True, slots=True)
class Frame:
    """A row of frames.tsv: the prepositions that lead to a side ("" for the object), and what else it asks for."""

    prepositions: frozenset[str]
    right: bool
    purposes: bool


@cache
def frames() -> dict[str, Frame]:
    """The frames by name."""
    return {
        row["frame"]: Frame(
            frozenset("" if word == "-" else word for word in row["prepositions"].split("|")),
            right=row["right"] == "yes",
            purposes=row["purposes"] != "no",
        )
        for row in rows("frames.tsv")
    }


@dataclass(frozen=True, slots=True)
class Side:
    """A side of an act: its referent, where the clause names it, and on which hand of the act's words."""

    referent: Referent
    candidate: Candidate | None
    hand: str


@dataclass(frozen=True, slots=True)
class Sides:
    """The sides of an act, and how they were found. ``act``: the one that "the talks" refers back to."""

    sides: tuple[Side, ...]
    near: bool = True
    recalled: bool = False
    act: FoundAct | None = None

    @property
    def enough(self) -> bool:
        """Whether there are two of different states or bodies."""
        return len({side.referent.side for side in self.sides}) >= 2


@dataclass(slots=True)
class Memory:
    """What sides acts have had so far in an article, and those that its headline names."""

    headline: tuple[str, ...] = ()
    """Country codes and names of bodies."""
    _last: dict[bool, tuple[tuple[Referent, ...], FoundAct]] = field(default_factory=dict)

    def note(self, act: FoundAct, sides: Sides) -> None:
        """Remember the sides of an act."""
        self._last[act.form is Form.CONSULTATION] = tuple(s.referent for s in sides.sides), act

    def recall(self, act: FoundAct) -> tuple[tuple[Referent, ...], FoundAct] | None:
        """Sides of the latest act of the same kind, or else of any, and the act."""
        same = act.form is Form.CONSULTATION
        return self._last.get(same) or self._last.get(not same)


def sides_of(scene: Scene, act: FoundAct, memory: Memory) -> Sides:
    """Who takes part in an act; fewer than two sides where it cannot be told."""
    if act.row["frame"] == "definite":
        return _of_definite(scene, act, memory)
    sides = _sides(scene, act)
    found = Sides(tuple(sides))
    if found.enough:
        return found
    if frames()[act.row["frame"]].right and all(side.hand == "left" for side in sides):
        return _continuing(act, found, memory)
    found = Sides(tuple(_widened(scene, act, sides)), near=False)
    return found if found.enough else _of_headline(scene, found, memory)


def _of_definite(scene: Scene, act: FoundAct, memory: Memory) -> Sides:
    """Sides of "the talks": who stands in its own phrase, or those of the act that it refers back to."""
    sides: list[Side] = []
    for candidate in scene.adjacent(act.match.first):
        _admit(scene, sides, candidate, "left")
    comma = next(
        (i for i in range(act.match.last, scene.sentence.last) if scene.tokens[i].text == ","), scene.sentence.last
    )
    near = [c for c in scene.behind(act.match.last) if c.reference.first < comma or c.preposition == "between"]
    behind = [
        c
        for c in near
        if c.preposition in frames()["definite"].prepositions and scene.tokens[act.match.last].text != ","
    ]
    if not sides and any(c.preposition == "with" for c in behind):
        for candidate in scene.before(act.begin):
            if candidate.fit is Fit.GOOD and candidate.preposition not in _ADJUNCTS:
                _admit(scene, sides, candidate, "left")
    for candidate in behind:
        _admit(scene, sides, candidate, "right")
    found = Sides(tuple(sides))
    if found.enough:
        return found
    before = memory.recall(act)
    own = {side.referent.side for side in sides}
    if before is None or scene.indefinite(act.match.first) or not own <= {referent.side for referent in before[0]}:
        return found
    recalled = tuple(Side(referent, None, "inner") for referent in before[0])
    return Sides(recalled, near=False, recalled=True, act=before[1])


def _continuing(act: FoundAct, found: Sides, memory: Memory) -> Sides:
    """Who gives again, and does not say to whom, gives to those of the act before."""
    before = memory.recall(act)
    own = {side.referent.side for side in found.sides}
    if act.row["frame"] != "give" or not own or before is None or before[1].form is not act.form:
        return found
    others = [referent for referent in before[0] if referent.side not in own]
    if len(others) == len(before[0]):
        return found
    return Sides((*found.sides, *(Side(referent, None, "right") for referent in others)), near=False, recalled=True)


def _of_headline(scene: Scene, found: Sides, memory: Memory) -> Sides:
    """One side in the sentence and that side with others in the headline: those are meant."""
    own = {side.referent.side for side in found.sides}
    if len(own) != 1 or len(memory.headline) != 2 or not own < set(memory.headline):
        return found
    referent = _referent(scene.cast, next(side for side in memory.headline if side not in own))
    return Sides((*found.sides, Side(referent, None, "right")), near=False, recalled=True)


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


def _sides(scene: Scene, act: FoundAct) -> list[Side]:
    """Sides of the act's own clause: its subject and whom its frame admits behind it; one for each country."""
    allowed = frames()[act.row["frame"]].prepositions
    left = [
        c
        for c in scene.before(act.begin)
        if c.preposition not in _ADJUNCTS - {"of"} or c.preposition in ("between", "among")
    ]
    visit = act.row["frame"] == "visit"
    inner = [
        c
        for c in scene.candidates(act.begin, act.match.last)
        if c.preposition not in _ADJUNCTS or c.preposition == "of" or (visit and c.preposition == "in")
    ]
    purposes = frames()[act.row["frame"]].purposes
    right = _good_first(
        [c for c in scene.behind(act.match.last, purposes=purposes) if _behind_fits(scene, act, c, allowed)]
    )
    sides: list[Side] = []
    good_left = [c for c in left if c.fit is Fit.GOOD] or left[:1]
    for hand, candidates in (("left", good_left), ("inner", inner), ("right", right)):
        for candidate in candidates:
            _admit(scene, sides, candidate, hand)
    return _without_regions(sides)


def _without_regions(sides: list[Side]) -> list[Side]:
    """A region ("Western") is a side only where there are not two others."""
    others = [side for side in sides if side.referent.type is not EntityType.PLACE]
    return others if len(others) >= 2 else sides


def _good_first(candidates: list[Candidate]) -> list[Candidate]:
    """Weak candidates only where there is no good one."""
    return [c for c in candidates if c.fit is Fit.GOOD] or [c for c in candidates if c.fit]


def _behind_fits(scene: Scene, act: FoundAct, candidate: Candidate, allowed: frozenset[str]) -> bool:
    preposition = candidate.preposition
    last = scene.tokens[act.match.last - 1].lower
    if (
        preposition == ""
        and candidate.reference.start - act.match.last < 4
        and last in ("in", "at", "on", "to", "with", "for", "by", "from")
    ):
        return last in allowed
    if (
        act.row["frame"] == "person"
        and scene.cast.referents[candidate.reference.referents[0]].type is EntityType.COUNTRY
    ):
        return candidate.fit is Fit.GOOD and preposition in allowed and scene.head_noun(candidate.reference.last) != ""
    return preposition in allowed


def _admit(scene: Scene, sides: list[Side], candidate: Candidate, hand: str) -> None:
    for referent in scene.cast.sides(candidate.reference):
        same = next((s for s in sides if s.referent.side == referent.side), None)
        if same is None:
            sides.append(Side(referent, candidate, hand))
        elif same.hand == hand and referent.type is EntityType.PERSON and same.referent.type is EntityType.COUNTRY:
            sides[sides.index(same)] = Side(referent, candidate, hand)


def _widened(scene: Scene, act: FoundAct, sides: list[Side]) -> list[Side]:
    """Sides looked for in the whole sentence, where the act's clause names fewer than two."""
    widened = list(sides)
    for candidate in scene.candidates(scene.first, scene.sentence.last):
        if candidate.fit is Fit.GOOD and candidate.preposition not in _ADJUNCTS - {"of"}:
            hand = "left" if candidate.reference.first < act.match.first else "right"
            _admit(scene, widened, candidate, hand)
    return widened
