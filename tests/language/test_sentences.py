"""Sentences by rules, of texts that no model reads."""

from __future__ import annotations

import pytest

from app.language.pipeline import split
from app.language.sentences import LONGEST_SENTENCE


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split(text).sentences]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained. It stopped.", ["It rained.", "It stopped."]),
        ("Gen. Ruiz met Lt. Col. Soto. They left.", ["Gen. Ruiz met Lt. Col. Soto.", "They left."]),
        ("The U.S. Navy left. It rained.", ["The U.S. Navy left.", "It rained."]),
        ("He lives in the U.S. The army left.", ["He lives in the U.S.", "The army left."]),
        ("“It rained.” He left.", ["“It rained.”", "He left."]),
        ("“It rained. It stopped,” she said.", ["“It rained.", "It stopped,” she said."]),
        ("Did it rain? Yes!", ["Did it rain?", "Yes!"]),
        ("It cost $2.5 million. J. Smith paid.", ["It cost $2.5 million.", "J. Smith paid."]),
        ("No stop\n\nhere at all", ["No stop", "here at all"]),
        ("One line\nand the next", ["One line\nand the next"]),
        ("  \n ", []),
    ],
)
def test_text_falls_into_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_sentence_without_end_is_cut() -> None:
    reading = split("word " * (LONGEST_SENTENCE * 3))
    assert len(reading.sentences) == 3
