"""Commitments found, written as records: codes, roles, words, dates and who says it."""

from __future__ import annotations

from app.domain.article import Article
from app.domain.commitment import Commitment, Party, PartyRole, Stage
from app.domain.entity import EntityType
from app.domain.evidence import Evidence, Span
from app.domain.facts import commitment_id
from app.domain.statement import Speaker
from app.extraction.acts import FoundAct
from app.extraction.coding import Act, code, words_of
from app.extraction.commitments import Found
from app.extraction.dates import find_date
from app.extraction.entities import Cast
from app.extraction.scene import actor_nouns
from app.extraction.side import Side
from app.extraction.speakers import Voice
from app.extraction.statements import Said, identity_of
from app.language.clauses import Argument, Kind, Modality
from app.language.sentences import Sentence

_SPOKEN = frozenset({"say", "tell", "urge"})
_IN_PERSON = (Modality.REQUEST, Modality.PROPOSAL, Modality.PROMISE)


def commitments(
    cast: Cast, article: Article, ids: dict[int, str], said: list[Said], found: list[Found]
) -> list[tuple[Found, Commitment]]:
    """What was found with its records; each id once."""
    records: dict[str, tuple[Found, Commitment]] = {}
    for one in found:
        record = _record(cast, article, ids, said, one)
        records.setdefault(record.id, (one, record))
    return list(records.values())


def _reporting(at: int, said: list[Said]) -> Said | None:
    """The innermost statement in whose content the word of an act stands."""
    inside = [s for s in said if s.kind in _SPOKEN and any(first <= at < last for first, last in s.content)]
    return inside[-1] if inside else None


def _record(cast: Cast, article: Article, ids: dict[int, str], said: list[Said], found: Found) -> Commitment:
    tokens, text, act = cast.reading.tokens, article.text, found.act
    reported = _reporting(act.at, said)
    evidence = tuple(
        Evidence(t.sentence.number, Span.of(text, tokens[t.words[0]].start, tokens[t.words[1] - 1].end))
        for t in found.tellings
    )
    parties = tuple(Party(ids[s.referent.number], s.referent.country, _role(s, found)) for s in found.sides)
    first, last = found.tellings[0].words
    codes = code(coded_act(cast, act))
    ahead = act.stage in (Stage.INTENDED, Stage.PROPOSED)
    sentence = found.tellings[0].sentence
    action, governed = _in_words(cast, act, last)
    return Commitment(
        id=commitment_id(article, evidence, act.form, act.stage, parties),
        stage=act.stage,
        form=act.form,
        plover=codes.plover,
        cameo=codes.cameo,
        parties=parties,
        action=action,
        object=governed,
        confidence=found.confidence,
        evidence=evidence,
        negated=act.negated,
        speakers=_speakers(cast, article, ids, _voices(cast, found, said)),
        statement=identity_of(cast, article, reported) if reported else None,
        date=find_date(cast.reading.words(first, last), article.published, ahead=ahead)
        or find_date(_less_reporting(cast, sentence, reported), article.published, ahead=ahead),
    )


def _less_reporting(cast: Cast, sentence: Sentence, reported: Said | None) -> str:
    """The words of a sentence, only those reported where it reports: when it was said dates no act."""
    parts = [(sentence.first, sentence.last)]
    if reported is not None:
        parts = [(max(a, sentence.first), min(b, sentence.last)) for a, b in reported.content]
    return " ; ".join(cast.reading.words(first, last) for first, last in parts if first < last)


def coded_act(cast: Cast, act: FoundAct) -> Act:
    """What decides the codes of an act."""
    return Act(act.stage, act.form, act.frame == "give", act.negated, words_of(_coded(cast, act)))


def _coded(cast: Cast, act: FoundAct) -> list[str]:
    """The words that narrow an act's code: its own, those that govern it, and what it governs."""
    words = [t.lower_ for each in (act.clause, *act.inner) for t in each.words]
    words.extend(m.token.lower_ for m in act.clause.modality)
    words.extend(t.lower_ for a in act.governed for t in a.core)
    words.extend(t.lower_ for t in act.clause.modifiers)
    if act.clause.light is not None:
        words.append(act.clause.light.lower_)
    first, last = act.words
    words.extend(t.lower for t in cast.reading.tokens[first:last])
    return words


