"""The bench of clauses: sentences of clause_bench.yaml read by a pipeline, and which of them yield what they must."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from spacy.tokens import Span

from app.language.clauses import Argument, Clause, Clauses, Role, clauses

BENCH = Path(__file__).with_suffix(".yaml")

_ROLES = {
    "subject": Role.SUBJECT,
    "object": Role.OBJECT,
    "indirect object": Role.INDIRECT_OBJECT,
    "agent": Role.AGENT,
    "possessor": Role.POSSESSOR,
}
_EXACT = {
    "subject": [],
    "object": [],
    "indirect object": [],
    "agent": [],
    "modality": [],
    "negated": "false",
    "conditional": "false",
    "voice": "active",
}
"""What is expected where the file names nothing."""

Expected = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, what it shows, and the clauses it must yield; ``misread`` where the shipped model misreads it."""

    shows: str
    text: str
    clauses: tuple[Expected, ...]
    misread: bool


@dataclass(frozen=True, slots=True)
class Score:
    """How many cases pass of how many, and for each that fails what is amiss."""

    passed: int
    total: int
    failures: dict[str, list[str]]


@cache
def cases() -> tuple[Case, ...]:
    """The cases of the file, in its order."""
    groups = yaml.load(BENCH.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # all scalars stay words
    return tuple(
        Case(shows, case["text"], tuple(case["clauses"]), case.get("misread") == "yes")
        for shows, group in groups.items()
        for case in group
    )


def score(sentences: Callable[[str], list[Span]]) -> Score:
    """The bench's result with a function that parses a text into sentences."""
    failures = {case.text: found for case in cases() if (found := faults(case, sentences(case.text)))}
    return Score(len(cases()) - len(failures), len(cases()), failures)


def faults(case: Case, sentences: list[Span]) -> list[str]:
    """What is amiss with the clauses of a case; nothing if it passes."""
    found = [(clause, each) for each in map(clauses, sentences) for clause in each]
    return [fault for expected in case.clauses for fault in _faults(expected, found)]


def _faults(expected: Expected, found: list[tuple[Clause, Clauses]]) -> list[str]:
    """The faults of the clause that comes nearest to what is expected."""
    lemma, kind = expected["predicate"], expected.get("kind")
    fit = [(clause, all_) for clause, all_ in found if clause.lemma == lemma and kind in (None, clause.kind)]
    if not fit:
        return [f"{lemma}: no such clause"]
    return min(([*_differences(expected, *each)] for each in fit), key=len)


def _differences(expected: Expected, clause: Clause, found: Clauses) -> Iterator[str]:
    exact = {key: wanted for key, wanted in _EXACT.items() if "whom" not in expected or "object" not in key}
    for key, wanted in {**exact, **expected}.items():
        if key in ("predicate", "kind"):
            continue
        got = _value(key, clause, found)
        if not _agrees(key, wanted, got):
            shown = [each.head.text if isinstance(each, Argument) else each for each in _listed(got)]
            yield f"{clause.lemma}: {key} is {shown}, not {wanted}"


def _value(key: str, clause: Clause, found: Clauses) -> Any:
    parent = found.parent(clause)
    plain = {
        "voice": clause.voice,
        "tense": clause.tense,
        "relation": clause.relation,
        "marker": clause.marker,
        "particle": clause.particle,
        "negated": str(clause.negated).lower(),
        "conditional": str(clause.conditional).lower(),
        "perfect": str(clause.perfect).lower(),
        "modality": [modal.modality for modal in clause.modality],
        "modifiers": [token.text for token in clause.modifiers],
        "parent": "" if parent is None else parent.lemma,
        "extent": found.extent(clause.predicate).text,
        "attribute": clause.attribute or "",
        "whom": [*clause.objects, *clause.indirect_objects],
    }
    if key in plain:
        return plain[key]
    return clause.with_role(_ROLES[key]) if key in _ROLES else clause.by(key)


def _agrees(key: str, wanted: Any, got: Any) -> bool:
    wanted = _listed(wanted)
    if key == "modifiers":
        return set(wanted) <= set(got)
    got = _listed(got)
    return len(wanted) == len(got) and all(map(_names, wanted, got))


def _names(wanted: str, got: Any) -> bool:
    """Whether a word names an argument: its head, or another word of the name that is its head."""
    if not isinstance(got, Argument):
        return bool(wanted == got)
    if got.head.pos_ != "PROPN":
        return got.head.text == wanted
    return any(token.text == wanted and token.pos_ == "PROPN" for token in got.core)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
