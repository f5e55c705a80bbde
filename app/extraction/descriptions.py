"""What describes bodies and groups of states without naming them: "the alliance", "the six-party talks"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from app.domain.entity import EntityType, MentionForm
from app.extraction.entities import Cast, Reference, Referent
from app.extraction.tables import rows, word_set
from app.language.tables import rows as language_rows

_BODIES = word_set("coreference.bodies")
_ANY = word_set("coreference.any_body")
REACH = 4
"""Most words between "the" and the noun: "the 27-nation bloc"."""


def body_described(cast: Cast, spoken_of: Sequence[int], at: int) -> Reference | None:
    """The body that "the", the token ``at``, and a noun mean: the latest of those spoken of that is called so."""
    tokens = cast.reading.tokens
    for noun in range(at + 1, min(at + 2 + REACH, len(tokens))):
        named = cast.beginning(noun)
        if named is not None or not (tokens[noun].text[0].isalnum() or tokens[noun].text == "-"):
            return None
        if tokens[noun].lower not in _BODIES:
            continue
        if noun + 1 < len(tokens) and (tokens[noun + 1].lower == "of" or cast.reading.parsed[noun + 1].pos_ == "NOUN"):
            return None
        for number in reversed(spoken_of):
            if _is_called(cast.referents[number], tokens[noun].lower):
                return Reference(at, noun + 1, (number,), MentionForm.NOMINAL, at)
        return None
    return None


def _is_called(referent: Referent, noun: str) -> bool:
    if referent.type is not EntityType.ORGANIZATION:
        return False
    if referent.known and noun in _ANY:
        return referent.known.kind == "body"
    return noun in referent.name.lower().split() or noun in _names().get(referent.name, ())


@cache
def _names() -> dict[str, frozenset[str]]:
    """The words of all names of a known body, by the name that it gets."""
    return {
        row["name"]: frozenset(f"{row['name']} {row['aliases'].replace('|', ' ')}".lower().split())
        for row in language_rows("organizations.tsv")
    }


def format_at(cast: Cast, at: int) -> Reference | None:
    """The states and bodies of a format of talks that is named from token ``at`` on."""
    tokens = cast.reading.tokens
    for words, members in _formats().get(tokens[at].lower, ()):
        if tuple(token.lower for token in tokens[at : at + len(words)]) == words:
            meant = [cast.country(m) if len(m) == 2 and m.isupper() else cast.body(m) for m in members]
            return Reference(at, at + len(words), tuple(r.number for r in meant), MentionForm.NOMINAL, at)
    return None


@cache
def _formats() -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """The rows of formats.tsv by their first word: their words, and their members."""
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for row in rows("formats.tsv"):
        words = tuple(row["words"].split())
        found.setdefault(words[0], []).append((words, tuple(row["members"].split("|"))))
    return found
