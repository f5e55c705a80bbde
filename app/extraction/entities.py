"""Names to entities: variants of a name merged, roles from titles and appositions, countries."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from app.domain.entity import EntityType, MentionForm, Role
from app.extraction.offices import Office, office_after, office_at, office_before
from app.extraction.short_names import called_by_kind, short_form
from app.extraction.spelling import sound
from app.extraction.tables import word_set
from app.language.gazetteer import Known, known_at, known_bodies, title_words
from app.language.geography import PlaceWord, country_named, short_name
from app.language.leaders import leader_body, leader_country
from app.language.names import Name
from app.language.pipeline import Reading
from app.language.tables import rows

_WHERE = word_set("entities.where")
_LEANINGS = frozenset({"pro", "anti", "non"})
_MARKS = frozenset({'"', "“", "”", ","})
"""Marks that stand at a word of a name: those of a nickname, the comma of "Ministry of Trade, Energy and Mining"."""


@dataclass(slots=True)
class Referent:
    """Somebody or something that the article speaks of, while its mentions are being gathered."""

    number: int
    type: EntityType
    words: tuple[str, ...]
    country: str | None = None
    known: Known | None = None
    body: str | None = None
    """The organisation that a person speaks and acts for rather than a state."""
    roles: list[Role] = field(default_factory=list)
    aliases: dict[str, None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The fullest name seen."""
        return self.known.name if self.known else " ".join(self.words).replace(" - ", "-").replace(" '", "'")

    @property
    def acts(self) -> bool:
        """Whether it can be a side of a commitment: a state, one who belongs to it, a body, a movement."""
        if self.type is EntityType.PLACE:
            return bool(self.known and self.known.acts)
        return bool(self.country or self.body or (self.known and self.known.acts))

    @property
    def side(self) -> str | None:
        """What it counts as among the sides: its country's code, else its own name; None where it is no side."""
        if not self.acts:
            return None
        return self.country or _whole(self.body or self.name)


@dataclass(frozen=True, slots=True)
class Reference:
    """Tokens ``[first, last)`` that refer to one or, for "the two countries", several referents."""

    first: int
    last: int
    referents: tuple[int, ...]
    form: MentionForm
    start: int
    """First token with the title."""


@dataclass(slots=True)
class Cast:
    """The referents of an article and all references to them, in the order of the text."""

    reading: Reading
    referents: list[Referent] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    _countries: dict[str, Referent] = field(default_factory=dict)
    _beginning: dict[int, Reference] = field(default_factory=dict)
    _ending: dict[int, Reference] = field(default_factory=dict)
    _firsts: list[int] = field(default_factory=list)

    def add(self, kind: EntityType, words: tuple[str, ...], country: str | None, known: Known | None) -> Referent:
        """A new referent."""
        referent = Referent(len(self.referents), kind, words, country, known)
        self.referents.append(referent)
        if kind is EntityType.COUNTRY and country:
            self._countries[country] = referent
        return referent

    def country(self, code: str) -> Referent:
        """The referent of a country, new where the article has not named it yet."""
        if code in self._countries:
            return self._countries[code]
        known = Known(short_name(code), EntityType.COUNTRY, PlaceWord.NAME, code, acts=True)
        return self.add(EntityType.COUNTRY, (known.name,), code, known)

    def body(self, name: str) -> Referent:
        """The referent of an organisation of organizations.tsv, new where the article has not named it yet."""
        for referent in self.referents:
            if referent.known and referent.name == name:
                return referent
        return self.add(EntityType.ORGANIZATION, (name,), None, known_bodies()[name])

    def refer(self, reference: Reference) -> None:
        """Take note of a reference."""
        self.references.append(reference)
        longest = self._beginning.get(reference.first)
        if longest is None or longest.last < reference.last:
            self._beginning[reference.first] = reference
        longest = self._ending.get(reference.last)
        if longest is None or longest.first > reference.first:
            self._ending[reference.last] = reference

    def beginning(self, first: int) -> Reference | None:
        """The longest reference that begins at a token."""
        return self._beginning.get(first)

    def ending(self, last: int) -> Reference | None:
        """The longest reference that ends before a token."""
        return self._ending.get(last)

    def word_before(self, reference: Reference) -> str:
        """The word before a reference, in lower case; empty where the text begins with it."""
        return self.reading.tokens[reference.start - 1].lower if reference.start else ""

    def leaning(self, reference: Reference) -> bool:
        """Whether somebody is only for or against a state: "Syrian" of "pro-Syrian"."""
        before = [token.lower for token in self.reading.tokens[max(0, reference.start - 2) : reference.start]]
        return before[1:] == ["-"] and before[0] in _LEANINGS

    def sort(self) -> None:
        """Bring the references into the order of the text, the longer first."""
        self.references.sort(key=lambda r: (r.first, -r.last, r.form))
        self._firsts = [reference.first for reference in self.references]

    def within(self, first: int, last: int) -> list[Reference]:
        """References that begin within tokens ``[first, last)``, once they have been sorted."""
        return self.references[bisect_left(self._firsts, first) : bisect_left(self._firsts, last)]

    def sides(self, reference: Reference) -> list[Referent]:
        """What a reference's referents count as: who acts for a body counts as the body, a city as its country."""
        return [side for number in reference.referents if (side := self._as_side(self.referents[number]))]

    def _as_side(self, referent: Referent) -> Referent | None:
        if referent.type is EntityType.PLACE and referent.country:
            return self.country(referent.country)
        if not referent.country and (referent.body or _whole(referent.name) != referent.name):
            return self.body(_whole(referent.body or referent.name))
        return referent if referent.acts else None


