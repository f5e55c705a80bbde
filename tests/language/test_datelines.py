"""Datelines: what counts as one, and that what follows begins a sentence of its own."""

from __future__ import annotations

import pytest

from app.language.datelines import dateline
from app.language.pipeline import read


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("SUVA, June 3 (Xinhua) -- Fiji rejoiced.", "SUVA, June 3 (Xinhua) --"),
        ("SUVA (Andina) – Fiji rejoiced.", "SUVA (Andina) –"),
        ("SUVA (dpa) - Fiji rejoiced.", "SUVA (dpa) -"),
        ("Suva, 3 June 2024, SPA -- Fiji rejoiced.", "Suva, 3 June 2024, SPA --"),
        ("NUKU'ALOFA, 14th October, 2025 (WAM): Tonga rejoiced.", "NUKU'ALOFA, 14th October, 2025 (WAM):"),
        ("New Plymouth, Jan 30 (PTI) The mayor rejoiced.", "New Plymouth, Jan 30 (PTI)"),
        ("SUVA, September 27. /TASS/. Fiji rejoiced.", "SUVA, September 27. /TASS/."),
        ("SUVA/LIMA, Nov 12 (Reuters) - Fiji rejoiced.", "SUVA/LIMA, Nov 12 (Reuters) -"),
        ("SUVA. Fiji rejoiced.", "SUVA."),
        ("SUVA, June 3. Fiji rejoiced.", "SUVA, June 3."),
        ("NADI, Fiji — Fiji rejoiced.", "NADI, Fiji —"),
        ("SUVA\n\nFiji rejoiced.", "SUVA"),
        ("Fiji rejoices\n\nSUVA - Fiji rejoiced.", "SUVA -"),
    ],
)
def test_places_days_and_agencies_before_a_text_are_its_dateline(text: str, line: str) -> None:
    found = dateline(text)
    assert found is not None
    assert text[slice(*found)].strip() == line


@pytest.mark.parametrize(
    "text",
    [
        "Fiji - an island state - rejoiced.",
        "NATO. Fiji rejoiced.",
        "Fiji and Peru (the hosts) – rejoiced.",
        "Fiji (like Peru) - rejoiced.",
        "On June 3, Fiji - like Peru - rejoiced.",
        "MS. WAQA: Good morning.",
        "FIJI NEWS: The minister rejoiced.",
        "U.S. - Fiji talks end.",
        "Peru said on May 3 that Fiji (a friend) - rejoiced.",
        "",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert dateline(text) is None


def test_what_follows_a_dateline_is_a_sentence_of_the_same_paragraph() -> None:
    reading = read("SUVA, June 3 (Andina) -- Fiji and Peru rejoiced.\n\nTonga did not.")
    assert [reading.text[s.start : s.end] for s in reading.sentences] == [
        "SUVA, June 3 (Andina) --",
        "Fiji and Peru rejoiced.",
        "Tonga did not.",
    ]
    assert [s.paragraph for s in reading.sentences] == [0, 0, 1]
    assert reading.words(*reading.dateline) == "SUVA, June 3 (Andina) --"
