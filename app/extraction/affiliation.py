"""Countries of people whom no title right before the name tells: by what renames them, and as visitors and hosts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.domain.entity import EntityType, MentionForm, Role
from app.extraction.entities import Cast, Reference, Referent, take_office
from app.extraction.home import settle
from app.extraction.inflection import verb
from app.extraction.offices import office_at
from app.extraction.tables import word_set
from app.language.clauses import Argument
from app.language.sentences import Sentence
from app.language.tables import column

_MEETINGS = verb("meet").all | {"meeting", "talks"}
_WHERE = word_set("entities.where")
_HOLDERS = frozenset(column("actors.tsv", "word")) | frozenset(column("titles.tsv", "title"))
_VISITS = verb("visit").all | verb("tour").all | {"trip"}
_ENDINGS = ("'s", "'")
_LED = frozenset({"led", "headed"})
_COUNTERPARTS = frozenset({"counterpart", "counterparts"})
REACH = 6
"""Most tokens between a visitor and "visit to", and between "meeting with" and a host."""


def affiliate(cast: Cast, headline: str | None = None) -> None:
    """Give people without a country one; roles without a country take that of their holder.

    ``headline``: the country whose doings the headline tells.
    """
    for way in (_counterpart, _led, _renamed, _of_visit, _host):
        for sentence in cast.reading.sentences:
            references = cast.within(sentence.first, sentence.last)
            for reference in references:
                person = cast.referents[reference.referents[0]]
                if person.type is EntityType.PERSON and person.country is None and person.body is None:
                    person.country = way(cast, sentence, references, reference)
    settle(cast, headline)
    for person in cast.referents:
        if person.type is EntityType.PERSON and person.country:
            person.roles = [replace(role, country=role.country or person.country) for role in person.roles]


def _counterpart(cast: Cast, sentence: Sentence, references: list[Reference], reference: Reference) -> str | None:
    """The country before "counterpart" and a name: "his Omani counterpart X".

    Each of several has the one at its place: "his Fijian and Tongan counterparts, X and Y".
    """
    tokens = cast.reading.tokens
    last, place = reference.start, 0
    while last > sentence.first and tokens[last - 1].lower not in _COUNTERPARTS:
        person = cast.ending(last)
        if person and cast.referents[person.referents[0]].type is EntityType.PERSON:
            last, place = person.start, place + 1
        elif tokens[last - 1].lower in ("and", ","):
            last -= 1
        else:
            return None
    states: list[str | None] = []
    last -= 1
    _take_peers_title(cast, references, reference, last)
    while last > sentence.first and (cast.ending(last) or tokens[last - 1].lower in ("and", ",")):
        people = cast.ending(last)
        if people and people.form is MentionForm.DEMONYM:
            states.insert(0, cast.referents[people.referents[0]].country)
        last = people.first if people else last - 1
    return states[place] if place < len(states) else states[0] if len(states) == 1 else None


def _take_peers_title(cast: Cast, references: list[Reference], reference: Reference, at: int) -> None:
    """Give somebody without a title that of the latest person before "counterpart": a minister's is a minister."""
    person = cast.referents[reference.referents[0]]
    peers = [peer for r in references if r.last <= at and (peer := cast.referents[r.referents[0]]).roles]
    if peers and not person.roles:
        person.roles.append(Role(peers[-1].roles[0].title, None, None))


def _led(cast: Cast, sentence: Sentence, references: list[Reference], reference: Reference) -> str | None:
    """The country of those whom somebody leads: "a Fijian delegation led by X"."""
    tokens = cast.reading.tokens
    by = reference.start - 1
    if by - 1 <= sentence.first or tokens[by].lower != "by" or tokens[by - 1].lower not in _LED:
        return None
    before = [r for r in references if r.last < by and by - r.last <= REACH]
    if not before or any(cast.reading.parsed[at].tag_[0] in "V," for at in range(before[-1].last, by - 1)):
        return None
    return cast.referents[before[-1].referents[0]].country


def _renamed(cast: Cast, sentence: Sentence, references: list[Reference], reference: Reference) -> str | None:
    """The country before an office or another word for a person, or before the name; a role is taken note of.

    "The Omani minister, X", "his Cuban counterpart, X", "Peru's X".
    """
    tokens = cast.reading.tokens
    owned = reference.start > 0 and tokens[reference.start - 1].text in _ENDINGS
    owner = cast.ending(reference.start - 1) if owned else None
    if owner and (state := _state(cast, owner)):
        return state.country
    person = cast.referents[reference.referents[0]]
    for noun in _other_names(cast, sentence, reference):
        office = office_at(cast, noun.core.start)
        if office and office.first <= noun.head.i < office.last and office.country:
            take_office(person, office)
            return office.country
        for other in references:
            if noun.core.start <= other.first and other.last <= noun.head.i and noun.head.lower_ in _HOLDERS:
                state = _state(cast, other)
                if state and (other.form is MentionForm.DEMONYM or tokens[other.last].text in _ENDINGS):
                    return state.country
    return None


def _other_names(cast: Cast, sentence: Sentence, reference: Reference) -> Iterator[Argument]:
    """The sides of clauses that rename a person, or that the person's name renames."""
    for clause in cast.reading.clauses(sentence):
        for argument in clause.arguments:
            parts = (argument, *argument.appositions)
            for part in parts:
                if part.core.start <= reference.first and reference.last <= part.core.end and len(parts) > 1:
                    yield from (other for other in parts if other is not part)


def _host(cast: Cast, sentence: Sentence, references: list[Reference], reference: Reference) -> str | None:
    """The state of the one place where somebody of another state meets the holder of an office: that of the holder."""
    person = cast.referents[reference.referents[0]]
    tokens = cast.reading.tokens
    if not person.roles or tokens[max(sentence.first, reference.start - 1)].lower not in ("with", "by", *_MEETINGS):
        return None
    if not any(token.lower in _MEETINGS or token.lower in _VISITS for token in tokens[sentence.first : sentence.last]):
        return None
    places = {s.country for r in references if (s := _state(cast, r)) and _is_where(cast, r)}
    others = {s.country for r in references if (s := cast.referents[r.referents[0]]).acts and s.country not in places}
    return places.pop() if len(places) == 1 and others - {None} else None


def _of_visit(cast: Cast, sentence: Sentence, references: list[Reference], reference: Reference) -> str | None:
    visited = _visited(cast, sentence, references)
    if visited is None:
        return None
    at, country = visited
    others = {
        r.country for n in references if (r := _state(cast, n)) and r.country != country and not _is_where(cast, n)
    }
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


def _is_where(cast: Cast, reference: Reference) -> bool:
    return cast.reading.tokens[max(0, reference.start - 1)].lower in _WHERE


def _state(cast: Cast, reference: Reference) -> Referent | None:
    """The country that a reference names, itself or as one of its places and peoples."""
    referent = cast.referents[reference.referents[0]]
    if referent.type is EntityType.PLACE and referent.country:
        return cast.country(referent.country)
    return referent if referent.type is EntityType.COUNTRY else None
