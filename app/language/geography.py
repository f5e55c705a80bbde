"""Countries: their English names, demonyms, capitals and seats of government, each to an ISO 3166-1 alpha-2 code.

Names come from babel (Unicode CLDR), demonyms, capitals and other spellings from countryinfo, corrections from
``tables/countries.tsv``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from app.language.tables import rows

_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA", "AQ"})


class PlaceWord(StrEnum):
    """How words stand for a country: its name, its people or adjective, its capital, its seat of government."""

    NAME = "name"
    DEMONYM = "demonym"
    CAPITAL = "capital"
    SEAT = "seat"


_PLACE_WORDS = frozenset(PlaceWord)


@dataclass(frozen=True, slots=True)
class CountryWords:
    """Words that stand for a country."""

    words: str
    code: str
    kind: PlaceWord


@cache
def short_names() -> dict[str, str]:
    """The English short name of every country, by code."""
    from babel import Locale

    territories = Locale("en").territories
    names = {
        code: name.replace("&", "and").replace("St. ", "Saint ").replace("’", "'")
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
    return names | {row["code"]: row["words"] for row in rows("countries.tsv") if row["kind"] == "short"}


def short_name(code: str) -> str:
    """The English short name of the country with this code; the code itself where it is none."""
    return short_names().get(code, code)


@cache
def _by_name() -> dict[str, str]:
    return {entry.words.lower(): entry.code for entry in country_words() if entry.kind is PlaceWord.NAME}


def country_named(name: str) -> str | None:
    """The code of the country of this name, in whatever case; None where there is none."""
    return _by_name().get(name.lower())


@cache
def country_words() -> tuple[CountryWords, ...]:
    """All words that stand for countries, one entry for each spelling; later entries overrule earlier ones."""
    refused = _refused()
    found: dict[str, CountryWords] = {}
    for entry in (
        *_of_countryinfo(),
        *(CountryWords(name, code, PlaceWord.NAME) for code, name in short_names().items()),
    ):
        if len(entry.words) > 2 and entry.words not in refused[entry.code]:
            found[entry.words] = entry
    for row in rows("countries.tsv"):
        if row["kind"] in _PLACE_WORDS:
            for spelling in row["words"].split("|"):
                found[spelling] = CountryWords(spelling, row["code"], PlaceWord(row["kind"]))
    return tuple(found.values())


def _of_countryinfo() -> Iterator[CountryWords]:
    for info in _countries():
        code = (info.get("ISO") or {}).get("alpha2") or ""
        if code not in short_names():
            continue
        spellings = [info["name"], *info.get("altSpellings", [])]
        words = [(s, PlaceWord.NAME) for s in spellings if s.isascii() and " " in s]
        if isinstance(info.get("capital"), str):
            words.append((info["capital"], PlaceWord.CAPITAL))
        for demonym in filter(None, (info.get("demonym") or "").split(",")):
            words.append((demonym, PlaceWord.DEMONYM))
            if demonym[-1] in "nit":
                words.append((demonym + "s", PlaceWord.DEMONYM))
        yield from (CountryWords(spelling.strip().replace("’", "'"), code, kind) for spelling, kind in words)


@cache
def _refused() -> dict[str, set[str]]:
    refused: dict[str, set[str]] = defaultdict(set)
    for row in rows("countries.tsv"):
        if row["kind"] == "not":
            refused[row["code"]].update(row["words"].split("|"))
    return refused


def _countries() -> list[dict[str, Any]]:
    from countryinfo import all_countries

    return sorted((dict(country.info()) for country in all_countries()), key=lambda info: str(info["name"]))
