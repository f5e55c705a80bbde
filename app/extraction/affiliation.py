"""Countries of people whom no title tells: visitors and hosts of one of two countries in play."""

from __future__ import annotations

from dataclasses import replace

from app.domain.entity import EntityType
from app.extraction.entities import Cast, Reference, Referent
from app.extraction.inflection import verb
from app.language.sentences import Sentence

_MEETINGS = verb("meet").all | {"meeting", "talks"}
_VISITS = verb("visit").all | verb("tour").all | {"trip"}
REACH = 6
"""Most tokens between a visitor and "visit to", and between "meeting with" and a host."""


def affiliate(cast: Cast) -> None:
    """Give people without a country one, where a sentence tells of their visit; roles without a country take theirs."""
    for sentence in cast.reading.sentences:
        references = cast.within(sentence.first, sentence.last)
        for reference in references:
            person = cast.referents[reference.referents[0]]
            if person.type is EntityType.PERSON and person.country is None and person.body is None:
                person.country = _of_visit(cast, sentence, references, reference)
    for person in cast.referents:
        if person.type is EntityType.PERSON and person.country:
            person.roles = [replace(role, country=role.country or person.country) for role in person.roles]


def _of_visit(cast: Cast, sentence: Sentence, references: list[Reference], reference: Reference) -> str | None:
    visited = _visited(cast, sentence, references)
    if visited is None:
        return None
    at, country = visited
    others = {r.country for n in references if (r := _state(cast, n)) and r.country != country}
    if reference.last <= at <= reference.last + REACH and len(others) == 1:
        return others.pop()
    before = [t.lower for t in cast.reading.tokens[max(at, reference.start - 4) : reference.start]]
    met = any(word in _MEETINGS for word in before)
    return country if met and reference.start > at else None


def _visited(cast: Cast, sentence: Sentence, references: list[Reference]) -> tuple[int, str] | None:
    """The token of the word for a visit, and the country that it goes to."""
    tokens = cast.reading.tokens
    for reference in references:
        before = tokens[max(sentence.first, reference.start - 3) : reference.start]
        state = _state(cast, reference)
        for distance, token in enumerate(reversed(before), start=1):
            if state and state.country and token.lower in _VISITS:
                return reference.start - distance, state.country
    return None


def _state(cast: Cast, reference: Reference) -> Referent | None:
    """The country that a reference names, itself or as one of its places and peoples."""
    referent = cast.referents[reference.referents[0]]
    if referent.type is EntityType.PLACE and referent.country:
        return cast.country(referent.country)
    return referent if referent.type is EntityType.COUNTRY else None
