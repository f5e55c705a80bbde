from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.language.pipeline import LONGEST_SENTENCE, fold, is_english, read


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in read(text).sentences]


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


@given(st.text(st.characters(codec=None), max_size=200))
@settings(deadline=None)
def test_tokens_cover_the_text_in_order(text: str) -> None:
    reading = read(text)
    assert len(reading.folded) == len(text)
    ends = [0, *(token.end for token in reading.tokens)]
    assert all(end <= token.start for end, token in zip(ends, reading.tokens, strict=False))
    assert all(reading.folded[token.start : token.end] == token.text for token in reading.tokens)
    covered = sum(len(token.text) for token in reading.tokens)
    assert covered == len("".join(reading.folded.split()))


def test_a_sentence_without_end_is_cut() -> None:
    reading = read("word " * (LONGEST_SENTENCE * 3))
    assert len(reading.sentences) == 3


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Lao-Thai co-operation", ["Lao", "-", "Thai", "co-operation"]),
        ("Peru’s port", ["Peru", "'s", "port"]),
        ("a cease-fire", ["a", "cease-fire"]),
    ],
)
def test_words_are_told_apart(text: str, tokens: list[str]) -> None:
    assert [token.text for token in read(text).tokens] == tokens


def test_folding_keeps_the_length_and_drops_what_is_not_to_be_read() -> None:
    assert fold("Peru’s \u202ename\u202c\ud800\x00") == "Peru's  name   "


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Fiji signs pact", True),
        ("Peruvian and Chilean ministers pledge to fight smuggling", True),
        ("The minister said that the border would be open to all of them by Monday", True),
        ("Der Minister sagte, dass die Grenze bis Montag für alle offen sein werde", False),
        ("Le ministre a dit que la frontière serait ouverte à tous", False),
        ("Министр сказал, что граница будет открыта", False),
        ("", True),
    ],
)
def test_english_is_told_from_other_languages(text: str, english: bool) -> None:
    assert is_english(text) is english
