"""The words that report: the rows of reporting.tsv by the forms in which they stand in a text."""

from __future__ import annotations

from functools import cache

from app.extraction.inflection import verb
from app.extraction.tables import rows, word_set
from app.language.clauses import Clause, Kind, Voice
from app.language.tables import Row

Forms = dict[str, tuple[Row, ...]]


@cache
def _by_form(part: str) -> Forms:
    """The rows of a part of speech, by all forms of their word, in the order of the table."""
    found: dict[str, list[Row]] = {}
    for row in rows("reporting.tsv"):
        if row["part"] == part:
            for form in _forms(part, row["word"].split()[0]):
                found.setdefault(form, []).append(row)
    return {form: tuple(of_form) for form, of_form in found.items()}


def _forms(part: str, word: str) -> frozenset[str]:
    if part in ("verb", "passive"):
        return verb(word).all
    if part == "noun":
        return frozenset({word, word[:-1] + "ies" if word.endswith("y") else word + "s"})
    return frozenset({word})


@cache
def light_verbs() -> frozenset[str]:
    """All forms of the verbs that say little beside a noun that reports."""
    return frozenset(form for word in word_set("reporting.light") for form in verb(word).all)


@cache
def documents() -> frozenset[str]:
    """Nouns for what somebody issues, in both numbers."""
    return frozenset(form for word in word_set("reporting.documents") for form in _forms("noun", word))


def rows_of(clause: Clause) -> tuple[Row, ...]:
    """The rows that the predicate of a clause fits, in the order in which they are to be tried."""
    word = clause.predicate.lower_
    if clause.kind is Kind.NOMINAL:
        return _by_form("noun").get(word, ())
    if clause.kind is Kind.COPULAR:
        return _by_form("adjective").get(word, ()) or (_by_form("verb").get(word, ()) if word.endswith("ing") else ())
    found = tuple(
        row for row in _by_form("verb").get(word, ()) if row["word"].partition(" ")[2] in ("", clause.particle)
    )
    if clause.voice is Voice.PASSIVE:
        return _by_form("passive").get(word, ()) + _by_form("adjective").get(word, ()) + found
    return found
