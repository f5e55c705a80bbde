"""Acts with two sides or more of different countries to commitments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.article import Article
from app.domain.commitment import Commitment, Party, PartyRole, Stage
from app.domain.entity import EntityType
from app.domain.evidence import Evidence, Span
from app.domain.facts import commitment_id, statement_id
from app.domain.statement import Speaker
from app.extraction.acts import FoundAct, find_acts
from app.extraction.coding import Act, code, words_of
from app.extraction.confidence import Signs, confidence
from app.extraction.dates import find_date
from app.extraction.entities import Cast, Referent
from app.extraction.parties import Candidate, Fit, Scene
from app.extraction.statements import Said
from app.extraction.tables import rows, word_set
from app.language.pipeline import Sentence

_ADJUNCTS = word_set("commitments.adjuncts")
_ALLOWED = {
    "meet": frozenset({"", "with", "by", "between", "to", "and", "of"}),
    "person": frozenset({"", "by", "of"}),
    "visit": frozenset({"", "to", "in", "at", "by", "into", "for", "of", "from", "with"}),
    "give": frozenset({"", "to", "for", "by", "with", "into", "in"}),
    "ask": frozenset({"", "to", "by", "with", "from", "of"}),
    "tie": frozenset({"", "with", "between", "among", "by", "to", "of", "from"}),
    "need": frozenset({"", "with", "between", "among", "by", "to", "of"}),
    "join": frozenset({"", "with", "to"}),
}


@dataclass(frozen=True, slots=True)
class Side:
    """A side of an act: its referent, where it was named, and from which hand of the act's words."""

    referent: Referent
    candidate: Candidate
    hand: str


@dataclass(frozen=True, slots=True)
class Found:
    """An act with its sides, before it is written as a record."""

    act: FoundAct
    sentence: Sentence
    sides: tuple[Side, ...]
    first: int
    last: int
    confidence: float


def find_commitments(cast: Cast, article: Article, title_sides: frozenset[str]) -> list[Found]:
    """All commitments of a text in its order."""
    found: list[Found] = []
    for sentence in cast.reading.sentences:
        references = cast.within(sentence.first, sentence.last)
        scene = Scene(cast, sentence, references)
        if scene.references:
            found.extend(_merged(list(_in_sentence(scene, title_sides))))
    return found


def _in_sentence(scene: Scene, title_sides: frozenset[str]) -> Iterator[Found]:
    for act in find_acts(scene):
        if act.doubtful or _hypothetical(scene, act) or _hostile(scene, act):
            continue
        sides = _sides(scene, act)
        near = len({s.referent.side for s in sides}) >= 2
        if not near:
            sides = _widened(scene, act, sides)
        if len({s.referent.side for s in sides}) < 2:
            continue
        first, last = _evidence(scene, act, sides)
        signs = Signs(
            near, any(s.candidate.fit is Fit.WEAK for s in sides), False, bool(act.stances), act.row["part"] == "noun"
        )
        yield Found(act, scene.sentence, tuple(sides), first, last, confidence(signs))


def _hypothetical(scene: Scene, act: FoundAct) -> bool:
    before = [t.lower for t in scene.tokens[max(scene.first, act.begin - 8) : act.begin]]
    return "if" in before or "unless" in before


def _hostile(scene: Scene, act: FoundAct) -> bool:
    hostile = {row["word"] for row in rows("hostile.tsv")}
    return any(
        t.lower in hostile
        for t in scene.tokens[act.match.first : min(act.match.last + 3, scene.clause_end(act.match.last))]
    )


def _sides(scene: Scene, act: FoundAct) -> list[Side]:
    """Sides of the act's own clause: its subject and whom its frame admits behind it; one for each country."""
    allowed = _ALLOWED[act.row["frame"]]
    left = [
        c
        for c in scene.before(act.begin)
        if c.preposition not in _ADJUNCTS - {"of"} or c.preposition in ("between", "among")
    ]
    inner = [
        c
        for c in scene.candidates(act.begin, act.match.last)
        if c.preposition not in _ADJUNCTS or c.preposition == "of"
    ]
    right = [c for c in scene.behind(act.match.last) if _behind_fits(scene, act, c, allowed)]
    sides: list[Side] = []
    good_left = [c for c in left if c.fit is Fit.GOOD] or left[:1]
    for hand, candidates in (("left", good_left), ("inner", inner), ("right", right)):
        for candidate in candidates:
            _admit(scene, sides, candidate, hand)
    return sides


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


