from __future__ import annotations

import pytest

from app.language.geography import PlaceWord, country_named, country_words, short_name


def codes(words: str) -> set[tuple[str, str]]:
    return {(entry.code, entry.kind) for entry in country_words() if entry.words == words}


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        ("Belarus", "BY", PlaceWord.NAME),
        ("Republic of Belarus", "BY", PlaceWord.NAME),
        ("Belarusian", "BY", PlaceWord.DEMONYM),
        ("Minsk", "BY", PlaceWord.CAPITAL),
        ("Kremlin", "RU", PlaceWord.SEAT),
        ("U.S.", "US", PlaceWord.NAME),
        ("Turkiye", "TR", PlaceWord.NAME),
        ("Dutch", "NL", PlaceWord.DEMONYM),
        ("Indian", "IN", PlaceWord.DEMONYM),
        ("French", "FR", PlaceWord.DEMONYM),
        ("Congolese", "CD", PlaceWord.DEMONYM),
        ("Ivorian", "CI", PlaceWord.DEMONYM),
    ],
)
def test_words_stand_for_one_country(words: str, code: str, kind: PlaceWord) -> None:
    assert codes(words) == {(code, kind)}


@pytest.mark.parametrize("words", ["Victoria", "Hamilton", "The Valley", "Island", "Mann", "European Union"])
def test_words_that_mean_something_else_in_news_stand_for_none(words: str) -> None:
    assert codes(words) == set()


@pytest.mark.parametrize(
    ("code", "name"),
    [("US", "United States"), ("MM", "Myanmar"), ("TR", "Turkey"), ("BA", "Bosnia and Herzegovina"), ("XX", "XX")],
)
def test_short_names_are_plain(code: str, name: str) -> None:
    assert short_name(code) == name


def test_a_country_is_found_by_its_name_in_any_case() -> None:
    assert country_named("republic of peru") == "PE"
    assert country_named("atlantis") is None
