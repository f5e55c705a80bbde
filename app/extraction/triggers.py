"""The table of triggers, laid over clauses: which row a predicate is found by, and the words that it governs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from app.extraction.inflection import plural, verb
from app.extraction.tables import groups, rows
from app.language.clauses import Argument, Clause, Kind, Role
from app.language.tables import Row

ANY = frozenset({"*"})


class TriggerError(ValueError):
    """A row of triggers.tsv that cannot be read."""


@dataclass(frozen=True, slots=True)
class Governed:
    """What a row asks for: one of these words as the head of an object, or behind one of these prepositions."""

    prepositions: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row under one of its words. ``beside``: the particle or adverb that stands with the verb."""

    row: Row
    beside: str
    governed: Governed | None
    unless: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """A clause found by a row, and the arguments that the row governs."""

    row: Row
    governed: tuple[Argument, ...]


def governed_by(cell: str) -> Governed | None:
    """The cell ``governs``: words and groups, with prepositions before them; None where it is empty.

    Raises `TriggerError` where it names an unknown group.
    """
    if not cell:
        return None
    prepositions, _, nouns = cell.rpartition(" ")
    words: set[str] = set()
    for word in nouns.split("|"):
        if word.startswith("$"):
            if word[1:] not in groups():
                raise TriggerError(f"no group is called {word}; add it to words.tsv")
            words |= groups()[word[1:]]
        else:
            words |= {word, plural(word)}
    return Governed(frozenset(prepositions.split("|")) - {""}, frozenset(words))


@cache
def entries() -> dict[tuple[str, str], tuple[Entry, ...]]:
    """The rows by part and each form of their words."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for row in rows("triggers.tsv"):
        governed = governed_by(row["governs"])
        unless = frozenset(row["unless"].split("|")) - {""}
        for words in row["word"].split("|"):
            word, _, beside = words.partition(" ")
            forms = verb(word).all if row["part"] == "verb" else {word, plural(word)}
            for form in forms:
                found.setdefault((row["part"], form), []).append(Entry(row, beside, governed, unless))
    return {key: tuple(each) for key, each in found.items()}


def match(clause: Clause) -> Match | None:
    """The first row that finds the clause: those that ask for something it governs come before those that do not."""
    matches = list(_matches(clause))
    return max(matches, key=lambda m: (bool(m.row["governs"]), bool(m.governed)), default=None)


def _matches(clause: Clause) -> Iterator[Match]:
    part = "noun" if clause.predicate.tag_.startswith("NN") or clause.kind is Kind.NOMINAL else "verb"
    word = clause.predicate.lower_
    for entry in entries().get((part, word)) or entries().get(("noun", word), ()):
        if entry.beside and entry.beside not in _beside(clause):
            continue
        governed = _governed(clause, entry.governed)
        if entry.governed is not None and not governed:
            continue
        if entry.unless and _excluded(clause, entry.unless):
            continue
        yield Match(entry.row, governed)


def _beside(clause: Clause) -> set[str]:
    at = clause.predicate.i
    near = clause.predicate.doc[at + 1 : at + 4]
    return {clause.particle, *(m.lower_ for m in clause.modifiers), *(t.lower_ for t in near)}


def _governed(clause: Clause, wanted: Governed | None) -> tuple[Argument, ...]:
    if wanted is None:
        return ()
    if wanted.prepositions:
        sides = clause.by(*wanted.prepositions)
    else:
        sides = (*clause.logical_objects, *(a for a in clause.obliques if not a.preposition and _plain(a)))
    return tuple(a for a in sides if wanted.words == ANY | {plural("*")} or _names(a, wanted.words))


def _plain(argument: Argument) -> bool:
    return argument.role is Role.OBLIQUE


def _names(argument: Argument, words: frozenset[str]) -> bool:
    """Whether an argument's head is one of the words, or stands for some of them ("tons of food", "food aid")."""
    if argument.head.lower_ in words:
        return True
    return any(
        t.lower_ in words for t in argument.core if t.head.i == argument.head.i or t.head.head.i == argument.head.i
    )


def _excluded(clause: Clause, unless: frozenset[str]) -> bool:
    last = clause.predicate.i + 1
    behind = clause.predicate.doc[last : last + 2]
    heads = {a.head.lower_ for a in clause.arguments if a.role is not Role.SUBJECT}
    heads |= {a.head.lower_ for a in clause.logical_objects}
    return bool(unless & heads) or any(t.lower_ in unless for t in behind)
