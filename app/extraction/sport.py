"""Articles about sport, where teams are called like states and "meet", "host" and "face" one another."""

from __future__ import annotations

from app.extraction.tables import word_set
from app.language.pipeline import Reading
from app.language.sentences import Sentence

LEAST = 5
"""Different words of sport from which on an article is about it."""

_WORDS = word_set("sport.words")
_STATES = word_set("sport.states")


def is_sport(reading: Reading) -> bool:
    """Whether an article is about sport."""
    return len({token.lower for token in reading.tokens} & _WORDS) >= LEAST


def names_states(reading: Reading, sentence: Sentence) -> bool:
    """Whether a sentence of such an article tells of states nevertheless: "the ministries agreed to train judokas"."""
    return any(token.lower in _STATES for token in reading.tokens[sentence.first : sentence.last])
