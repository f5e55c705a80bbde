"""Acts with two sides or more of different countries to commitments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.domain.article import Article
from app.domain.commitment import Commitment, Form, Party, PartyRole, Stage
from app.domain.entity import EntityType
from app.domain.evidence import Evidence, Span
from app.domain.facts import commitment_id
from app.domain.statement import Speaker
from app.extraction.acts import FoundAct, find_acts
from app.extraction.coding import Act, code, words_of
from app.extraction.confidence import Signs, confidence
from app.extraction.dates import find_date
from app.extraction.entities import Cast
from app.extraction.parties import Fit, Scene
from app.extraction.sides import Memory, Side, Sides, sides_of
from app.extraction.speakers import Voice
from app.extraction.statements import Said, identity_of
from app.extraction.tables import rows, word_set
from app.language.sentences import Sentence

_ENDS_OBJECT = word_set("commitments.ends_object")
_SPOKEN = frozenset({"say", "tell", "urge"})


@dataclass(frozen=True, slots=True)
class Found:
    """An act with its sides, before it is written as a record."""

    act: FoundAct
    sentence: Sentence
    sides: tuple[Side, ...]
    first: int
    last: int
    confidence: float


def find_commitments(cast: Cast, memory: Memory) -> list[Found]:
    """All commitments of a text in its order."""
    found: list[Found] = []
    for sentence in cast.reading.sentences:
        references = cast.within(sentence.first, sentence.last)
        scene = Scene(cast, sentence, references)
        if scene.references or found:
            found.extend(_merged(list(_in_sentence(scene, memory))))
    return found


def _in_sentence(scene: Scene, memory: Memory) -> Iterator[Found]:
    for act in find_acts(scene):
        if act.doubtful or _hypothetical(scene, act) or _hostile(scene, act):
            continue
        sides = sides_of(scene, act, memory)
        if not sides.enough:
            continue
        if sides.act:
            act = _continued(act, sides.act)
        memory.note(act, sides)
        first, last = _evidence(scene, act, sides.sides)
        yield Found(act, scene.sentence, sides.sides, first, last, confidence(_signs(act, sides)))


def _continued(act: FoundAct, before: FoundAct) -> FoundAct:
    """An act spoken of again: as firm as before, unless its own words say otherwise, and of the same form."""
    stage = act.stage if act.stances or act.modal else before.stage
    same = act.form is before.form or Form.CONSULTATION in (act.form, before.form)
    return replace(act, stage=stage, form=act.form if same else before.form)


def _signs(act: FoundAct, sides: Sides) -> Signs:
    return Signs(
        sides_in_clause=sides.near,
        weak_side=any(s.candidate is not None and s.candidate.fit is Fit.WEAK for s in sides.sides),
        recalled=sides.recalled,
        stance=bool(act.stances),
        noun=act.row["part"] == "noun",
    )


def _hypothetical(scene: Scene, act: FoundAct) -> bool:
    before = [t.lower for t in scene.tokens[max(scene.first, act.begin - 8) : act.begin]]
    return "if" in before or "unless" in before


def _hostile(scene: Scene, act: FoundAct) -> bool:
    hostile = {row["word"] for row in rows("hostile.tsv")}
    return any(
        t.lower in hostile
        for t in scene.tokens[act.match.first : min(act.match.last + 3, scene.clause_end(act.match.last))]
    )


def _evidence(scene: Scene, act: FoundAct, sides: tuple[Side, ...]) -> tuple[int, int]:
    """The whole clause: from its first side to its end."""
    named = [s.candidate.reference for s in sides if s.candidate is not None]
    first = min([act.begin, *(reference.start for reference in named)])
    last = max([scene.clause_end(act.match.last), act.match.last, *(reference.last for reference in named)])
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
    """Whether a later act repeats one of its sentence: same kind and sides; a talk may be the purpose of a meeting."""
    sides = {s.referent.side for s in one.sides}, {s.referent.side for s in other.sides}
    if not (sides[0] <= sides[1] or sides[1] <= sides[0]) or one.act.form is not other.act.form:
        return False
    if one.act.negated is not other.act.negated:
        return False
    if one.act.form is Form.CONSULTATION and not other.act.stances and not other.act.modal:
        return other.act.row["frame"] == "with" or one.act.stage is other.act.stage
    return one.act.stage is other.act.stage


def commitments(
    cast: Cast, article: Article, ids: dict[int, str], said: list[Said], found: list[Found]
) -> list[tuple[Found, Commitment]]:
    """What was found with its records; each id once."""
    records: dict[str, tuple[Found, Commitment]] = {}
    for one in found:
        record = _record(cast, article, ids, _reporting(one, said), one)
        records.setdefault(record.id, (one, record))
    return list(records.values())


def _reporting(found: Found, said: list[Said]) -> Said | None:
    """The statement in whose content an act stands."""
    at = found.act.match.first
    inside = [s for s in said if s.kind in _SPOKEN and any(first <= at < last for first, last in s.content)]
    return inside[-1] if inside else None


def _record(cast: Cast, article: Article, ids: dict[int, str], said: Said | None, found: Found) -> Commitment:
    tokens, text, act = cast.reading.tokens, article.text, found.act
    span = Span.of(text, tokens[found.first].start, tokens[found.last - 1].end)
    evidence = (Evidence(found.sentence.number, span),)
    parties = tuple(Party(ids[s.referent.number], s.referent.country, _role(act, s)) for s in found.sides)
    codes = code(coded_act(cast, act))
    sentence = text[found.sentence.start : found.sentence.end]
    return Commitment(
        id=commitment_id(article, evidence, act.form, act.stage, parties),
        stage=act.stage,
        form=act.form,
        plover=codes.plover,
        cameo=codes.cameo,
        parties=parties,
        action=tokens[act.match.first].text,
        object=_governed(cast, found),
        confidence=found.confidence,
        evidence=evidence,
        negated=act.negated,
        speakers=_speakers(cast, article, ids, found, said),
        statement=identity_of(cast, article, said) if said else None,
        date=find_date(span.text, article.published, ahead=act.stage in (Stage.INTENDED, Stage.PROPOSED))
        or find_date(sentence, article.published, ahead=act.stage in (Stage.INTENDED, Stage.PROPOSED)),
    )


def coded_act(cast: Cast, act: FoundAct) -> Act:
    """What decides the codes of an act."""
    words = words_of(t.text for t in cast.reading.tokens[act.begin : act.match.last])
    return Act(act.stage, act.form, act.row["frame"] == "give", act.negated, words)


def _governed(cast: Cast, found: Found) -> str | None:
    """What the act's word governs, up to a comma or another clause; None where it governs nothing."""
    tokens = cast.reading.tokens
    first = last = found.act.match.first + 1
    while last < found.last and tokens[last].lower not in _ENDS_OBJECT:
        last += 1
    return cast.reading.words(first, last) or None


