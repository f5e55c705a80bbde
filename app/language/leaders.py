"""Well-known people: the country or the organisation that each acts for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from app.language.tables import rows


def leader_country(words: tuple[str, ...]) -> str | None:
    """The country of a well-known person, by the full name, or the family name where only one can be meant."""
    return _known_person(words, _leaders())


def leader_body(words: tuple[str, ...]) -> str | None:
    """The organisation that a well-known person acts for."""
    return _known_person(words, _body_heads())


def leader_names() -> Iterator[tuple[str, list[str]]]:
    """The names of the well-known people of each country, in all spellings of the table."""
    for row in rows("leaders.tsv"):
        yield row["country"], row["names"].split("|")


def _known_person(words: tuple[str, ...], people: dict[str, frozenset[str]]) -> str | None:
    found = people.get(_plain(" ".join(words)), frozenset())
    return next(iter(found)) if len(found) == 1 else None


@cache
def _leaders() -> dict[str, frozenset[str]]:
    return _by_name((row["country"], row["names"]) for row in rows("leaders.tsv"))


@cache
def _body_heads() -> dict[str, frozenset[str]]:
    return _by_name((row["organization"], row["names"]) for row in rows("body_heads.tsv"))


_FAMILY_FIRST = frozenset({"CN", "KR", "KP", "TW", "VN"})


def _by_name(people: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for holder, names in people:
        for name in names.split("|"):
            words = _plain(name).split()
            family = words[0] if holder in _FAMILY_FIRST else words[-1]
            for known in {" ".join(words), family, f"{words[0]} {words[-1]}", " ".join(words[-2:])}:
                found.setdefault(known, set()).add(holder)
    return {name: frozenset(holders) for name, holders in found.items()}


def _plain(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z. ]+", " ", plain).strip()