def _whole(body: str) -> str:
    """The body that an organisation is an organ of; itself where it is none."""
    known = known_bodies().get(body)
    return (known.organ_of if known else None) or body


def gather(reading: Reading, names: list[Name]) -> Cast:
    """Names to referents; full names first, so that a family name finds its bearer wherever it stands."""
    cast = Cast(reading)
    people = _People(cast)
    bodies: dict[str, Referent] = {}
    names = list(_seated(reading, names))
    called = called_by_kind(reading, names)
    for name in sorted(names, key=lambda n: -(n.last - n.first)):
        words = _words(reading, name)
        if name.type is EntityType.PERSON:
            referent = people.find(words) or people.add(words)
        elif name.type is EntityType.COUNTRY and name.country and not _is_place(reading, name):
            referent = cast.country(name.country)
        elif (name.first, name.last) in called and (whole := cast.beginning(called[name.first, name.last])):
            referent = cast.referents[whole.referents[0]]
        else:
            name = _as_place(name) if _is_place(reading, name) else name
            key = name.known.name.lower() if name.known else _body_key(words, name.country)
            referent = bodies.get(key) or cast.add(name.type, words, name.country, name.known)
            bodies[key] = referent
            if name.type is EntityType.ORGANIZATION and len(words) > 2:
                bodies.setdefault("".join(word[0] for word in words if word[0].isupper()).lower(), referent)
            if name.type is EntityType.ORGANIZATION and (short := short_form(reading, name, names)):
                bodies.setdefault(short, referent)
        cast.refer(Reference(name.first, name.last, (referent.number,), name.form, name.start))
        if name.form is MentionForm.NAME:
            referent.aliases.setdefault(reading.words(name.first, name.last))
        if name.start < name.first and _named_with_rank(reading, name):
            referent.aliases.setdefault(
                reading.words(name.start, name.first) + " " + reading.words(name.first, name.last)
            )
    cast.sort()
    _give_roles(cast, names)
    _recognize(cast)
    return cast


@cache
def _seats() -> dict[str, Known]:
    """The bodies of seats.tsv by their cities."""
    return {row["city"]: known_bodies()[row["body"]] for row in rows("seats.tsv")}


def _seated(reading: Reading, names: list[Name]) -> Iterator[Name]:
    """The names, those of a city that stands for the body there ("Brussels") as the body's."""
    countries = {n.country for n in names if n.known and n.known.kind in (PlaceWord.NAME, PlaceWord.DEMONYM)}
    for name in names:
        body = _seats().get(reading.words(name.first, name.last)) if name.type is EntityType.COUNTRY else None
        if body and name.country not in countries and not _is_place(reading, name):
            yield replace(name, type=EntityType.ORGANIZATION, country=None, known=body)
        else:
            yield name


def _is_place(reading: Reading, name: Name) -> bool:
    """Whether a capital is where something is, rather than the government that sits there: "in Lima", "near Lima".

    Of several, where one is on the way to each, it is the governments: "in Lima, Quito and Bogota".
    """
    capital = name.known is not None and name.known.kind == PlaceWord.CAPITAL
    where = capital and name.first > 0 and reading.tokens[name.first - 1].lower in _WHERE
    return where and not _leads_a_list(reading, name)


def _leads_a_list(reading: Reading, name: Name) -> bool:
    tokens = reading.tokens
    if name.last + 1 >= len(tokens) or tokens[name.last].lower not in (",", "and"):
        return False
    other = known_at(tokens, name.last + 1, len(tokens))
    return other is not None and other[1].kind == PlaceWord.CAPITAL and other[1].country != name.country


