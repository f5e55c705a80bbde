"""Text to words and punctuation marks, on spaCy's English rules and a table of abbreviations.

spaCy is loaded on first use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from app.language.tables import column, word_set

if TYPE_CHECKING:
    from spacy.tokens import Doc

LONGEST_WORD = 80
"""Longest run without white space, in characters, that the tokenizer is asked to take apart: peeling affixes off a
run takes time that grows with its square. A longer run is cut into tokens of this length."""

CACHED_WORDS = 50_000
"""After how many tokens the tokenizer is made anew, so that the words it remembers do not grow without end."""

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_RUN = re.compile(r"\S+")
_FOLD = {0x2019: "'", 0x2018: "'", 0x2032: "'", 0x02BC: "'", 0x2010: "-", 0x2011: "-", 0x00AD: "-"}
_BLANKED = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\u00a0\u202f]"
)
_PREFIXES = word_set("pipeline.prefixes")


class Token(NamedTuple):
    """A word or a punctuation mark: its place in the text, its letters with plain apostrophes, and those in lower case.

    It is ``glued`` where no white space stands between it and the token before.
    """

    start: int
    end: int
    text: str
    lower: str
    glued: bool


def fold(text: str) -> str:
    """The text, as long as it was, with plain apostrophes and hyphens; what is not to be read becomes a space."""
    return _BLANKED.sub(" ", text.translate(_FOLD))


@cache
def abbreviations() -> frozenset[str]:
    """Words, in lower case and without their final stop, after which a stop does not end a sentence."""
    return frozenset(word.lower() for word in column("abbreviations.tsv", "word"))


@cache
def _new_tokenizer(generation: int) -> Callable[[str], Doc]:
    import spacy

    tokenizer: Callable[[str], Doc] = spacy.blank("en").tokenizer
    return tokenizer


class _Tokens:
    """The tokenizer in use, and how much it has read: it keeps every word that it has seen."""

    def __init__(self) -> None:
        self._seen = 0
        self._generation = 0

    def tokenizer(self, upcoming: int) -> Callable[[str], Doc]:
        self._seen += upcoming
        if self._seen > CACHED_WORDS * 20:
            _new_tokenizer.cache_clear()
            self._seen, self._generation = 0, self._generation + 1
        return _new_tokenizer(self._generation)


_tokens = _Tokens()


def paragraphs(folded: str) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch between blank lines that is not white space alone."""
    start = 0
    for gap in _PARAGRAPH.finditer(folded):
        if folded[start : gap.start()].strip():
            yield start, gap.start()
        start = gap.end()
    if folded[start:].strip():
        yield start, len(folded)


def tokenize(folded: str, start: int, end: int) -> Iterator[Token]:
    """The tokens of a stretch of folded text."""
    tokenizer = _tokens.tokenizer(end - start)
    for match in _RUN.finditer(folded, start, end):
        run, at = match.group(), match.start()
        if len(run) > LONGEST_WORD:
            pieces = [run[i : i + LONGEST_WORD] for i in range(0, len(run), LONGEST_WORD)]
        else:
            pieces = _rejoined([token.text for token in tokenizer(run)])
        glued = False
        for piece in pieces:
            yield Token(at, at + len(piece), piece, piece.lower(), glued)
            at += len(piece)
            glued = True


def _rejoined(pieces: list[str]) -> list[str]:
    """The pieces of a word with prefixes and stops put back: "co-operate" and "Lt." are one token, "Lao-Thai" three."""
    if len(pieces) > 1 and pieces[-1] == "." and pieces[-2].lower() in abbreviations():
        pieces = [*pieces[:-2], pieces[-2] + "."]
    for at in range(len(pieces) - 2):
        if pieces[at + 1] == "-" and pieces[at].lower() in _PREFIXES and pieces[at + 2].isalpha():
            return [*pieces[:at], "".join(pieces[at : at + 3]), *_rejoined(pieces[at + 3 :])]
    return pieces
