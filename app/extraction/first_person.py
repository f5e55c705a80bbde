"""Whom "I" and "we" mean: the speaker of the quote they stand in, and the state or body that the speaker acts for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

from app.domain.entity import EntityType, MentionForm
from app.extraction.entities import Cast, Reference, Referent
from app.extraction.tables import word_set
from app.language.sentences import Sentence
from app.language.tables import column

ADDRESS = 5
"""How often "we" stands outside quotes in a text that is one speech; there it means the state most named."""

_ONE = word_set("coreference.first_person")
_SEVERAL = word_set("coreference.first_persons")


@cache
def _speech_verbs() -> frozenset[str]:
    return frozenset(column("speech_verbs.tsv", "verb"))


def first_persons(cast: Cast) -> list[Reference]:
    """References for the first persons of a text whose other pronouns and titles are resolved."""
    tokens = cast.reading.tokens
    if not any(token.lower in _ONE or token.lower in _SEVERAL for token in tokens):
        return []
    quoted = _quoted(cast)
    found: list[Reference] = []
    speaker: Referent | None = None
    paragraph: list[Sentence] = []
    for sentence in [*cast.reading.sentences, None]:
        if paragraph and (sentence is None or sentence.paragraph != paragraph[0].paragraph):
            inside = [at for s in paragraph for at in range(s.first, s.last) if at in quoted]
            speaker = _speaker(cast, paragraph, quoted) or (speaker if inside else None)
            if speaker:
                found.extend(_references(cast, inside, speaker))
            paragraph = []
        if sentence:
            paragraph.append(sentence)
    return [*found, *_of_address(cast, quoted)]


def _quoted(cast: Cast) -> frozenset[int]:
    """Tokens in double quotation marks; a quote that is not closed ends with its paragraph."""
    inside: set[int] = set()
    paragraph, open_ = -1, False
    for sentence in cast.reading.sentences:
        if sentence.paragraph != paragraph:
            paragraph, open_ = sentence.paragraph, False
        for at in range(sentence.first, sentence.last):
            text = cast.reading.tokens[at].text
            if text in ("“", "”", '"', "``", "''"):
                open_ = text in ("“", "``") or (text == '"' and not open_)
            elif open_:
                inside.add(at)
    return frozenset(inside)


def _speaker(cast: Cast, paragraph: list[Sentence], quoted: frozenset[int]) -> Referent | None:
    """The person who is last said to speak in a paragraph."""
    people = {
        at: cast.referents[reference.referents[0]]
        for reference in cast.within(paragraph[0].first, paragraph[-1].last)
        for at in range(reference.start, reference.last)
        if cast.referents[reference.referents[0]].type is EntityType.PERSON
    }
    speaker: Referent | None = None
    for sentence in paragraph:
        for clause in cast.reading.clauses(sentence):
            if clause.lemma in _speech_verbs() and clause.predicate.i not in quoted:
                heads = [people[subject.head.i] for subject in clause.subjects if subject.head.i in people]
                speaker = heads[0] if heads else speaker
    return speaker


def _references(cast: Cast, inside: list[int], speaker: Referent) -> Iterator[Reference]:
    group = cast.country(speaker.country) if speaker.country else cast.body(speaker.body) if speaker.body else None
    for at in inside:
        word = cast.reading.tokens[at].lower
        if word in _ONE:
            yield Reference(at, at + 1, (speaker.number,), MentionForm.PRONOUN, at)
        elif word in _SEVERAL and group:
            yield Reference(at, at + 1, (group.number,), MentionForm.PRONOUN, at)


def _of_address(cast: Cast, quoted: frozenset[int]) -> Iterator[Reference]:
    """In a text that is one speech, "we" are those of the state that it names most."""
    tokens = cast.reading.tokens
    spoken = [at for at, token in enumerate(tokens) if token.lower in _SEVERAL and at not in quoted]
    named = Counter(
        number
        for reference in cast.references
        for number in reference.referents
        if cast.referents[number].type is EntityType.COUNTRY
    )
    if len(spoken) >= ADDRESS and named:
        (number, times) = named.most_common(1)[0]
        if times > 1:
            for at in spoken:
                yield Reference(at, at + 1, (number,), MentionForm.PRONOUN, at)