def _as_place(name: Name) -> Name:
    return replace(name, type=EntityType.PLACE, known=None)


NAMESAKES = 40
"""Most people of one family name that a name is compared with."""


class _People:
    """People by the words of their names."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._by_word: dict[str, list[Referent]] = {}

    def add(self, words: tuple[str, ...]) -> Referent:
        person = self._cast.add(EntityType.PERSON, words, None, None)
        for word in words:
            self._by_word.setdefault(sound(word), []).append(person)
        return person

    def find(self, words: tuple[str, ...]) -> Referent | None:
        """Who bears this name: its last word is the bearer's last (or, alone, any), and no word contradicts."""
        for person in self._by_word.get(sound(words[-1]), ())[:NAMESAKES]:
            known = [sound(word) for word in person.words]
            if all(_agrees(sound(word), known) for word in words):
                return person
        return None


def _agrees(word: str, known: list[str]) -> bool:
    return word in known or (len(word.rstrip(".")) == 1 and any(k.startswith(word[0]) for k in known))


def _words(reading: Reading, name: Name) -> tuple[str, ...]:
    parts: list[str] = []
    for token in reading.tokens[name.first : name.last]:
        closes = token.text in _MARKS or token.text == "-"
        if parts and token.glued and (closes or parts[-1].endswith("-") or parts[-1] in _MARKS):
            parts[-1] += token.text
        else:
            parts.append(token.text)
    return tuple(parts)


def _body_key(words: tuple[str, ...], country: str | None) -> str:
    """One key for "Air Force of Peru" and "Air Force of the Republic of Peru"."""
    joined = " ".join(words).lower()
    for of in re.finditer(r" of ", joined):
        tail = joined[of.end() :].removeprefix("the ")
        if country and country_named(tail) == country:
            return f"{joined[: of.start()]} of {country}"
    return joined


def _named_with_rank(reading: Reading, name: Name) -> bool:
    before = reading.tokens[name.first - 1].lower
    return title_words().get(before) in ("rank", "address") and reading.tokens[name.first - 1].text[0].isupper()


def _give_roles(cast: Cast, names: list[Name]) -> None:
    """Roles from the words around a person's name; a country from the role."""
    at = {(name.first, name.last): name for name in names}
    for reference in list(cast.references):
        name = at.get((reference.first, reference.last))
        if name is None or name.type is not EntityType.PERSON:
            continue
        person = cast.referents[reference.referents[0]]
        for office in _offices(cast, reference):
            take_office(person, office)
    for referent in cast.referents:
        if any(not _is_rank(role) for role in referent.roles):
            referent.roles = [role for role in referent.roles if not _is_rank(role)]
        referent.roles.sort(key=lambda role: (role.organization is None, role.country is None))


def _is_rank(role: Role) -> bool:
    """Whether a role is a military rank alone."""
    return all(title_words().get(word) == "rank" for word in role.title.lower().split())


def _recognize(cast: Cast) -> None:
    """Countries of well-known people, and bodies of those who act for one, where the text gives no country."""
    for person in cast.referents:
        if person.type is EntityType.PERSON and person.country is None:
            person.body = person.body or leader_body(person.words)
            person.country = None if person.body else leader_country(person.words)


def _offices(cast: Cast, reference: Reference) -> Iterator[Office]:
    before = office_before(cast, reference)
    if before:
        yield before
    after = office_after(cast, reference.last)
    while after and not _is_anothers(cast, after):
        yield after
        behind = [token.lower for token in cast.reading.tokens[after.last : after.last + 2]]
        joined = behind[:1] == ["and"] and behind[1:] != ["the"]
        after = office_at(cast, after.last + 1) if joined else None


def _is_anothers(cast: Cast, office: Office) -> bool:
    """Whether a person's name follows an office, whose it is then."""
    following = cast.beginning(office.last)
    return following is not None and cast.referents[following.referents[0]].type is EntityType.PERSON


def take_office(person: Referent, office: Office) -> None:
    """Give a person the role of an office, and its country; what tells less of the same title goes."""
    person.country = person.country or office.country
    if office.organization in known_bodies() and known_bodies()[office.organization].kind == "body":
        person.body = office.organization
    role = Role(office.title, office.organization, office.country)
    same = [r for r in person.roles if r.title.lower() == role.title.lower()]
    if any(r.organization or not role.organization for r in same) and any(r.country or not role.country for r in same):
        return
    for poorer in same:
        person.roles.remove(poorer)
    person.roles.append(role)
