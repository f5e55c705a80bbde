"""Stories to windows of running sentences, and those to batches of tensors."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace

import torch
from torch import Tensor

from app.language.wordpieces import SHAPES, WordPieces
from training.corpora import UNTAGGED, Sentence, Story
from training.labels import IGNORE, NAMES, Inventory, lemma_rule
from training.marks import MarkedStory, Trigger
from training.silver import UNCERTAIN

LONGEST = 220
"""Pieces in a window at most: what the reader gives the encoder at a time, and somewhat more."""
LENGTHS = (24, 40, 64, 96, 128, 160, 192, 224, 288, 402)
"""Lengths that windows are padded to. Few shapes, since every new one costs the time to compile kernels for it."""
FAR = -30_000.0
"""What is added to the attention on padding."""


@dataclass(slots=True)
class Window:
    """Words with their labels; `IGNORE` where a corpus says nothing.

    ``heads`` count from the window's first word; a root is its own head.
    """

    words: list[str]
    starts: list[int]
    sentence: list[int]
    pieces: int
    heads: list[int] | None = None
    rows: list[list[str]] | None = None
    names: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    trigger: list[int] | None = None
    attribution: list[int] | None = None
    triggers: list[Trigger] = field(default_factory=list)


def name_labels(sentence: Sentence) -> list[int]:
    """Tags as numbers."""
    if sentence.names is None:
        return [IGNORE] * len(sentence.words)
    return [IGNORE if tag == UNCERTAIN else NAMES.index(tag) if tag in NAMES else IGNORE for tag in sentence.names]


def window_of(sentences: list[Sentence], pieces: int) -> Window:
    """One window of whole sentences."""
    window = Window([], [], [], pieces)
    parsed = all(s.rows is not None for s in sentences)
    window.heads, window.rows = ([], []) if parsed else (None, None)
    for number, sentence in enumerate(sentences):
        base = len(window.words)
        window.words += sentence.words
        window.starts += [1, *[0] * (len(sentence.words) - 1)]
        window.sentence += [number] * len(sentence.words)
        window.names += name_labels(sentence)
        window.tags += sentence.tags or [UNTAGGED] * len(sentence.words)
        if window.heads is not None and window.rows is not None and sentence.rows is not None:
            window.rows += sentence.rows
            window.heads += [base + (int(r[6]) - 1 if r[6] != "0" else i) for i, r in enumerate(sentence.rows)]
    return window


def windows(stories: list[Story], cutter: WordPieces, draw: random.Random) -> Iterator[Window]:
    """Every sentence once, in windows of one to many running sentences, so that short and long contexts are seen."""
    for story in stories:
        held: list[Sentence] = []
        size, wanted = 2, _wanted(draw)
        for sentence in story.sentences:
            pieces = sum(len(cutter.of_word(word)) for word in sentence.words)
            if held and size + pieces > wanted:
                yield window_of(held, size)
                held, size, wanted = [], 2, _wanted(draw)
            if pieces + 2 <= LENGTHS[-1]:  # longer ones are lists and tables
                held.append(sentence)
                size += pieces
        if held:
            yield window_of(held, size)


def _wanted(draw: random.Random) -> int:
    return draw.choice((1, 60, 110, 160, LONGEST))


def marked(stories: list[MarkedStory], cutter: WordPieces) -> list[Window]:
    """The labelled windows, one each."""
    found = []
    for story in stories:
        size = 2 + sum(len(cutter.of_word(word)) for s in story.sentences for word in s.words)
        window = window_of(story.sentences, size)
        window.trigger, window.attribution, window.triggers = story.trigger, story.attribution, story.triggers
        found.append(window)
    return found


def grouped(all_windows: list[Window], most: int, draw: random.Random) -> list[list[Window]]:
    """Batches of windows of like length, at most ``most`` pieces in each with padding, in random order."""
    shelves: dict[int, list[Window]] = {length: [] for length in LENGTHS}
    shuffled = list(all_windows)
    draw.shuffle(shuffled)
    for window in shuffled:
        shelves[_length(window.pieces)].append(window)
    batches = [
        shelf[at : at + most // length]
        for length, shelf in shelves.items()
        for at in range(0, len(shelf), most // length)
    ]
    draw.shuffle(batches)
    return batches


def _length(pieces: int) -> int:
    return next(length for length in LENGTHS if length >= pieces)


@dataclass(slots=True)
class Batch:
    """Tensors of a batch: [B, P] by piece, [B, W] by word; ``silver`` [B, 1]: whether nobody has parsed the window."""

    ids: Tensor
    shapes: Tensor
    mask: Tensor
    first: Tensor
    last: Tensor
    sentence: Tensor
    silver: Tensor
    labels: dict[str, Tensor]
    windows: list[Window]

    def to(self, device: torch.device) -> Batch:
        """The same where the reader is."""
        moved = {
            each.name: value.to(device) if isinstance(value := getattr(self, each.name), Tensor) else value
            for each in fields(self)
        }
        return replace(self, **moved | {"labels": {name: known.to(device) for name, known in self.labels.items()}})


def tensors(
    batch: list[Window], cutter: WordPieces, inventory: Index, most: int, masked: float, draw: random.Random
) -> Batch:
    """A batch, filled up with empty rows to ``most`` pieces; some words are ``masked``, some windows change case."""
    pieces = [cutter.window(w.words) for w in batch]
    longest = _length(max(w.pieces for w in batch))
    size, words = most // longest, longest - 2
    ids = torch.zeros(size, longest, dtype=torch.long)
    shapes = torch.full_like(ids, SHAPES.index("bound"))
    mask = torch.full((size, 1, 1, longest), FAR)
    first, last = torch.zeros(size, words, dtype=torch.long), torch.zeros(size, words, dtype=torch.long)
    sentence = torch.full((size, words), -1, dtype=torch.long)
    silver = torch.zeros(size, 1, dtype=torch.bool)
    names = ("start", "head", "xpos", "morph", "lemma", "deprel", "names", "trigger", "attribution")
    labels = {name: torch.full((size, words), IGNORE, dtype=torch.long) for name in names}
    for row, (window, piece) in enumerate(zip(batch, pieces, strict=True)):
        count, length = len(window.words), len(piece.ids)
        ids[row, :length] = torch.from_numpy(piece.ids)
        shapes[row, :length] = torch.from_numpy(piece.shapes)
        mask[row, :, :, :length] = 0
        first[row, :count], last[row, :count] = torch.from_numpy(piece.first), torch.from_numpy(piece.last)
        sentence[row, :count] = torch.tensor(window.sentence)
        silver[row] = window.rows is None
        _fill(labels, row, window, inventory)
        _disturb(ids[row], shapes[row], piece.first, piece.last, cutter, masked, draw)
    return Batch(ids, shapes, mask, first, last, sentence, silver, labels, batch)


def _fill(labels: dict[str, Tensor], row: int, window: Window, inventory: Index) -> None:
    count = len(window.words)
    labels["start"][row, :count] = torch.tensor(window.starts)
    labels["names"][row, :count] = torch.tensor(window.names)
    if window.trigger is not None and window.attribution is not None:
        labels["trigger"][row, :count] = torch.tensor(window.trigger)
        labels["attribution"][row, :count] = torch.tensor(window.attribution)
    if window.rows is not None and window.heads is not None:
        labels["head"][row, :count] = torch.tensor(window.heads)
        for name, values in inventory.of(window.rows).items():
            labels[name][row, :count] = torch.tensor(values)
    else:
        labels["xpos"][row, :count] = torch.tensor(inventory.of_tags(window.tags))


class Index:
    """Labels of CoNLL-U rows as numbers."""

    def __init__(self, inventory: Inventory) -> None:
        self._of = {
            name: {label: i for i, label in enumerate(getattr(inventory, name))}
            for name in ("xpos", "morph", "lemma", "deprel")
        }

    def of_tags(self, tags: list[str]) -> list[int]:
        """Numbers of Penn tags; `IGNORE` for those that no treebank has."""
        return [self._of["xpos"].get(tag, IGNORE) for tag in tags]

    def of(self, rows: list[list[str]]) -> dict[str, list[int]]:
        """Numbers by column; `IGNORE` for what is too rare to be a class."""
        return {
            "xpos": [self._of["xpos"].get(r[4], IGNORE) for r in rows],
            "morph": [self._of["morph"].get(f"{r[3]}|{r[5]}", IGNORE) for r in rows],
            "lemma": [self._of["lemma"].get(lemma_rule(r[1], r[2]), IGNORE) for r in rows],
            "deprel": [self._of["deprel"].get(r[7], IGNORE) for r in rows],
        }


def _disturb(
    ids: Tensor, shapes: Tensor, first: object, last: object, cutter: WordPieces, masked: float, draw: random.Random
) -> None:
    """Mask a share of words; put one window in forty each into capitals, lower case and headline case.

    The encoder tells case by shapes alone, so these are what changes.
    """
    import numpy as np

    starts, ends = np.asarray(first), np.asarray(last)
    for at in range(len(starts)):
        if draw.random() < masked:
            ids[starts[at] : ends[at] + 1] = cutter.mask
    case = draw.random()
    words = shapes < SHAPES.index("digits")
    if case < 0.025:
        shapes[words] = SHAPES.index("upper")
    elif case < 0.05:
        shapes[words] = SHAPES.index("lower")
    elif case < 0.075:
        shapes[shapes == SHAPES.index("lower")] = SHAPES.index("title")
