from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.language.decoding import FORBIDDEN, LONGEST_EXACT, spans, transitions, tree, viterbi

LABELS = ("O", "B-X", "I-X", "B-Y", "I-Y")


def reaches_root(heads: list[int], word: int) -> bool:
    for _ in heads:
        if heads[word] == word:
            return True
        word = heads[word]
    return False


@given(st.integers(1, 12), st.integers(0, 10_000))
@settings(deadline=None, max_examples=300)
def test_what_comes_out_is_a_tree(count: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    heads = tree(draw.normal(size=(count, count)).astype(np.float32), draw.normal(size=count).astype(np.float32))
    assert sum(head == word for word, head in enumerate(heads)) == 1
    assert all(reaches_root(heads, word) for word in range(count))


def test_a_sentence_too_long_for_the_best_tree_gets_a_tree() -> None:
    count = LONGEST_EXACT + 50
    draw = np.random.default_rng(1)
    heads = tree(draw.normal(size=(count, count)).astype(np.float32), draw.normal(size=count).astype(np.float32))
    assert sum(head == word for word, head in enumerate(heads)) == 1
    assert all(reaches_root(heads, word) for word in range(count))


@given(st.integers(2, 5), st.integers(0, 10_000))
@settings(deadline=None, max_examples=60)
def test_no_tree_with_the_same_root_scores_better(count: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    scores = draw.normal(size=(count, count)).astype(np.float32)
    heads = tree(scores, draw.normal(size=count).astype(np.float32))
    top = next(word for word, head in enumerate(heads) if head == word)

    def worth(ways: list[int]) -> float:
        return float(sum(scores[word, head] for word, head in enumerate(ways) if word != top))

    others = (
        list(ways)
        for ways in product(range(count), repeat=count)
        if ways[top] == top
        and all(w == top or h != w for w, h in enumerate(ways))
        and all(reaches_root(list(ways), w) for w in range(count))
    )
    assert worth(heads) == pytest.approx(max(map(worth, others)), abs=1e-4)


def test_two_words_that_want_each_other_are_parted() -> None:
    scores = np.array([[0, 9, 0], [9, 0, 1], [0, 1, 0]], dtype=np.float32)
    heads = tree(scores, np.array([-9, -9, 5], dtype=np.float32))
    assert heads == [1, 2, 2]


@given(st.integers(1, 5), st.integers(0, 10_000))
@settings(deadline=None, max_examples=100)
def test_the_best_run_of_tags_is_found(count: int, seed: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(count, len(LABELS))).astype(np.float32)
    moves = transitions(LABELS)

    def worth(tags: tuple[int, ...]) -> float:
        return float(
            sum(scores[i, t] for i, t in enumerate(tags)) + moves[0, tags[0]] + moves[tags[:-1], tags[1:]].sum()
        )

    found = tuple(viterbi(scores, moves))
    best = max(product(range(len(LABELS)), repeat=count), key=worth)
    assert worth(found) == pytest.approx(worth(best), abs=1e-4)
    assert worth(found) > FORBIDDEN / 2


def test_spans_are_read_off_tags() -> None:
    assert spans([1, 2, 0, 3, 1, 2, 2], LABELS) == [(0, 2, "X"), (3, 4, "Y"), (4, 7, "X")]
