"""The trained encoder on ONNX Runtime: words in; tags, lemmas, trees, sentence starts, names and marks out.

Windows are read one at a time, so that what stands beside a text in a batch cannot change how it is read: the graph
quantises what it computes by the range of the window alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from app.language import decoding
from app.language.broken import BrokenModel
from app.language.lemmas import lemma_of
from app.language.marks import Attribution, Judge, Marks, Trigger
from app.language.shipped import check_files
from app.language.wordpieces import WordPieces

WINDOW = 192
"""Pieces that running paragraphs are read together in."""
NEIGHBOURS = (48, 96)
"""Pieces that a given sentence is read in with its neighbours.

What stands before it in a file need not belong to the same text, so that sentences which are given are read one by one;
for their trees they are read in windows of these sizes and of the other, too, and the view by itself has twice the vote
of each of those.
"""
LONGEST_WINDOW = 256
"""Pieces that the graph has places for; a longer paragraph or sentence is read in windows that overlap."""
OVERLAP = 64
"""Pieces that one such window shares with the next."""
LONGEST_SENTENCE = 400
"""Words after which a sentence is cut at its likeliest start, since the work of a tree, and of what compares acts in
it, grows with the square of its words; the longest sentence of news has about 150."""

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Arrays = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What was read of a run of words; every field has one entry a word.

    ``heads`` count from the run's first word, a root is its own head; ``names`` and ``marks`` are spans of words;
    ``kinds`` [words, kinds]: the probability of each word's being in a name of each of `Reader.kinds`.
    """

    starts: list[bool]
    xpos: list[str]
    upos: list[str]
    features: list[str]
    lemmas: list[str]
    heads: list[int]
    relations: list[str]
    names: list[tuple[int, int, str]]
    kinds: Floats
    marks: Marks


