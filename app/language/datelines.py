"""Datelines: the place, day and agency that news begins with, before its first sentence.

"LIMA, June 3 (Andina) -- ", "SUVA (AP) — ", "MOSCOW, August 27. /TASS/. ", "YEREVAN. ", or a city in capitals on a line
of its own.
What is behind one begins a sentence of its own, which no parser takes the city for a part of.
"""

from __future__ import annotations

import re
from functools import cache

from app.language.geography import PlaceWord, country_words
from app.language.tables import rows, word_set
from app.language.tokens import paragraphs

PARAGRAPHS = 3
"""First paragraphs of a text that may begin with one: headline and standfirst come before it now and then."""
LONGEST = 60
"""Most letters of the places in one."""

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DATELINE = re.compile(
    rf"""
    (?P<places>[^\W\d_][^\n\d()/:–—]*?(?:/[^\W\d_][^\n\d()/:–—]*?)?)
    (?P<day>,?\ (?:\w+day,?\ )?(?:\d{{1,2}}(?:st|nd|rd|th)?\ {_MONTH}|{_MONTH}\ \d{{1,2}})(?:,?\ \d{{4}})?)?
    [.,]?
    (?:
      (?P<agency>\ ?\([A-Za-z][\w'./& -]{{1,30}}\)|\ /[A-Z][\w' -]{{1,30}}/\.?|(?<=,)\ [A-Z]\w+(?=\ +[-–—]))
      (?P<dash>\ *(?:--|[-–—])(?=\s)|:)?
      | (?P<bare>\ +(?:--|[-–—])(?=\s))
      | (?P<stop>(?<=\.)(?=\ ))
      | $
    )
    (?:\s+|$)
    """,
    re.VERBOSE,
)
_INITIALS = re.compile(r"[A-Z]\.(?:[A-Z]\.?)*")
_NO_PLACES = word_set("datelines.no_places")


def dateline(folded: str) -> tuple[int, int] | None:
    """Characters ``[start, end)`` of the dateline of a folded text; None where it has none."""
    for number, (start, end) in enumerate(paragraphs(folded)):
        if number == PARAGRAPHS:
            break
        begin = start + len(folded[start:end]) - len(folded[start:end].lstrip())
        found = _DATELINE.match(folded, begin, end)
        if found and _is_one(found, end):
            return begin, found.end()
    return None


@cache
def _shouted_cities() -> frozenset[str]:
    """Capitals and the other cities of the tables, in capital letters."""
    capitals = (entry.words for entry in country_words() if entry.kind is PlaceWord.CAPITAL)
    others = (name for row in rows("cities.tsv") for name in row["names"].split("|"))
    return frozenset(name.upper() for name in (*capitals, *others))


def _is_one(found: re.Match[str], end: int) -> bool:
    """Whether a match is a dateline: a day, an agency, or places in capitals before a dash or on a line alone."""
    places, day, agency = found["places"], found["day"], found["agency"]
    if len(places) > LONGEST or not places[0].isupper() or places.split()[0].lower() in _NO_PLACES:
        return False
    city = places.split(",")[0]
    shouted = city.isupper() and not _INITIALS.fullmatch(city)
    if agency and agency.strip()[0] in "(/":
        if agency.strip()[1].islower() and not shouted:
            return False
        return bool(day or found["dash"] or agency.endswith("/."))
    if agency or found["bare"]:
        return bool(day) or shouted
    if found["stop"] is not None:
        return shouted and (bool(day) or city in _shouted_cities())
    return found.end() == end and places.isupper() and " " not in places
