"""The tables that clauses are read with: modality, light verbs, and words that join."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from app.language.clauses.records import Modality
from app.language.tables import rows


@dataclass(frozen=True, slots=True)
class Governor:
    """A row of modality.tsv. ``control`` is "subject", "object", or prepositions parted by |."""

    word: str
    links: frozenset[str]
    modality: Modality
    control: str


@cache
def governors() -> dict[tuple[str, str], Governor]:
    """Words of modality by part ("auxiliary", "verb", "passive", "adjective", "noun") and word."""
    return {
        (row["part"], row["word"]): Governor(
            row["word"], frozenset(row["links"].split("|")), Modality(row["class"]), row["control"]
        )
        for row in rows("modality.tsv")
    }


@cache
def light_verbs() -> dict[tuple[str, str], frozenset[str]]:
    """Nouns with which a verb is light, by the verb and where its noun stands; "*" is any."""
    return {(row["verb"], row["noun"]): frozenset(row["nouns"].split("|")) for row in rows("light_verbs.tsv")}


@cache
def joining(kind: str) -> frozenset[str]:
    """The words of a kind of joining_words.tsv: "condition", "lacking", "denial", "linking" or "preposition"."""
    return frozenset(row["word"] for row in rows("joining_words.tsv") if row["kind"] == kind)


@cache
def calendar() -> frozenset[str]:
    """Days, months and feasts."""
    return frozenset("|".join(row["words"] for row in rows("small_words.tsv") if row["kind"] == "calendar").split("|"))


@cache
def speech_verbs() -> dict[str, bool]:
    """Verbs that report the clause beside which they are set, and whether their object is the hearer."""
    return {row["verb"]: row["whom"] == "yes" for row in rows("speech_verbs.tsv")}