def _role(act: FoundAct, side: Side) -> PartyRole:
    if side.hand == "inner" or (
        act.row["frame"] in ("tie", "need")
        and side.hand == "right"
        and side.candidate is not None
        and side.candidate.preposition in ("between", "among")
    ):
        return PartyRole.PARTY
    if side.hand == "left":
        return PartyRole.INITIATOR
    return PartyRole.COUNTERPART


def _speakers(
    cast: Cast, article: Article, ids: dict[int, str], found: Found, said: Said | None
) -> tuple[Speaker, ...]:
    """Who is reported to say it; who invites, urges, offers or pledges in person says it too."""
    voices = said.speakers if said else _in_person(found)
    tokens = cast.reading.tokens
    return tuple(
        Speaker(
            Span.of(article.text, tokens[voice.first].start, tokens[voice.last - 1].end),
            ids[voice.referent] if voice.referent is not None else None,
        )
        for voice in voices
    )


def _in_person(found: Found) -> tuple[Voice, ...]:
    act = found.act
    stance = act.stances[0].row if act.stances else act.row
    if not (stance["stage"] == Stage.PROPOSED or stance["meaning"] == "promise" or act.row["frame"] == "ask"):
        return ()
    for side in found.sides:
        if side.hand == "left" and side.candidate and side.referent.type is EntityType.PERSON:
            reference = side.candidate.reference
            return (Voice(reference.start, reference.last, side.referent.number),)
    return ()
