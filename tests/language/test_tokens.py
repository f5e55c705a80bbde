from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.language.pipeline import split
from app.language.tokens import fold


@given(st.text(st.characters(codec=None), max_size=200))
@settings(deadline=None)
def test_tokens_cover_the_text_in_order(text: str) -> None:
    reading = split(text)
    assert len(reading.folded) == len(text)
    ends = [0, *(token.end for token in reading.tokens)]
    assert all(end <= token.start for end, token in zip(ends, reading.tokens, strict=False))
    assert all(reading.folded[token.start : token.end] == token.text for token in reading.tokens)
    covered = sum(len(token.text) for token in reading.tokens)
    assert covered == len("".join(reading.folded.split()))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Lao-Thai co-operation", ["Lao", "-", "Thai", "co-operation"]),
        ("Peru’s port", ["Peru", "'s", "port"]),
        ("a cease-fire", ["a", "cease-fire"]),
    ],
)
def test_words_are_told_apart(text: str, tokens: list[str]) -> None:
    assert [token.text for token in split(text).tokens] == tokens


def test_folding_keeps_the_length_and_drops_what_is_not_to_be_read() -> None:
    assert fold("Peru’s \u202ename\u202c\ud800\x00") == "Peru's  name   "