def _in_words(cast: Cast, act: FoundAct, last: int) -> tuple[str, str | None]:
    """The verb and what it governs, in the text's words; a noun on its own is the action itself."""
    clause, words = act.clause, cast.reading.words
    if clause.kind is Kind.NOMINAL and clause.light is None:
        return clause.predicate.text, words(clause.predicate.i + 1, last) or None
    if clause.kind is Kind.NOMINAL and clause.light is not None:
        noun = clause.predicate
        first = min([noun.i, *(t.i for t in noun.children if t.i < noun.i and t.pos_ in ("ADJ", "NOUN", "PROPN"))])
        return clause.light.text, words(first, max(last, noun.i + 1)) or None
    objects = clause.logical_objects or act.governed or clause.indirect_objects
    action = " ".join([clause.predicate.text, clause.particle]).strip()
    if objects:
        core = objects[0].core
        first = core.start + (core[0].lower_ in ("the", "a", "an", "its", "their", "his", "her") and len(core) > 1)
        return action, words(first, core.end)
    return action, words(clause.predicate.i + 1 + bool(clause.particle), last) or None


def _role(side: Side, found: Found) -> PartyRole:
    """From whom the act goes out and to whom; neither where all stand on one hand, as in "Fiji and Samoa agreed".

    What is done together goes out from nobody; what one wants to do with another does: "Fiji seeks ties with Samoa".
    """
    hands = {other.hand for other in found.sides}
    wanted = found.act.stage in (Stage.PROPOSED, Stage.INTENDED) and hands == {"left", "inner"}
    if not wanted and (side.hand == "inner" or hands <= {side.hand, "inner"}):
        return PartyRole.PARTY
    return PartyRole.INITIATOR if side.hand == "left" else PartyRole.COUNTERPART


def _voices(cast: Cast, found: Found, said: list[Said]) -> list[Voice]:
    """Who is reported to say it, wherever it is told; who invites, urges or pledges in person says it too."""
    voices: dict[Voice, None] = {}
    for telling in found.tellings:
        reported = _reporting(telling.act.at, said)
        voices |= dict.fromkeys(reported.speakers if reported else _in_person(cast, telling.act))
    return list(voices)


def _speakers(cast: Cast, article: Article, ids: dict[int, str], voices: list[Voice]) -> tuple[Speaker, ...]:
    tokens = cast.reading.tokens
    return tuple(
        Speaker(
            Span.of(article.text, tokens[voice.first].start, tokens[voice.last - 1].end),
            ids[voice.referent] if voice.referent is not None and _is_named(cast, voice) else None,
        )
        for voice in voices
    )


def _is_named(cast: Cast, voice: Voice) -> bool:
    """Whether the referent itself speaks: not so the "Kenya" of "Kenyan officials"."""
    inside = [r for r in cast.within(voice.first, voice.last) if voice.referent in r.referents]
    return any(r.last == voice.last for r in inside) or not inside or _is_person(cast, voice.referent)


def _is_person(cast: Cast, referent: int | None) -> bool:
    return referent is not None and cast.referents[referent].type is EntityType.PERSON


def _in_person(cast: Cast, act: FoundAct) -> tuple[Voice, ...]:
    """Who invites, urges, offers or pledges in person or as a ministry; a state does not speak by that alone."""
    subject = next(iter(_askers(act)), None)
    if subject is None:
        return ()
    first, last, head = subject.core.start, subject.core.end, subject.head.i
    named = next((r for r in cast.within(first, last) if r.first <= head < r.last), None)
    if named is None:
        return (Voice(first, last, None),) if subject.head.lower_ in actor_nouns() else ()
    if cast.referents[named.referents[0]].type is EntityType.COUNTRY:
        return ()
    return (Voice(named.start, named.last, named.referents[0] if len(named.referents) == 1 else None),)


def _askers(act: FoundAct) -> tuple[Argument, ...]:
    """The subject of the word that asks, offers or promises."""
    if act.frame == "ask" or act.row["word"].startswith(("offer", "pledge")):
        return act.clause.logical_subjects
    asking = next((m.token for m in act.clause.modality if m.modality in _IN_PERSON), None)
    above = act.above.get(asking.i) if asking is not None else None
    return above.logical_subjects if above is not None else ()