class Reader:
    """The encoder with its heads. Safe to use from several threads; holds about 60 MB."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load from the files of `FILES`; raises `BrokenModel`."""
        import onnxruntime

        check_files(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
            self.labels: dict[str, tuple[str, ...]] = {name: tuple(values) for name, values in labels.items()}
            pairs = np.load(folder / "pairs.npz")
            self._label = np.ascontiguousarray(pairs["label"].astype(np.float32))
            self._label_root = pairs["label_root"].astype(np.float32)
            self._pair = pairs["pair"].astype(np.float32)
            self._pieces = WordPieces(folder / "vocabulary.txt")
            self._session = onnxruntime.InferenceSession(
                str(folder / "reader.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise BrokenModel(f"{folder} cannot be loaded: {error}") from error
        self._outputs = [output.name for output in self._session.get_outputs()]
        self._morph = [label.split("|", 1) for label in self.labels["morph"]]
        self._rules = [lemma_rule_of(label) for label in self.labels["lemma"]]
        self._name_moves = decoding.transitions(self.labels["names"])
        self.kinds = tuple(dict.fromkeys(tag[2:] for tag in self.labels["names"] if tag != "O"))
        self._kind_tags = [
            [at for at, tag in enumerate(self.labels["names"]) if tag[2:] == kind] for kind in self.kinds
        ]
        self._trigger_moves = decoding.transitions(self.labels["triggers"])
        self._attribution_moves = decoding.transitions(self.labels["attributions"])

    def read(self, words: Sequence[str], segments: Sequence[int], fixed: bool = False) -> Analysis:
        """Read running words. ``segments``: where paragraphs begin, or, if ``fixed``, where all sentences do."""
        scores = self._scores(words, segments, 0 if fixed else WINDOW)
        starts = self._starts(scores["start"], segments, fixed)
        among = [self._scores(words, segments, size) for size in (*NEIGHBOURS, WINDOW)] if fixed else []
        heads, relations = self._trees(scores, among, starts)
        xpos = [self.labels["xpos"][tag] for tag in scores["xpos"]]
        proposed = [lemma_by(word, *self._rules[rule]) for word, rule in zip(words, scores["lemma"], strict=True)]
        return Analysis(
            starts=starts,
            xpos=xpos,
            upos=[self._morph[tag][0] for tag in scores["morph"]],
            features=[self._morph[tag][1] for tag in scores["morph"]],
            lemmas=[lemma_of(*each, self._pieces) for each in zip(words, xpos, proposed, strict=True)],
            heads=heads,
            relations=relations,
            names=self._names(scores["names"], starts),
            kinds=np.stack([np.exp(scores["names"][:, at]).sum(1) for at in self._kind_tags], 1),
            marks=self._marks(scores, starts),
        )

    def _scores(self, words: Sequence[str], segments: Sequence[int], together: int) -> Arrays:
        """What the graph says of every word, window after window; segments of so many pieces stand in one."""
        kept: dict[str, list[np.ndarray[Any, Any]]] = {name: [] for name in self._outputs}
        for window in self._windows(words, segments, together):
            pieces = self._pieces.window(words[window.first : window.last])
            fed = {"ids": pieces.ids, "shapes": pieces.shapes, "first": pieces.first, "last": pieces.last}
            inner = slice(window.keep_first - window.first, window.keep_last - window.first)
            for name, array in zip(self._outputs, self._session.run(None, fed), strict=True):
                kept[name].append(np.asarray(array)[inner])
        return {name: np.concatenate(arrays) for name, arrays in kept.items()}

    def _windows(self, words: Sequence[str], segments: Sequence[int], together: int) -> Iterator[_Window]:
        """Whole segments together as far as they fit; a longer one in windows that overlap."""
        ends = [*segments[1:], len(words)]
        lengths = [len(self._pieces.of_word(word)) for word in words]
        first, size = 0, 0
        for start, end in zip(segments, ends, strict=True):
            length = sum(lengths[start:end])
            if size and size + length > together:
                yield _Window(first, start, first, start)
                first, size = start, 0
            if length > LONGEST_WINDOW:
                yield from _overlapping(lengths, start, end)
                first, size = end, 0
            else:
                size += length
        if size:
            yield _Window(first, len(words), first, len(words))

    def _starts(self, scores: Floats, segments: Sequence[int], fixed: bool) -> list[bool]:
        starts = np.zeros(len(scores), dtype=bool) if fixed else scores > np.log(0.5)
        starts[list(segments)] = True
        edges = [*np.flatnonzero(starts), len(scores)]
        for begin, end in pairwise(edges):
            while end - begin > LONGEST_SENTENCE:
                half = begin + LONGEST_SENTENCE // 2
                begin = half + int(scores[half : begin + LONGEST_SENTENCE].argmax())
                starts[begin] = True
        return [bool(start) for start in starts]

    def _trees(self, own: Arrays, among: Sequence[Arrays], starts: Sequence[bool]) -> tuple[list[int], list[str]]:
        """The likeliest heads and relations: by the words' own view, and by others of them ``among`` neighbours."""
        heads: list[int] = []
        for begin, end in _runs(starts):
            arcs = _voted(*(_arcs(view, slice(begin, end)) for view in (own, *among)))
            heads.extend(begin + head for head in decoding.tree(arcs[:, :-1], arcs[:, -1]))
        roots = np.asarray(heads) == np.arange(len(heads))
        labels = self.labels["deprel"]
        scores = _voted(*(self._relations(view, heads, roots) for view in (own, *among)))
        scores[:, labels.index("root")] = np.where(roots, np.inf, -np.inf)  # a root is labelled so, and nothing else is
        return heads, [labels[best] for best in scores.argmax(1)]

    def _relations(self, scores: Arrays, heads: list[int], roots: np.ndarray[Any, Any]) -> Floats:
        """Scores [words, relations] of what each word is to its head."""
        governing = np.where(roots[:, None], self._label_root, scores["label_head"][heads])
        return _bilinear(scores["label_dep"], self._label, governing)

    def _names(self, scores: Floats, starts: Sequence[bool]) -> list[tuple[int, int, str]]:
        found = []
        for begin, end in _runs(starts):
            tags = decoding.viterbi(scores[begin:end], self._name_moves)
            for first, last, kind in decoding.spans(tags, self.labels["names"]):
                found.append((begin + first, begin + last, kind))
        return found

    def _marks(self, scores: Arrays, starts: Sequence[bool]) -> Marks:
        acting = 1 - np.exp(scores["trigger"][:, 0])
        shares = np.exp(scores["attribution"])
        attributed = np.stack([shares[:, 0], *(shares[:, at : at + 2].sum(1) for at in (1, 3, 5))], 1)
        judge = Judge(
            acting, scores["stage"], scores["form"], scores["negated"], scores["pair_trigger"], scores["pair_word"],
            self._pair, self.labels["stages"], self.labels["forms"],
        )  # fmt: skip
        triggers: list[Trigger] = []
        attributions: list[Attribution] = []
        kinds = {"source": 1, "cue": 2, "content": 3}
        for begin, end in _runs(starts):
            tags = decoding.viterbi(scores["trigger"][begin:end], self._trigger_moves)
            for first, last, _ in decoding.spans(tags, self.labels["triggers"]):
                triggers.append(judge.judged(begin + first, begin + last))
            tags = decoding.viterbi(scores["attribution"][begin:end], self._attribution_moves)
            for first, last, kind in decoding.spans(tags, self.labels["attributions"]):
                mean = attributed[begin + first : begin + last, kinds[kind]].mean()
                attributions.append(Attribution(begin + first, begin + last, kind, float(mean)))
        return Marks(tuple(triggers), tuple(attributions), acting, attributed, judge)


@dataclass(frozen=True, slots=True)
class _Window:
    """Words ``[first, last)`` to read, of which ``[keep_first, keep_last)`` are believed."""

    first: int
    last: int
    keep_first: int
    keep_last: int


def _overlapping(lengths: Sequence[int], start: int, end: int) -> Iterator[_Window]:
    """Windows over words too many for one: each word is believed where it stands farther from an edge."""
    first, keep = start, start
    while True:
        last, size = first, 0
        while last < end and size + lengths[last] <= LONGEST_WINDOW:
            size += lengths[last]
            last += 1
        if last == end:
            yield _Window(first, end, keep, end)
            return
        following, shared = last, 0
        while following > first + 1 and shared + lengths[following - 1] <= OVERLAP:
            following -= 1
            shared += lengths[following]
        middle = (following + last) // 2
        yield _Window(first, last, keep, middle)
        first, keep = following, middle


def _runs(starts: Sequence[bool]) -> Iterator[tuple[int, int]]:
    begins = [at for at, start in enumerate(starts) if start]
    yield from zip(begins, [*begins[1:], len(starts)], strict=True)


def _arcs(scores: Arrays, here: slice) -> Floats:
    """Scores [words, words + 1] of the heads of a sentence's words, the last being that of a root."""
    arcs = scores["arc_query"][here] @ scores["arc_head"][here].T + scores["arc_bias"][here]
    np.fill_diagonal(arcs, -np.inf)
    return np.column_stack([arcs, scores["arc_root"][here]])


def _voted(own: Floats, *others: Floats) -> Floats:
    """One view's scores; with others, log probabilities, the first having twice the vote of each of them."""
    return 2 * _log_shares(own) + sum(map(_log_shares, others)) if others else own


def _log_shares(scores: Floats) -> Floats:
    """Scores as log probabilities, row by row."""
    scores = scores - scores.max(1, keepdims=True)
    shares: Floats = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    return shares


def _bilinear(left: Floats, weights: Floats, right: Floats) -> Floats:
    """Scores [pairs, kinds] of pairs of rows."""
    rows, kinds, columns = weights.shape
    flat = weights.reshape(rows, kinds * columns)
    scores = np.empty((len(left), kinds), dtype=np.float32)
    for at in range(0, len(left), 256):
        part = left[at : at + 256]
        mixed = (part @ flat[:-1] + flat[-1]).reshape(len(part), kinds, columns)
        scores[at : at + 256] = np.matmul(mixed[:, :, :-1], right[at : at + 256, :, None])[:, :, 0] + mixed[:, :, -1]
    return scores


def lemma_rule_of(label: str) -> tuple[bool, int, str]:
    """A lemma rule: whether to keep the case, how many letters to strip, what to add."""
    strip, add = label[1:].split(">", 1)
    return label[0] == "K", int(strip), add


def lemma_by(word: str, keep: bool, strip: int, add: str) -> str:
    """The lemma of a word by a rule."""
    base = word if keep else word.lower()
    return (base[: len(base) - strip] if strip <= len(base) else "") + add or word
