"""The lexicon's tables, read as those of the language room are."""

from __future__ import annotations

from functools import cache

from app.language.tables import Row
from app.language.tables import rows as rows_of
from app.language.tables import word_set as word_set_of

PACKAGE = "app.extraction.lexicon"


def rows(name: str) -> tuple[Row, ...]:
    """The rows of a table of the lexicon."""
    return rows_of(name, PACKAGE)


@cache
def groups() -> dict[str, frozenset[str]]:
    """Groups of words that triggers name with ``$``."""
    return {row["group"]: frozenset(row["words"].split("|")) for row in rows("words.tsv")}


@cache
def hostile_words() -> frozenset[str]:
    """Words of quarrels and war."""
    return frozenset(row["word"] for row in rows("hostile.tsv"))


def word_set(name: str) -> frozenset[str]:
    """A set of words of the lexicon's grammar.tsv."""
    return word_set_of(name, PACKAGE)
