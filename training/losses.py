"""What the heads are trained on: one number a batch."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from training.batches import Batch
from training.distil import TAUGHT, Teacher, taught
from training.labels import IGNORE
from training.network import Reader

WEIGHTS = {
    "arc": 1.0, "label": 1.0, "xpos": 0.5, "morph": 0.4, "lemma": 0.3, "start": 0.5, "names": 1.5,
    "trigger": 1.5, "stage": 0.5, "form": 0.5, "negated": 0.3, "role": 0.7, "speaker": 0.4, "attribution": 1.0,
}  # fmt: skip

DOUBT = 5.0
"""Loss of a silver name label beyond which it is rather the label that is wrong (less than one in 150 by the reader's
own reckoning); such words are passed over once the reader has read a while."""


def loss_of(
    reader: Reader, batch: Batch, trusting: bool, teacher: Teacher | None = None
) -> tuple[Tensor, dict[str, float]]:
    """The weighted sum, and its parts; ``trusting``: whether every silver label counts.

    A ``teacher`` is listened to where nobody has parsed the words.
    """
    words = reader.words(batch.ids, batch.shapes, batch.mask, batch.first, batch.last)
    syntax, names, marks = words
    is_marked = bool((batch.labels["trigger"] != IGNORE).any())
    parts: dict[str, Tensor] = {}
    parts["start"] = _cross(reader.tags["start"](syntax), batch.labels["start"])
    parts["names"] = _names(reader.names(names), batch, trusting)
    if (batch.labels["head"] != IGNORE).any():
        parts.update(_syntax(reader, batch, syntax))
    elif teacher is not None:
        parts["xpos"] = _cross(reader.tags["xpos"](syntax), batch.labels["xpos"])
        parts.update(taught(reader, teacher, batch, words, marks=not is_marked))
    if is_marked:
        parts.update(_marks(reader, batch, marks))
    total = sum((WEIGHTS[name.removeprefix(TAUGHT)] * part for name, part in parts.items()), torch.zeros(()))
    return total, {name: part.item() for name, part in parts.items()}


def _cross(scores: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
    if not (labels != IGNORE).any():
        return torch.zeros(())
    return functional.cross_entropy(
        scores.float().flatten(0, -2), labels.flatten(), ignore_index=IGNORE, label_smoothing=smoothing
    )


def _names(scores: Tensor, batch: Batch, trusting: bool) -> Tensor:
    labels = batch.labels["names"]
    if not (labels != IGNORE).any():
        return torch.zeros(())
    flat = scores.float().flatten(0, 1)
    losses = functional.cross_entropy(flat, labels.flatten(), ignore_index=IGNORE, reduction="none")
    counted = labels.flatten() != IGNORE
    if not trusting:
        counted &= ~(batch.silver.expand_as(labels).flatten() & (losses.detach() > DOUBT))
    return losses[counted].sum() / counted.sum().clamp(min=1)


def _syntax(reader: Reader, batch: Batch, words: Tensor) -> dict[str, Tensor]:
    parts = {name: _cross(reader.tags[name](words), batch.labels[name]) for name in ("xpos", "morph", "lemma")}
    heads = batch.labels["head"]
    parts["arc"] = _cross(reader.arcs(words, batch.sentence), heads)
    # every word, labelled or not: shapes that stay the same are compiled once
    dep, governing = reader.label_dep(words), reader.governing(words, heads.clamp(min=0))
    parts["label"] = _cross(reader.labels(dep.flatten(0, 1), governing.flatten(0, 1)), batch.labels["deprel"].flatten())
    return parts


def _marks(reader: Reader, batch: Batch, words: Tensor) -> dict[str, Tensor]:
    parts = {
        "trigger": _cross(reader.marks["trigger"](words), batch.labels["trigger"]),
        "attribution": _cross(reader.marks["attribution"](words), batch.labels["attribution"]),
    }
    if any(window.triggers for window in batch.windows):
        # ever new shapes, for which bfloat16 kernels would be compiled
        with torch.autocast(words.device.type, enabled=False):
            parts.update(_acts(reader, batch, words.float()))
            parts.update(_pairs(reader, batch, words.float()))
    return parts


def _acts(reader: Reader, batch: Batch, words: Tensor) -> dict[str, Tensor]:
    """Stage, form and negation at every word of a trigger."""
    acts = [(row, word, t) for row, w in enumerate(batch.windows) for t in w.triggers for word in t.words]
    there = words[[row for row, _, _ in acts], [word for _, word, _ in acts]]
    return {
        name: _cross(reader.marks[name](there), _known([getattr(t, name) for _, _, t in acts], words))
        for name in ("stage", "form", "negated")
    }


def _pairs(reader: Reader, batch: Batch, words: Tensor) -> dict[str, Tensor]:
    """What the words of a trigger's sentence are to it, and whether they name who says it."""
    triggers, of, places, roles, speaking = [], [], [], [], []
    left, right = reader.pair_trigger(words), reader.pair_word(words)
    for row, window in enumerate(batch.windows):
        for trigger in window.triggers:
            triggers.append(left[row, trigger.words].mean(0))
            for word in trigger.roles.keys() | trigger.speaker.keys():
                of.append(len(triggers) - 1)
                places.append((row, word))
                roles.append(trigger.roles.get(word, IGNORE))
                speaking.append(trigger.speaker.get(word, IGNORE))
    rows, columns = zip(*places, strict=True)
    scores = reader.pairs(torch.stack(triggers)[of], right[list(rows), list(columns)])
    speaker = _known(speaking, words)
    known = speaker != IGNORE
    return {
        "role": _cross(scores[:, :-1], _known(roles, words)),
        "speaker": functional.binary_cross_entropy_with_logits(scores[known, -1], speaker[known].float()),
    }


def _known(labels: list[int], words: Tensor) -> Tensor:
    """Labels where the words are."""
    return torch.tensor(labels, device=words.device)
