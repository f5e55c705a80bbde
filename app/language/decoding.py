"""Scores to structures: trees that cannot hold a cycle, and runs of tags that cannot begin in the middle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
FORBIDDEN = np.float32(-1e9)
LONGEST_EXACT = 200
"""Words beyond which a tree that is not found greedily is only approximated: contraction copies all scores for every
cycle, and what has hundreds of words is a list or noise."""


def tree(scores: Floats, root: Floats) -> list[int]:
    """A tree with one root: the head of every word, its own number for the root.

    ``scores`` [n, n]: of each word (row) to have each other (column) as head; ``root`` [n]: to be the root. Greedy
    where that is a tree already, which it mostly is; else by Chu and Liu's and Edmonds' contraction of cycles.
    """
    count = len(root)
    if count == 1:
        return [0]
    weights = scores.copy()
    np.fill_diagonal(weights, FORBIDDEN)
    # The root is the word that loses least by being one instead of having its best head.
    top = int((root - weights.max(1)).argmax())
    heads = [int(head) for head in weights.argmax(1)]
    heads[top] = top
    if _is_tree(heads, top):
        return heads
    return _edmonds(weights, top) if count <= LONGEST_EXACT else _attached(weights, top)


def _attached(weights: Floats, top: int) -> list[int]:
    """A good tree rather than the best: word after word, whichever most wants a head that is in the tree already."""
    heads = np.full(len(weights), top)
    best = weights[:, top].copy()
    best[top] = -np.inf
    for _ in range(len(weights) - 1):
        word = int(best.argmax())
        best[word] = -np.inf
        better = (weights[:, word] > best) & (best > -np.inf)
        heads[better] = word
        best[better] = weights[better, word]
    return [int(head) for head in heads]


def _is_tree(heads: Sequence[int], top: int) -> bool:
    known = bytearray(len(heads))
    known[top] = 2
    for word in range(len(heads)):
        path = []
        while not known[word]:
            known[word] = 1
            path.append(word)
            word = heads[word]
        if known[word] == 1:
            return False
        for passed in path:
            known[passed] = 2
    return True


def _edmonds(weights: Floats, top: int) -> list[int]:
    """The best tree under a given root; contracts one cycle after another."""
    count = len(weights)
    scores = weights.copy()
    scores[top, :] = FORBIDDEN
    heads = scores.argmax(1)
    heads[top] = top
    cycle = _cycle(heads, top)
    if not cycle:
        return [int(h) for h in heads]
    inside = np.zeros(count, dtype=bool)
    inside[cycle] = True
    outside = np.flatnonzero(~inside)
    kept = scores[cycle, heads[cycle]]
    # The cycle becomes one word, the last: entering it at a word costs that word's arc in the cycle.
    entering = scores[cycle][:, outside] - kept[:, None]
    leaving = scores[outside][:, cycle]
    size = len(outside)
    smaller = np.full((size + 1, size + 1), FORBIDDEN, dtype=np.float32)
    smaller[:size, :size] = scores[outside][:, outside]
    smaller[size, :size] = entering.max(0)
    smaller[:size, size] = leaving.max(1)
    np.fill_diagonal(smaller, FORBIDDEN)
    solved = _edmonds(smaller, int(np.flatnonzero(outside == top)[0]))
    result = [int(h) for h in heads]
    for at, word in enumerate(outside):
        head = solved[at]
        result[word] = int(cycle[int(leaving[at].argmax())]) if head == size else int(outside[head])
    entry = solved[size]
    entered = int(cycle[int(entering[:, entry].argmax())])
    result[entered] = int(outside[entry])
    result[top] = top
    return result


def _cycle(heads: np.ndarray[tuple[int], np.dtype[np.int64]], top: int) -> list[int]:
    state = [0] * len(heads)
    state[top] = 2
    for start in range(len(heads)):
        word, path = start, []
        while state[word] == 0:
            state[word] = 1
            path.append(word)
            word = int(heads[word])
        if state[word] == 1:
            return path[path.index(word) :]
        for passed in path:
            state[passed] = 2
    return []


def transitions(labels: Sequence[str]) -> Floats:
    """What may follow what among BIO tags: 0, or far below."""
    allowed = np.zeros((len(labels), len(labels)), dtype=np.float32)
    for column, after in enumerate(labels):
        if after.startswith("I"):
            for row, before in enumerate(labels):
                if before[1:] != after[1:] or before == "O":
                    allowed[row, column] = FORBIDDEN
    return allowed


def viterbi(scores: Floats, moves: Floats) -> list[int]:
    """The best run of tags: ``scores`` [n, tags] are log probabilities, ``moves`` [tags, tags] what may follow what."""
    if not len(scores):
        return []
    best = scores.argmax(1)
    steps = moves[best[:-1], best[1:]]
    first = moves[0, best[0]]  # before the first word stands no name
    if first == 0 and not steps.any():
        return [int(tag) for tag in best]
    total = scores[0] + moves[0]
    back = np.zeros(scores.shape, dtype=np.int64)
    for at in range(1, len(scores)):
        ways = total[:, None] + moves
        back[at] = ways.argmax(0)
        total = ways.max(0) + scores[at]
    tags = [int(total.argmax())]
    for at in range(len(scores) - 1, 0, -1):
        tags.append(int(back[at, tags[-1]]))
    return tags[::-1]


def spans(tags: Sequence[int], labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """The runs of BIO tags: first, behind the last, type ("" where the tags have none)."""
    found: list[tuple[int, int, str]] = []
    start: int | None = None
    for at, tag in enumerate([*tags, 0]):
        label = labels[tag]
        if start is not None and not (label.startswith("I") and label[1:] == labels[tags[start]][1:]):
            found.append((start, at, labels[tags[start]][2:]))
            start = None
        if label.startswith("B"):
            start = at
    return found
