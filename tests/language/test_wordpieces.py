from __future__ import annotations

import pytest

from app.language.shipped import READER, shipped_model
from app.language.wordpieces import SHAPES, WordPieces, shape_of

PIECES = WordPieces(shipped_model() / READER / "vocabulary.txt")
VOCABULARY = (shipped_model() / READER / "vocabulary.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("Ministers", ["ministers"]),
        ("Zürich", ["zurich"]),
        ("U.S.", ["u", ".", "s", "."]),
        ("Bahrainis", ["bahrain", "##is"]),
        ("\u200b", ["[UNK]"]),
    ],
)
def test_words_are_cut_into_the_longest_known_pieces(word: str, pieces: list[str]) -> None:
    assert [VOCABULARY[number] for number in PIECES.of_word(word)] == pieces


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("talks", "lower"),
        ("Oslo", "title"),
        ("NATO", "upper"),
        ("J", "initial"),
        ("J.", "initial"),
        ("McKay", "mixed"),
        ("F-16", "digits"),
        ("—", "marks"),
    ],
)
def test_shapes_tell_how_a_word_was_written(word: str, shape: str) -> None:
    assert SHAPES[shape_of(word)] == shape
