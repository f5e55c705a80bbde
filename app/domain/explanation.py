"""Why a fact was found: what `entente extract --explain` shows. Never stored; made only when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.evidence import Span
from app.domain.facts import Facts


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a readable table that had a part in it: the table's file, and the row's cells by their headers."""

    table: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What made the fact with the id ``fact``: the rule in words, the clause it was applied to, the rows it used."""

    fact: str
    rule: str
    clause: Span | None
    rows: tuple[TableRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """The facts of an article, and an explanation for each entity, statement and commitment among them."""

    facts: Facts
    explanations: tuple[Explanation, ...]
