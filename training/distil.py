"""What a reader that is done teaches another: how sure it is of everything, on news that nobody has labelled."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from training.batches import Batch
from training.labels import IGNORE
from training.network import Reader

TAUGHT = "taught "
"""What the names of these losses begin with; each weighs what that of labels does."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """A reader that is done, and which bundles of features [tags, bundles] the treebanks have with which tag."""

    reader: Reader
    together: Tensor


def taught(student: Reader, teacher: Teacher, batch: Batch, words: list[Tensor], *, marks: bool) -> dict[str, Tensor]:
    """Losses [] of the student's heads against the teacher's, by head; ``marks``: whether those of acts are taught.

    ``words``: the student's vectors [B, W, width] for syntax, names and marks. Where a word has a tag and the teacher
    another, it has not understood the word: of its features only those count that go with the tag, and nothing else.
    Relations are those to the heads that the teacher thinks likeliest; stage, form and denial count where it sees acts.
    """
    syntax, _, acting = words
    tags = batch.labels["xpos"]
    there = batch.sentence >= 0
    with torch.no_grad():
        known, _, knows = teacher.reader.words(batch.ids, batch.shapes, batch.mask, batch.first, batch.last)
        sure = there & ((tags == IGNORE) | (teacher.reader.tags["xpos"](known).argmax(-1) == tags))
        arcs = teacher.reader.arcs(known, batch.sentence)
        governors = arcs.argmax(-1)
        fits = teacher.together[tags.clamp(min=0)] | (tags == IGNORE).unsqueeze(-1)
        features = teacher.reader.tags["morph"](known).float().masked_fill(~fits, -1e4)
        acts = (1 - torch.softmax(teacher.reader.marks["trigger"](knows).float(), -1)[..., 0]) * there
        relations = _relations(teacher.reader, known, governors)
    parts = {
        "arc": _differ(student.arcs(syntax, batch.sentence), arcs, sure),
        "label": _differ(_relations(student, syntax, governors), relations, sure),
        "lemma": _differ(student.tags["lemma"](syntax), teacher.reader.tags["lemma"](known), sure),
        "morph": _differ(student.tags["morph"](syntax), features, there),
    }
    for name in ("trigger", "attribution", "stage", "form", "negated") if marks else ():
        where = there if name in ("trigger", "attribution") else acts
        parts[name] = _differ(student.marks[name](acting), teacher.reader.marks[name](knows), where)
    return {TAUGHT + name: part for name, part in parts.items()}


def _relations(reader: Reader, words: Tensor, governors: Tensor) -> Tensor:
    dep, head = reader.label_dep(words), reader.governing(words, governors)
    return reader.labels(dep.flatten(0, 1), head.flatten(0, 1)).view(*governors.shape, -1)


def _differ(scores: Tensor, right: Tensor, counted: Tensor) -> Tensor:
    """Cross entropy of two sets of scores [B, W, n], the mean over the words that count [B, W]."""
    shares = torch.softmax(right.detach().float(), -1)
    losses = -(shares * torch.log_softmax(scores.float(), -1)).sum(-1)
    return (losses * counted).sum() / counted.sum().clamp(min=1)
