"""How sure a commitment is: a logistic model over what found it, its weights in ``confidence.tsv``."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import cache

from app.extraction.tables import rows

LEAST = 0.35
"""What is less likely than this to be a commitment is none."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against a commitment, each between 0 and 1. The table says what each means."""

    acting: float
    marked: float
    named: float
    near: float
    recalled: float
    parts: float
    stated: float
    noun: float


@cache
def weights() -> dict[str, float]:
    """What each sign adds to the log odds of being right, and the ``bias`` that they are added to."""
    return {row["sign"]: float(row["weight"]) for row in rows("confidence.tsv")}


def confidence(signs: Signs) -> float:
    """The share of commitments with these signs that are right, between 0 and 1."""
    score = weights()["bias"] + sum(weights()[sign] * value for sign, value in asdict(signs).items())
    return 1 / (1 + math.exp(-score))
