"""Names that are known beforehand, and the words that tell what a name is: countries, organisations, titles, heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from app.domain.entity import EntityType
from app.language.geography import PlaceWord, country_words, short_name
from app.language.pipeline import split
from app.language.tables import column, rows
from app.language.tokens import Token


@dataclass(frozen=True, slots=True)
class Known:
    """What a gazetteer says of some words.

    ``kind`` is a `PlaceWord`, or one of organizations.tsv; it ``acts`` where the bearer can be a side of its own.
    """

    name: str
    type: EntityType
    kind: str
    country: str | None = None
    acts: bool = False
    acronym: str | None = None
    organ_of: str | None = None
    """The body whose part it is, and as which it counts among sides."""


@cache
def title_words() -> dict[str, str]:
    """Words of titles in lower case, to their kind; of longer titles, each word that has no line of its own."""
    words = {row["title"]: row["kind"] for row in rows("titles.tsv") if " " not in row["title"]}
    # A chief is an office, also where "chief" is part of "chief commander".
    return words | {
        row["title"]: "office" for row in rows("titles.tsv") if row["kind"] == "office" and " " not in row["title"]
    }


@cache
def state_titles() -> frozenset[str]:
    """Titles whose holders act for a state."""
    return frozenset(row["title"] for row in rows("titles.tsv") if row["state"] == "yes")


@cache
def head_words() -> dict[str, tuple[EntityType, str]]:
    """Words that tell what a name is: its type, and whether they stand last, first or anywhere."""
    return {row["word"]: (EntityType(row["kind"]), row["where"]) for row in rows("heads.tsv")}


@cache
def known_bodies() -> dict[str, Known]:
    """The organisations of organizations.tsv by name."""
    bodies: dict[str, Known] = {}
    for row in rows("organizations.tsv"):
        acronym = next((words for words in _spellings(row) if words.isupper() and words.isalnum()), None)
        acts = row["kind"] in ("body", "movement")
        bodies[row["name"]] = Known(
            row["name"],
            EntityType.ORGANIZATION,
            row["kind"],
            row["country"] or None,
            acts,
            acronym,
            row["organ_of"] or None,
        )
    return bodies


@cache
def gazetteer() -> dict[str, list[tuple[tuple[str, ...], Known]]]:
    """Known words by their first token, longest first."""
    entries: dict[tuple[str, ...], Known] = {}
    for place in country_words():
        if place.kind is PlaceWord.SEAT:
            known = Known(place.words, EntityType.ORGANIZATION, place.kind, place.code, acts=True)
        else:
            known = Known(short_name(place.code), EntityType.COUNTRY, place.kind, place.code, acts=True)
        entries[_split(place.words)] = known
    for row in rows("regions.tsv"):
        region = Known(row["name"], EntityType.PLACE, "region", None, acts=row["actor"] == "yes")
        entries.update((_split(words), region) for words in _spellings(row))
        peoples = replace(region, kind=PlaceWord.DEMONYM)
        entries.update((_split(words), peoples) for words in filter(None, row["demonyms"].split("|")))
    for row in rows("cities.tsv"):
        for city in row["names"].split("|"):
            entries[_split(city)] = Known(city, EntityType.PLACE, "city", row["country"])
    for row in rows("events.tsv"):
        event = Known(row["name"], EntityType.EVENT, "event")
        entries.update((_split(words), event) for words in _spellings(row))
    entries.update(_groups())
    for row in rows("organizations.tsv"):
        entries.update((_split(words), known_bodies()[row["name"]]) for words in _spellings(row))
    index: dict[str, list[tuple[tuple[str, ...], Known]]] = {}
    for words, known in sorted(entries.items(), key=lambda entry: -len(entry[0])):
        index.setdefault(words[0], []).append((words, known))
    return index


def _groups() -> Iterator[tuple[tuple[str, ...], Known]]:
    """Groups of states, which are written small, or with a capital where a sentence begins."""
    for row in rows("groups.tsv"):
        group = Known(row["name"], EntityType.GROUP, "group", None, acts=True)
        for words in _spellings(row):
            yield _split(words), group
            yield _split(words[0].upper() + words[1:]), group


@cache
def members(region: str) -> frozenset[str]:
    """The codes of a region's countries; none where regions.tsv does not say."""
    parts = next((row["members"].split("|") for row in rows("regions.tsv") if row["name"] == region), [])
    codes = {part for part in parts if len(part) == 2 and part.isupper()}
    return frozenset(codes).union(*(members(part) for part in parts if part not in codes))


def _spellings(row: dict[str, str]) -> list[str]:
    return [row["name"], *filter(None, row["aliases"].split("|"))]


def _split(words: str) -> tuple[str, ...]:
    return tuple(token.text for token in split(words).tokens)


@cache
def small_words() -> dict[str, frozenset[str]]:
    """The words of small_words.tsv by their kind."""
    kinds: dict[str, set[str]] = {}
    for row in rows("small_words.tsv"):
        kinds.setdefault(row["kind"], set()).update(row["words"].split("|"))
    return {kind: frozenset(words) for kind, words in kinds.items()}


@cache
def particles() -> frozenset[str]:
    """Small words that join the words of a name."""
    return frozenset(column("particles.tsv", "word"))


def known_at(tokens: Sequence[Token], at: int, last: int) -> tuple[int, Known] | None:
    """The longest known name from a token on, within those before ``last``: where it ends, and what is known of it."""
    for words, known in gazetteer().get(tokens[at].text, ()):
        stop = at + len(words)
        if stop <= last and all(tokens[at + i].text == word for i, word in enumerate(words)):
            return stop, known
    return None
