"""The tables of this room: tab-separated files with a header line; lines that begin with # explain."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

Row = dict[str, str]


@cache
def rows(name: str, package: str = "app.language.tables") -> tuple[Row, ...]:
    """The rows of a table, each a mapping from the header's words to its cells (empty where the line is short)."""
    with files(package).joinpath(name).open(encoding="utf-8") as lines:
        kept = [line for line in lines if line.strip() and not line.startswith("#")]
    reader = csv.DictReader(kept, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")
    return tuple({key: (value or "").strip() for key, value in row.items()} for row in reader)


def column(name: str, header: str) -> list[str]:
    """One column of a table of this room."""
    return [row[header] for row in rows(name)]


def word_set(name: str, package: str = "app.language.tables") -> frozenset[str]:
    """A set of words of grammar.tsv; raises `KeyError` where it has none of that name."""
    found = {row["set"]: row["words"] for row in rows("grammar.tsv", package)}
    return frozenset(found[name].split("|"))
