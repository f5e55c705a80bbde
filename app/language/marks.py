"""What the reader marks in a text: words that read like commitments, and who says what in which words.

Marks are opinions, each with its probability; the extraction decides what becomes a fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from spacy.tokens import Doc

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Trigger:
    """Tokens ``[first, last)`` that carry an act of cooperation.

    ``probability``: of being one; ``stages`` and ``forms``: the probability of each, by its name; ``negated``: that the
    act is refused, cancelled, suspended or denied.
    """

    first: int
    last: int
    probability: float
    stages: Mapping[str, float]
    forms: Mapping[str, float]
    negated: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """Tokens ``[first, last)`` that name a ``source``, are a reporting ``cue``, or are ``content`` that is reported."""

    first: int
    last: int
    kind: str
    probability: float


@dataclass(frozen=True, slots=True)
class Part:
    """What a mention is to a trigger, as probabilities.

    Having no part, beginning the act and being another party to it sum to one; naming who is reported to say it stands
    apart from these.
    """

    none: float
    initiator: float
    party: float
    speaker: float


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The marks of a text, in its order.

    ``acting`` [tokens]: the probability of each token's belonging to a trigger, marked or not; ``attributed``
    [tokens, 4]: of its being nothing, part of a source, a cue, a content.
    """

    triggers: tuple[Trigger, ...]
    attributions: tuple[Attribution, ...]
    acting: Floats
    attributed: Floats
    judge: Judge

    def part(self, trigger: tuple[int, int], mention: tuple[int, int]) -> Part:
        """What the mention at tokens ``[first, last)`` is to the act at tokens ``[first, last)``, near each other."""
        return self.judge.part(trigger, mention)

    def judged(self, first: int, last: int) -> Trigger:
        """The tokens as the trigger that they would be, whether or not they are marked."""
        return self.judge.judged(first, last)


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """What the heads say word by word, kept so that any words can be asked about.

    ``acting`` [n]; ``stage`` [n, 4], ``form`` [n, 6], ``negated`` [n, 2]: log probabilities; ``trigger``, ``word``
    [n, 64]: the two sides of the pairs that ``weights`` [65, 4, 65] judges.
    """

    acting: Floats
    stage: Floats
    form: Floats
    negated: Floats
    trigger: Floats
    word: Floats
    weights: Floats
    stages: Sequence[str]
    forms: Sequence[str]

    def judged(self, first: int, last: int) -> Trigger:
        """The tokens as the trigger that they would be."""

        def shares(scores: Floats, names: Sequence[str]) -> dict[str, float]:
            mean = np.exp(scores[first:last].mean(0))
            return {name: float(share) for name, share in zip(names, mean / mean.sum(), strict=True)}

        return Trigger(
            first,
            last,
            float(self.acting[first:last].max()),
            shares(self.stage, self.stages),
            shares(self.form, self.forms),
            shares(self.negated, ("no", "yes"))["yes"],
        )

    def part(self, trigger: tuple[int, int], mention: tuple[int, int]) -> Part:
        """What a mention is to a trigger."""
        left = np.append(self.trigger[slice(*trigger)].mean(0), np.float32(1))
        right = self.word[slice(*mention)]
        right = np.concatenate([right, np.ones((len(right), 1), dtype=np.float32)], 1)
        scores = np.einsum("a,alb,wb->wl", left, self.weights, right)
        roles = np.exp(scores[:, :3] - scores[:, :3].max(1, keepdims=True))
        roles = (roles / roles.sum(1, keepdims=True)).mean(0)
        speaker = (1 / (1 + np.exp(-scores[:, 3]))).mean()
        return Part(float(roles[0]), float(roles[1]), float(roles[2]), float(speaker))


def marks_of(doc: Doc) -> Marks:
    """The marks that the reader left on a document; raises `KeyError` where it has not read it."""
    marks: Marks = doc.user_data["marks"]
    return marks
