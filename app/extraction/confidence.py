"""How sure a commitment is: a logistic model over what found it."""

from __future__ import annotations

import math
from dataclasses import dataclass

BIAS = 1.40
WEIGHTS = {"sides_in_clause": 0.73, "weak_side": -0.69, "recalled": 0.10, "stance": 0.56, "noun": 0.37}
"""What each sign adds to the log odds of being right."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against a commitment."""

    sides_in_clause: bool
    """At least two sides stand in the act's own clause, so that none had to be looked for further off."""
    weak_side: bool
    """A side is named only by an adjective ("Chinese exports")."""
    recalled: bool
    """A side is known from the headline or an earlier sentence alone."""
    stance: bool
    """A word of wanting, urging or agreeing governs the act."""
    noun: bool
    """The act is a noun ("talks with")."""


def confidence(signs: Signs) -> float:
    """The share of commitments with these signs that are right, between 0 and 1.

    The weights were fitted by logistic regression on the 924 commitments found in sentences with certain labels of 620
    windows of radio news, of which 89 % were right; on 84 of other outlets the Brier score is 0.058.
    """
    score = BIAS + sum(weight for sign, weight in WEIGHTS.items() if getattr(signs, sign))
    return 1 / (1 + math.exp(-score))
