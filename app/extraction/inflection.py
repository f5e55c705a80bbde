"""Forms of English verbs and nouns: by the rules of spelling, and a table for those that do not follow them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from app.extraction.tables import rows

_DOUBLES = re.compile(r"[^aeiou]+[aeiou][bdgklmnprt]")
"""Verbs of one short syllable, which double their last letter ("shunned")."""


@dataclass(frozen=True, slots=True)
class VerbForms:
    """The forms of a verb. British and American spellings are both among `all`."""

    base: str
    third: str
    ing: str
    past: str
    participle: str

    @property
    def all(self) -> frozenset[str]:
        """Every form, with a doubled final l too ("travelled")."""
        forms = {self.base, self.third, self.ing, self.past, self.participle}
        if self.base == "be":
            forms |= {"am", "are", "were"}
        if self.base.endswith("el"):
            forms |= {self.base + "led", self.base + "ling"}
        return frozenset(forms)


@cache
def verb(base: str) -> VerbForms:
    """The forms of a verb given by its base form."""
    for row in rows("verbs.tsv"):
        if row["base"] == base:
            return VerbForms(base, row["third"], row["ing"], row["past"], row["participle"])
    if base.endswith("e"):
        return VerbForms(base, base + "s", base[:-1] + "ing", base + "d", base + "d")
    if base.endswith("y") and base[-2] not in "aeiou":
        return VerbForms(base, base[:-1] + "ies", base + "ing", base[:-1] + "ied", base[:-1] + "ied")
    if _DOUBLES.fullmatch(base):
        return VerbForms(base, base + "s", base + base[-1] + "ing", base + base[-1] + "ed", base + base[-1] + "ed")
    third = base + ("es" if base.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")
    return VerbForms(base, third, base + "ing", base + "ed", base + "ed")


def plural(noun: str) -> str:
    """The plural of a noun that follows the rules of spelling."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x", "z")) else "s")
