"""What a reader that is done teaches another: how sure it is of everything, on news that nobody has labelled."""

from __future__ import annotations

import torch
from torch import Tensor

from training.batches import Batch
from training.network import Reader

TAUGHT = "taught "
"""What the names of these losses begin with; each weighs what that of labels does."""


def taught(student: Reader, teacher: Reader, batch: Batch, syntax: Tensor, marks: Tensor) -> dict[str, Tensor]:
    """Losses [] of the student's heads against the teacher's, at every word there is, by head.

    ``syntax`` and ``marks`` [B, W, width]: the student's vectors of words. Stage, form and denial count where the
    teacher sees an act; relations are those to the heads that the teacher thinks likeliest.
    """
    there = batch.sentence >= 0
    with torch.no_grad():
        known, _, acting = teacher.words(batch.ids, batch.shapes, batch.mask, batch.first, batch.last)
        arcs = teacher.arcs(known, batch.sentence)
        governors = arcs.argmax(-1)
        acts = (1 - torch.softmax(teacher.marks["trigger"](acting).float(), -1)[..., 0]) * there
    parts = {"arc": _differ(student.arcs(syntax, batch.sentence), arcs, there)}
    parts["label"] = _differ(_relations(student, syntax, governors), _relations(teacher, known, governors), there)
    for name in ("xpos", "morph", "lemma"):
        parts[name] = _differ(student.tags[name](syntax), teacher.tags[name](known), there)
    for name in ("trigger", "attribution", "stage", "form", "negated"):
        where = there if name in ("trigger", "attribution") else acts
        parts[name] = _differ(student.marks[name](marks), teacher.marks[name](acting), where)
    return {TAUGHT + name: part for name, part in parts.items()}


def _relations(reader: Reader, words: Tensor, governors: Tensor) -> Tensor:
    dep, head = reader.label_dep(words), reader.governing(words, governors)
    return reader.labels(dep.flatten(0, 1), head.flatten(0, 1)).view(*governors.shape, -1)


def _differ(scores: Tensor, right: Tensor, counted: Tensor) -> Tensor:
    """Cross entropy of two sets of scores [B, W, n], the mean over the words that count [B, W]."""
    shares = torch.softmax(right.detach().float(), -1)
    losses = -(shares * torch.log_softmax(scores.float(), -1)).sum(-1)
    return (losses * counted).sum() / counted.sum().clamp(min=1)
