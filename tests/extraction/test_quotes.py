"""Quotes are found however they are typeset, and what comes out is exact."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.evidence import Span
from app.extraction.quotes import Quotes

TEXT = (
    "“We’ll sign the pact,”  said Zoë\u00a0Brandt,\nwho—after the talks—met Malta's party. "
    "Art was not discussed; the pact was. A co\u00adoperation of Cañete and Lübeck… ended."
)


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("We’ll sign the pact", "We’ll sign the pact"),
        ("We'll sign the pact", "We’ll sign the pact"),
        ('"We\'ll sign the pact," said', "“We’ll sign the pact,”  said"),
        ("``We'll sign the pact,'' said", "“We’ll sign the pact,”  said"),
        ("«We‘ll sign", "“We’ll sign"),
        ("said Zoë Brandt, who", "said Zoë\u00a0Brandt,\nwho"),
        ("  said \n Zoë\tBrandt ", "said Zoë\u00a0Brandt"),
        (unicodedata.normalize("NFD", "said Zoë"), "said Zoë"),
        ("who - after", None),
        ("who-after the talks", "who—after the talks"),
        ("A cooperation of", "A co\u00adoperation of"),
        ("Lübeck... ended", "Lübeck… ended"),
        ("'met Malta's party'", "met Malta's party"),
        ('"Art was not discussed."', "Art was not discussed"),
        ("Art", "Art"),
        ("art", None),
        ("pac", None),
        ("met Malta’s parties", None),
        ("", None),
        (" … ", None),
        ('"."', None),
    ],
)
def test_typography_does_not_count_and_words_do(quote: str, words: str | None) -> None:
    found = Quotes(TEXT).nearest(quote, 0)
    assert (found.text if found else None) == words
    if found:
        found.check(TEXT)


def test_accents_composed_otherwise_in_the_text_are_found() -> None:
    text = unicodedata.normalize("NFD", "In Cañete, Zoë spoke.")
    found = Quotes(text).nearest("Cañete", 0)
    assert found
    assert unicodedata.normalize("NFC", found.text) == "Cañete"


def test_nearest_place_is_taken_and_every_place_is_known() -> None:
    text = "The pact held. A pact is a pact."
    quotes = Quotes(text)
    assert [span.start for span in quotes.every("pact")] == [4, 17, 27]
    assert [getattr(quotes.nearest("pact", at), "start", None) for at in (0, 18, 99)] == [4, 17, 27]


def test_words_are_sought_within_the_spans_only() -> None:
    text = "The pact held. A pact is a pact."
    quotes = Quotes(text)
    held = quotes.inside("pact", [Span.of(text, 15, 21)])
    assert held
    assert held.start == 17
    assert quotes.inside("held", [Span.of(text, 15, 21)]) is None


@given(st.text(st.sampled_from("ab “”\"'’.\n\u0301\u00ad…-"), max_size=40), st.integers(0, 40), st.integers(1, 40))
def test_spans_are_exact_for_any_text_and_quote(text: str, start: int, length: int) -> None:
    for span in Quotes(text).every(text[start : start + length]):
        span.check(text)
