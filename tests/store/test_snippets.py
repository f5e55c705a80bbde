"""Passages that show where words stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.snippets import WIDTH, Finder, Passage, passages
from app.store.words import UnusableWords, folded, read_words

LONG = "Nothing happened at all. " * 40


def of(text: str, typed: str) -> list[Passage]:
    return passages(text, Finder(read_words(typed)).places(text))


def shown(text: str, typed: str) -> list[str]:
    return [text[p.start : p.end] for p in of(text, typed)]


def marked(text: str, typed: str) -> list[str]:
    return [text[place.start : place.end] for p in of(text, typed) for place in p.places]


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("The Élysée spoke.", "elysee", ["Élysée"]),
        ("The Elysee spoke.", "ÉLYSÉE", ["Elysee"]),
        ("Talks, talk, talking.", "talk", ["talk"]),
        ("Talks, talk, talking.", "talk*", ["Talks", "talk", "talking"]),
        ("A naval-drill; a drill naval.", '"naval drill"', ["naval-drill"]),
        ("Straße und strasse", "straße", ["Straße"]),
        ("한국과 일본", "일본", ["일본"]),
        ("İzmir and izmir", "izmir", ["İzmir", "izmir"]),
        ("A drill, a naval drill.", '"naval drill" drill', ["drill", "naval drill"]),
        ("Drills of drillers, drill by drill", "drill drill*", ["Drills", "drillers", "drill", "drill"]),
        ("Snake_case of a case", "case", ["case", "case"]),
        ("Nothing here", "else", []),
    ],
)
def test_words_are_marked_as_the_full_text_finds_them(text: str, typed: str, expected: list[str]) -> None:
    assert marked(text, typed) == expected


def test_passage_stays_in_its_paragraph_and_keeps_words_whole() -> None:
    (passage,) = shown(f"{LONG}\n\nThen a pact was signed here.\n\n{LONG}", "pact")
    assert passage == "Then a pact was signed here."
    (passage,) = shown(f"{LONG}Then a pact was signed. {LONG}", "pact")
    assert len(passage) <= WIDTH + 20
    assert set(passage.replace(".", "").split()) <= set(f"{LONG} Then a pact was signed".replace(".", "").split())


def test_words_far_apart_are_shown_in_two_passages() -> None:
    first, second = shown(f"A pact was signed. {LONG} Drills were held.", "pact drills")
    assert "pact" in first
    assert "Drills" in second


def test_where_words_stand_together_is_preferred() -> None:
    (passage,) = shown(f"A pact. {LONG} A pact on drills. {LONG}", "pact drills")
    assert "A pact on drills" in passage


@given(st.text(max_size=600), st.text(max_size=30))
def test_passages_are_parts_of_any_text(text: str, typed: str) -> None:
    try:
        found = of(text, typed)
    except UnusableWords:
        return
    for passage in found:
        assert 0 <= passage.start <= passage.end <= len(text)
        assert all(passage.start <= p.start < p.end <= passage.end for p in passage.places)


def test_a_passage_of_many_places_begins_where_most_words_stand() -> None:
    text = f"{'A pact on pacts, a pact. ' * 30}{LONG}The pact on drills and boats. {LONG}"
    assert "drills and boats" in shown(text, "pact drills boats")[0]


@given(st.text() | st.text("aEéÉİıΣσςßẞЌ “”", max_size=80))
def test_folding_keeps_every_offset(text: str) -> None:
    assert folded(text) == "".join(map(folded, text))