def _evidence(scene: Scene, act: FoundAct, sides: list[Side]) -> tuple[int, int]:
    """The whole clause: from its first side to its end."""
    first = min([act.begin, *(s.candidate.reference.start for s in sides)])
    last = max([scene.clause_end(act.match.last), act.match.last, *(s.candidate.reference.last for s in sides)])
    while last > act.match.last and scene.tokens[last - 1].text in (".", ",", ";", ":", "!", "?", "”", '"'):
        last -= 1
    return first, last


def _merged(found: list[Found]) -> list[Found]:
    """One act named twice in a sentence is one: same sides and form, and stage or consultation."""
    kept: list[Found] = []
    for one in found:
        same = next((k for k in kept if _same(k, one)), None)
        if same is None:
            kept.append(one)
    return kept


def _same(one: Found, other: Found) -> bool:
    sides = {s.referent.side for s in one.sides}, {s.referent.side for s in other.sides}
    if not (sides[0] <= sides[1] or sides[1] <= sides[0]) or one.act.form is not other.act.form:
        return False
    return one.act.stage is other.act.stage and one.act.negated is other.act.negated


def commitments(
    cast: Cast, article: Article, ids: dict[int, str], said: list[Said], found: list[Found]
) -> tuple[Commitment, ...]:
    """Records of the commitments found; each id once."""
    records: dict[str, Commitment] = {}
    for one in found:
        record = _record(cast, article, ids, _reporting(one, said), one)
        records.setdefault(record.id, record)
    return tuple(records.values())


def _reporting(found: Found, said: list[Said]) -> Said | None:
    """The statement in whose content an act stands."""
    inside = [s for s in said if s.content[0] <= found.act.match.first < s.content[1]]
    return min(inside, key=lambda s: s.content[1] - s.content[0], default=None)


def _record(cast: Cast, article: Article, ids: dict[int, str], said: Said | None, found: Found) -> Commitment:
    tokens, text, act = cast.reading.tokens, article.text, found.act
    span = Span.of(text, tokens[found.first].start, tokens[found.last - 1].end)
    evidence = (Evidence(found.sentence.number, span),)
    gives = act.row["frame"] == "give"
    parties = tuple(Party(ids[s.referent.number], s.referent.country, _role(act, s)) for s in found.sides)
    words = words_of(t.text for t in tokens[act.begin : act.match.last])
    codes = code(Act(act.stage, act.form, gives, act.negated, words))
    stop = min(found.last, act.match.last + 12)
    governed = cast.reading.words(act.match.first + 1, stop) or None
    sentence = text[found.sentence.start : found.sentence.end]
    return Commitment(
        id=commitment_id(article, evidence, act.form, act.stage, parties),
        stage=act.stage,
        form=act.form,
        plover=codes.plover,
        cameo=codes.cameo,
        parties=parties,
        action=tokens[act.match.first].text,
        object=governed,
        confidence=found.confidence,
        evidence=evidence,
        negated=act.negated,
        speakers=_speakers(cast, article, ids, said),
        statement=_statement(cast, article, said),
        date=find_date(span.text, article.published, ahead=act.stage in (Stage.INTENDED, Stage.PROPOSED))
        or find_date(sentence, article.published, ahead=act.stage in (Stage.INTENDED, Stage.PROPOSED)),
    )


def _role(act: FoundAct, side: Side) -> PartyRole:
    if side.hand == "inner" or (
        act.row["frame"] in ("tie", "need")
        and side.hand == "right"
        and side.candidate.preposition in ("between", "among")
    ):
        return PartyRole.PARTY
    if side.hand == "left":
        return PartyRole.INITIATOR
    return PartyRole.COUNTERPART


def _speakers(cast: Cast, article: Article, ids: dict[int, str], said: Said | None) -> tuple[Speaker, ...]:
    if said is None:
        return ()
    tokens = cast.reading.tokens
    return tuple(
        Speaker(Span.of(article.text, tokens[first].start, tokens[last - 1].end), ids[n] if n is not None else None)
        for first, last, n in said.speakers
    )


def _statement(cast: Cast, article: Article, said: Said | None) -> str | None:
    if said is None:
        return None
    tokens = cast.reading.tokens
    cue = Span.of(article.text, tokens[said.cue[0]].start, tokens[said.cue[1] - 1].end)
    content = Span.of(article.text, tokens[said.content[0]].start, tokens[said.content[1] - 1].end)
    return statement_id(article, (cue,), (content,))
