"""How sure a commitment is: a logistic model over what found it."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against a commitment."""

    sides_in_clause: bool
    """At least two sides stand in the act's own clause, so that none had to be looked for further off."""
    weak_side: bool
    """A side is named only by an adjective ("Chinese exports")."""
    from_headline: bool
    """A side is known from the headline or an earlier sentence alone."""
    stance: bool
    """A word of wanting, urging or agreeing governs the act."""
    noun: bool
    """The act is a noun ("talks with")."""


def confidence(signs: Signs) -> float:
    """The share of commitments with these signs that are right, between 0 and 1."""
    score = 1.4
    score += 0.6 if signs.sides_in_clause else -0.7
    score -= 0.4 if signs.weak_side else 0.0
    score -= 1.0 if signs.from_headline else 0.0
    score += 0.2 if signs.stance else 0.0
    score -= 0.3 if signs.noun else 0.0
    return 1 / (1 + math.exp(-score))
