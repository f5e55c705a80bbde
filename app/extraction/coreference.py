"""Pronouns, titles and "the two countries" to the referents that the article has named before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.domain.entity import EntityType, MentionForm
from app.extraction.company import Company, companies
from app.extraction.descriptions import body_described, format_at
from app.extraction.entities import Cast, Reference, Referent
from app.extraction.first_person import first_persons
from app.extraction.holders import holder_at, holders_by_office, two_holders
from app.extraction.tables import hostile_words, word_set
from app.language.gazetteer import members
from app.language.sentences import Sentence
from app.language.tables import rows

_PERSONAL = frozenset({"he", "she", "him", "her", "his", "hers", "himself", "herself"})
_WOMEN = word_set("coreference.female") | {"she", "her", "hers", "herself"}
_MEN = word_set("coreference.male") | {"he", "him", "his", "himself"}
_NEUTRAL = frozenset({"it", "its", "itself"})
_PLURAL = frozenset({"they", "them", "their", "theirs", "themselves"})
_PREPOSITIONS = frozenset({"of", "by", "with", "to", "for", "against", "from", "about", "between", "than"})
_AFTER_TWO = word_set("coreference.after_two")
_NO_PHRASE = frozenset({"VBD", "VBZ", "VBP", "VB", "MD", "IN", "TO", "PRP"})
"""Tags of words that stand in no phrase between "the two" and its noun, where participles may: "the two elected"."""
_VERBS = frozenset({"MD", "VBD", "VBP"})
_PORTFOLIOS = word_set("coreference.portfolios")
_PAIRED = word_set("coreference.paired")
_THOSE = word_set("coreference.those")
_BARE = word_set("coreference.bare")
_ONE_OF_TWO = frozenset({"each", "either", "neither"})
_EITHER = word_set("coreference.either")
_DETERMINERS = frozenset({"the", "his", "her", "its", "their", "both"})


@dataclass(slots=True)
class _Scene:
    """Who has been spoken of so far, the latest last."""

    people: list[int] = field(default_factory=list)
    states: list[int] = field(default_factory=list)
    subject: int | None = None
    pair: tuple[int, ...] = ()
    group: list[int] = field(default_factory=list)
    """Sides of the sentence that were named side by side last."""
    group_end: int = 0
    company: Company | None = None
    """Whom the sentence before was said of."""
    things: list[int] = field(default_factory=list)
    """Bodies, countries and places."""
    women: dict[int, bool] = field(default_factory=dict)
    """Whether a person is a woman, where a title or a pronoun has told."""
    holders: dict[str, list[Referent]] = field(default_factory=dict)
    """Who holds an office of an organisation, anywhere in the article."""


def resolve(cast: Cast, pair: tuple[int, ...] = ()) -> None:
    """Add references for pronouns, titles and pairs to the cast; ``pair``: the two whom the headline names."""
    scene = _Scene(pair=pair, holders=holders_by_office(cast))
    references = iter(sorted(cast.references, key=lambda r: (r.first, -r.last)))
    upcoming = next(references, None)
    for sentence in cast.reading.sentences:
        here: list[Reference] = []
        at = sentence.first
        covered = sentence.first
        while at < sentence.last:
            while upcoming and upcoming.first <= at:
                if upcoming.first >= sentence.first:
                    here.append(upcoming)
                    _note(cast, scene, upcoming)
                    covered = max(covered, upcoming.last)
                upcoming = next(references, None)
            if at >= covered:
                found = _refers(cast, scene, sentence, at, here)
                if found:
                    cast.refer(found)
                    here.append(found)
                    covered = found.last
                    _note(cast, scene, found)
            at += 1
        _close(cast, scene, sentence, here)
    cast.sort()
    for reference in first_persons(cast):
        cast.refer(reference)
    cast.sort()


def _note(cast: Cast, scene: _Scene, reference: Reference) -> None:
    for number in reference.referents:
        referent = cast.referents[number]
        if referent.type is EntityType.PERSON:
            if number in scene.people[-8:]:
                scene.people.remove(number)
            scene.people.append(number)
            _note_gender(cast, scene, reference)
            continue
        if referent.type is not EntityType.EVENT and len(reference.referents) == 1:
            scene.things.append(number)
        if referent.acts and len(reference.referents) == 1:
            scene.states.append(number)
            _group(cast, scene, reference)


def _note_gender(cast: Cast, scene: _Scene, reference: Reference) -> None:
    """What a title or a pronoun tells of a person."""
    for token in cast.reading.tokens[reference.start : reference.last]:
        if token.lower in _WOMEN or token.lower in _MEN:
            scene.women.setdefault(reference.referents[0], token.lower in _WOMEN)


def _group(cast: Cast, scene: _Scene, reference: Reference) -> None:
    """Add to the sides named side by side ("Peru, Chile and Cuba"), or begin anew."""
    between = cast.reading.tokens[scene.group_end : reference.start]
    if len(between) > 2 or not any(token.lower in ("and", ",") for token in between):
        scene.group = []
    scene.group.append(reference.referents[0])
    sides = _sides_named(cast, [replace(reference, referents=tuple(scene.group))])
    if len(sides) == 2 and all(cast.referents[number].country for number in sides):
        scene.pair = sides
    scene.group_end = reference.last


def _close(cast: Cast, scene: _Scene, sentence: Sentence, here: list[Reference]) -> None:
    """What a sentence leaves behind: its subject, and the pair in play where it names exactly two sides."""
    people = [r for r in here if cast.referents[r.referents[0]].type is EntityType.PERSON]
    if people:
        scene.subject = next((r for r in people if _may_be_subject(cast, r)), people[0]).referents[0]
    sides = _sides_named(cast, here)
    states = all(cast.referents[number].country for number in sides)
    new = (len(sides) == 2 and states) or (len(sides) > 1 and not scene.pair)
    if new and not _is_intruder(cast, scene.pair, sides, sentence):
        scene.pair = sides[:2]
    spoken_of = list(companies(cast, sentence, here))
    scene.company = next((c for c in spoken_of if len(c.numbers) > 1), spoken_of[0] if spoken_of else None)
    if scene.company and len(scene.company.numbers) == 2:
        scene.pair = scene.company.numbers
    scene.group = []
    del scene.people[:-50], scene.states[:-50], scene.things[:-50]


def _is_intruder(cast: Cast, pair: tuple[int, ...], sides: tuple[int, ...], sentence: Sentence) -> bool:
    """Whether a third party quarrels with one of the pair, which leaves the pair in play: "summoned its envoy"."""
    others = {cast.referents[number].side for number in sides} - {cast.referents[number].side for number in pair}
    words = (token.lower for token in cast.reading.tokens[sentence.first : sentence.last])
    return len(pair) == 2 and len(others) == 1 and not hostile_words().isdisjoint(words)


def _sides_named(cast: Cast, references: list[Reference]) -> tuple[int, ...]:
    """The first referent of each side that some references name."""
    sides: dict[str, int] = {}
    for reference in references:
        for number in reference.referents:
            if side := cast.referents[number].side:
                sides.setdefault(side, number)
    return tuple(sides.values())


def _may_be_subject(cast: Cast, reference: Reference) -> bool:
    """Whether neither a preposition stands before a reference nor a possessive ending behind it."""
    tokens = cast.reading.tokens
    after = tokens[reference.last].text if reference.last < len(tokens) else ""
    return cast.word_before(reference) not in _PREPOSITIONS and after not in ("'s", "'")


def _refers(cast: Cast, scene: _Scene, sentence: Sentence, at: int, here: list[Reference]) -> Reference | None:
    word = cast.reading.tokens[at].lower
    if word in _ONE_OF_TWO:
        return _pair(cast, scene, sentence, at, here)
    if word in _DETERMINERS:
        found = _pair(cast, scene, sentence, at, here) or _country(cast, scene, at, here)
        found = found or (
            holder_at(cast, scene.people, scene.holders, at) or body_described(cast, scene.things, at)
            if word == "the"
            else None
        )
        if found:
            return found
    if word in _BARE and _stands_bare(cast, sentence, at):
        return _those(cast, scene, sentence, at, 1, here)
    if of_format := format_at(cast, at):
        return of_format
    if word in _PERSONAL:
        return _person(scene, sentence, at, woman=word in _WOMEN)
    if word in _PLURAL:
        meant = _several(cast, scene, sentence, at, here)
        return Reference(at, at + 1, meant, MentionForm.PRONOUN, at) if meant else None
    return _neutral(scene, at) if word in _NEUTRAL else None


def _person(scene: _Scene, sentence: Sentence, at: int, *, woman: bool) -> Reference | None:
    """The latest person of that gender as far as is known; where a sentence begins, whom the one before is about."""
    fitting = [number for number in scene.people if scene.women.get(number, woman) is woman]
    if not fitting:
        return None
    number = fitting[-1]
    if at < sentence.first + 3 and scene.subject in fitting:
        number = scene.subject
    return Reference(at, at + 1, (number,), MentionForm.PRONOUN, at)


def _neutral(scene: _Scene, at: int) -> Reference | None:
    meant = scene.states[-1:] or scene.things[-1:]
    return Reference(at, at + 1, tuple(meant), MentionForm.PRONOUN, at) if meant else None


def _several(cast: Cast, scene: _Scene, sentence: Sentence, at: int, here: list[Reference]) -> tuple[int, ...]:
    """Whom "they" means: those of whom a clause is said before it, in the sentence or in the one before.

    Else those named side by side in the sentence, or the pair in play.
    """
    before = [c for c in companies(cast, sentence, here) if c.last <= at]
    company = max(before, key=lambda c: c.last) if before else scene.company
    if company:
        return company.numbers
    meant = tuple(dict.fromkeys(scene.group)) if len(set(scene.group)) > 1 else scene.pair
    return meant if len(meant) > 1 else ()


def pair_nouns() -> frozenset[str]:
    """Nouns that "the two" and "both" stand before when they mean states ("countries", "sides", "armies")."""
    return frozenset(row["word"] for row in rows("actors.tsv") if row["word"].endswith("s")) | _PAIRED


def _pair(cast: Cast, scene: _Scene, sentence: Sentence, at: int, here: list[Reference]) -> Reference | None:
    """A pair: "the two countries", "both nations", "the two neighbouring states", "the sides"."""
    tokens = cast.reading.tokens
    window = [tokens[i].lower for i in range(at, min(at + 8, len(tokens)))]
    if length := _length_of_those(cast, at, window):
        return _those(cast, scene, sentence, at, length, here)
    each = window[0] in _ONE_OF_TWO and not _EITHER.isdisjoint(window[1:2])
    counted = each or window[0] == "both" or "two" in window[:2] or window[:2] in (["the", "sides"], ["the", "parties"])
    pair = scene.pair or _sides_named(cast, here)
    if not counted or len(pair) != 2:
        return None
    for length, word in enumerate(window[1:], start=2):
        if (not word[0].isalpha() and word != "-") or cast.reading.parsed[at + length - 1].tag_ in _NO_PHRASE:
            break
        if word in pair_nouns():
            meant = _as_states(cast, pair) if word in _STATES else two_holders(cast, scene.people, word) or pair
            return Reference(at, at + length, meant, MentionForm.NOMINAL, at)
    if each:
        return Reference(at, at + 2, pair, MentionForm.NOMINAL, at)
    if window[:2] == ["the", "two"] and window[2:3] and window[2] in _AFTER_TWO:
        return Reference(at, at + 2, pair, MentionForm.NOMINAL, at)
    return None


def _length_of_those(cast: Cast, at: int, window: list[str]) -> int:
    """How many words "the leaders" or "the foreign ministers" has; 0 where neither stands here."""
    if window[0] != "the" or cast.beginning(at + 1):
        return 0
    length = 3 if window[1:2] and window[1] in _PORTFOLIOS else 2
    named = window[length - 1 : length]
    return length if named and named[0] in _THOSE and window[length : length + 1] != ["of"] else 0


def _stands_bare(cast: Cast, sentence: Sentence, at: int) -> bool:
    """Whether a noun alone is the subject that a sentence begins with, as in joint statements: "Ministers agreed"."""
    before = cast.reading.tokens[sentence.first : at]
    behind = cast.reading.parsed[at + 1].tag_ if at + 1 < sentence.last else ""
    return behind in _VERBS and not any(token.text[0].isalpha() for token in before)


def _those(
    cast: Cast, scene: _Scene, sentence: Sentence, at: int, length: int, here: list[Reference]
) -> Reference | None:
    """Those of whom the sentence before was said, taken up as "the leaders" or "the foreign ministers"."""
    meant = _several(cast, scene, sentence, at, here)
    return Reference(at, at + length, meant, MentionForm.NOMINAL, at) if len(meant) > 1 else None


_STATES = frozenset({"countries", "nations", "states", "neighbors", "neighbours"})


def _as_states(cast: Cast, pair: tuple[int, ...]) -> tuple[int, ...]:
    """The states of those of a pair who act for one."""
    return tuple(cast.country(c).number if (c := cast.referents[n].country) else n for n in pair)


_LANDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("country", "nation", "republic"), frozenset()),
    **{kind: word_set(f"coreference.{kind}") for kind in ("kingdom", "sultanate", "emirate")},
}
"""Nouns for a state, with the codes of those that are called so; none where any may be."""


def _country(cast: Cast, scene: _Scene, at: int, here: list[Reference]) -> Reference | None:
    """A state, "the country", "his country": the country of the latest state or of the person meant.

    With a region before the noun, the latest of its states: "the West African country".
    """
    tokens = cast.reading.tokens
    region = cast.beginning(at + 1)
    within = members(cast.referents[region.referents[0]].name) if region else frozenset()
    noun = region.last if region else at + 1
    if noun >= len(tokens) or tokens[noun].lower not in _LANDS or (region and not within):
        return None
    called = _LANDS[tokens[noun].lower]
    if cast.beginning(noun) or (noun + 1 < len(tokens) and tokens[noun + 1].lower == "of"):
        return None
    if tokens[at].lower in ("his", "her") and scene.people and not region:
        code = cast.referents[scene.people[-1]].country
        if code is None:
            return None
        return Reference(at, at + 2, (cast.country(code).number,), MentionForm.NOMINAL, at)
    named = [n for n in reversed(scene.states) if cast.referents[n].type is EntityType.COUNTRY]
    states = [n for n in named if not region or cast.referents[n].country in within]
    states = [n for n in states if not called or cast.referents[n].country in called]
    acting = here[0].referents[0] if here and _may_be_subject(cast, here[0]) else None
    if states[:1] == [acting] and _is_acted_on(cast, at, noun + 1) and len({*states}) > 1:
        states = [number for number in states if number != acting]
    return Reference(at, noun + 1, (states[0],), MentionForm.NOMINAL, at) if states else None


def _is_acted_on(cast: Cast, at: int, last: int) -> bool:
    """Whether "the country" is an object, so that it is not the state that acts: "Fiji plans to help the country"."""
    before, behind = cast.reading.parsed[at - 1] if at else None, cast.reading.tokens[last : last + 1]
    return before is not None and before.tag_[0] == "V" and not (behind and behind[0].text in ("'s", "'"))
