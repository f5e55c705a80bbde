"""Whether a text is English, by its function words."""

from __future__ import annotations

import re

from app.language.tables import word_set

ENGLISH_SHARE = 0.12
"""Least share of function words among the words of English text; news has 0.3 to 0.45, other languages under 0.1."""

SHORT_TEXT = 60
"""Words below which a share says little: headlines leave function words out."""

_FUNCTION_WORDS = word_set("pipeline.function_words")
_FOREIGN_WORDS = word_set("pipeline.foreign_words")
_WORD = re.compile(r"[^\W\d_]+")


def is_english(text: str) -> bool:
    """Whether the text's first words hold enough English function words, and more of them than of other languages."""
    words = [match.group().lower() for match in _WORD.finditer(text[:20_000])]
    english = sum(word in _FUNCTION_WORDS for word in words)
    if english < sum(word in _FOREIGN_WORDS for word in words):
        return False
    if len(words) < SHORT_TEXT:
        return english > 0 or all(word.isascii() for word in words)
    return english / len(words) >= ENGLISH_SHARE
