"""The labels that the heads tell apart, and how corpora write them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NAME_TYPES = ("PERSON", "ORG", "GPE", "LOC", "NORP", "EVENT")
NAMES = ("O", *(f"{edge}-{kind}" for kind in NAME_TYPES for edge in "BI"))
TRIGGERS = ("O", "B", "I")
STAGES = ("proposed", "intended", "agreed", "enacted")
FORMS = ("consultation", "diplomatic", "military", "economic", "aid", "other")
ATTRIBUTIONS = ("O", *(f"{edge}-{kind}" for kind in ("source", "cue", "content") for edge in "BI"))
ROLES = ("none", "initiator", "party")

IGNORE = -100
"""The label of a word whose loss does not count: PyTorch's own convention."""


def lemma_rule(form: str, lemma: str) -> str:
    """How to make a lemma of a form: keep (K) or lower (L) its case, strip letters off its end, add others."""
    for case, base in (("K", form), ("L", form.lower())):
        if case == "K" and base.lower() == base:
            continue
        rule = _suffix_rule(base, lemma)
        if rule is not None:
            return f"{case}{rule}"
    base = form.lower()
    return f"L{len(base)}>{lemma}"


def _suffix_rule(base: str, lemma: str) -> str | None:
    same = 0
    while same < min(len(base), len(lemma)) and base[same] == lemma[same]:
        same += 1
    return None if same == 0 else f"{len(base) - same}>{lemma[same:]}"


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every closed set of labels, in the order of the heads' outputs."""

    xpos: tuple[str, ...]
    morph: tuple[str, ...]
    lemma: tuple[str, ...]
    deprel: tuple[str, ...]
    names: tuple[str, ...] = NAMES
    triggers: tuple[str, ...] = TRIGGERS
    stages: tuple[str, ...] = STAGES
    forms: tuple[str, ...] = FORMS
    attributions: tuple[str, ...] = ATTRIBUTIONS
    roles: tuple[str, ...] = ROLES

    def write(self, path: Path) -> None:
        """As JSON, for the reader."""
        path.write_text(json.dumps({k: list(getattr(self, k)) for k in self.__slots__}, ensure_ascii=False, indent=0))

    @staticmethod
    def of(sentences: Iterable[list[list[str]]]) -> Inventory:
        """The sets found in CoNLL-U sentences; a lemma rule or bundle of features must be seen twice."""
        xpos, morph, lemma, deprel = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        for sentence in sentences:
            for row in sentence:
                xpos[row[4]] += 1
                morph[f"{row[3]}|{row[5]}"] += 1
                lemma[lemma_rule(row[1], row[2])] += 1
                deprel[row[7]] += 1
        return Inventory(
            tuple(sorted(xpos)),
            tuple(sorted(k for k, n in morph.items() if n > 1)),
            tuple(sorted(k for k, n in lemma.items() if n > 1)),
            tuple(sorted(deprel)),
        )
