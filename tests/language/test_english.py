from __future__ import annotations

import pytest

from app.language.english import is_english


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
