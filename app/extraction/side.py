"""A side of an act of cooperation, and what may be one."""

from __future__ import annotations

from dataclasses import dataclass

from app.extraction.acts import FoundAct
from app.extraction.entities import Reference, Referent
from app.extraction.scene import Fit

TOPIC = 0.5
"""A reference that only names the topic is a side where the reader gives it this much."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reference that may be a side. ``hand``: left (from whom the act goes out), right, or inner (mutual).

    ``part``: the reader's probability that it is one.
    """

    reference: Reference
    fit: Fit
    hand: str
    part: float
    topic: float = TOPIC
    """The least probability at which a weak candidate is a side."""


@dataclass(frozen=True, slots=True)
class Side:
    """A side of an act: its referent, and where the sentence names it."""

    referent: Referent
    candidate: Candidate | None
    hand: str


@dataclass(frozen=True, slots=True)
class Sides:
    """The sides of an act, and how they were found. ``act``: the one that "the talks" refers back to.

    ``among``: the only one is a body whose members act with one another: "NATO ministers met".
    """

    sides: tuple[Side, ...]
    near: bool = True
    recalled: bool = False
    act: FoundAct | None = None
    among: bool = False

    @property
    def names(self) -> set[str]:
        """What the sides count as: codes of states, names of bodies."""
        return {side.referent.side or "" for side in self.sides}

    @property
    def enough(self) -> bool:
        """Whether there are two of different states or bodies, or the members of one body."""
        return len(self.names) >= 2 or self.among
