"""Text to tokens and sentences, on spaCy's English rules and a table of abbreviations. spaCy is loaded on first use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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

LONGEST_SENTENCE = 400
"""Tokens after which a sentence is cut, so that no work grows with the square of a text that has no full stops. The
longest sentence of news has about 150."""

ENGLISH_SHARE = 0.12
"""Least share of function words among the words of English text; news has 0.3 to 0.45, other languages under 0.1."""

SHORT_TEXT = 60
"""Words below which a share says little: headlines leave function words out."""

_FUNCTION_WORDS = word_set("pipeline.function_words")
_FOREIGN_WORDS = word_set("pipeline.foreign_words")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_RUN = re.compile(r"\S+")
_WORD = re.compile(r"[^\W\d_]+")
_FOLD = {0x2019: "'", 0x2018: "'", 0x2032: "'", 0x02BC: "'", 0x2010: "-", 0x2011: "-", 0x00AD: "-"}
_BLANKED = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\u00a0\u202f]"
)
_CLOSERS = frozenset("\"'”’)]»")
_ENDS = frozenset({".", "!", "?", "…", "...", "?!", "!?"})


class Token(NamedTuple):
    """A word or a punctuation mark: its place in the text, its letters with plain apostrophes, and those in lower case.

    It is ``glued`` where no white space stands between it and the token before.
    """

    start: int
    end: int
    text: str
    lower: str
    glued: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: characters ``[start, end)`` of the text, tokens ``[first, last)`` of the reading."""

    number: int
    paragraph: int
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text taken apart. ``folded`` has the text's length, with plain apostrophes and no control characters."""

    text: str
    folded: str
    tokens: tuple[Token, ...]
    sentences: tuple[Sentence, ...]

    def words(self, first: int, last: int) -> str:
        """The words of tokens ``[first, last)`` as they stand in the text."""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end] if first < last else ""


def read(text: str) -> Reading:
    """Tokens and sentences of any text; a blank line always ends a sentence. Never raises."""
    folded = fold(text)
    tokens: list[Token] = []
    sentences: list[Sentence] = []
    for paragraph, (start, end) in enumerate(_paragraphs(folded)):
        first = len(tokens)
        tokens.extend(_tokenize(folded, start, end))
        for begin, stop in _sentence_bounds(tokens, first):
            span = _stripped(text, tokens[begin].start, tokens[stop - 1].end)
            if span[0] < span[1]:
                sentences.append(Sentence(len(sentences), paragraph, *span, begin, stop))
    return Reading(text, folded, tuple(tokens), tuple(sentences))


def fold(text: str) -> str:
    """The text, as long as it was, with plain apostrophes and hyphens; what is not to be read becomes a space."""
    return _BLANKED.sub(" ", text.translate(_FOLD))


def is_english(text: str) -> bool:
    """Whether the text's first words hold enough English function words, and more of them than of other languages."""
    words = [match.group().lower() for match in _WORD.finditer(text[:20_000])]
    english = sum(word in _FUNCTION_WORDS for word in words)
    if english < sum(word in _FOREIGN_WORDS for word in words):
        return False
    if len(words) < SHORT_TEXT:
        return english > 0 or all(word.isascii() for word in words)
    return english / len(words) >= ENGLISH_SHARE


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


def _paragraphs(folded: str) -> Iterator[tuple[int, int]]:
    start = 0
    for gap in _PARAGRAPH.finditer(folded):
        if folded[start : gap.start()].strip():
            yield start, gap.start()
        start = gap.end()
    if folded[start:].strip():
        yield start, len(folded)


def _tokenize(folded: str, start: int, end: int) -> Iterator[Token]:
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


def _sentence_bounds(tokens: list[Token], first: int) -> Iterator[tuple[int, int]]:
    begin, at, last = first, first, len(tokens)
    while at < last:
        if at - begin >= LONGEST_SENTENCE:
            yield begin, at
            begin = at
        if not _may_end(tokens, begin, at):
            at += 1
            continue
        stop = at + 1
        while stop < last and tokens[stop].glued and tokens[stop].text in _CLOSERS:
            stop += 1
        if stop >= last or _may_begin(tokens[at], tokens[stop]):
            yield begin, stop
            begin = stop
        at = stop
    if begin < last:
        yield begin, last


def _may_end(tokens: list[Token], begin: int, at: int) -> bool:
    token = tokens[at]
    if token.text in _ENDS:
        before = tokens[at - 1] if at > begin else None
        if token.text != "." or before is None or not token.glued:
            return True
        return not (before.lower in abbreviations() or (len(before.text) == 1 and before.text.isupper()))
    return token.text.endswith(".") and len(token.text) > 1 and token.lower.rstrip(".") not in abbreviations()


def _may_begin(end: Token, following: Token) -> bool:
    if following.glued and following.text[0] not in "“‘\"'([":
        return False
    if end.text not in _ENDS and len(end.text) > 1:  # "the U.S. Army" goes on; "in the U.S. The army" does not
        return following.text[0] in '“"' or (following.text[0].isupper() and following.lower in _STARTERS)
    return not following.text[0].islower()


_PREFIXES = word_set("pipeline.prefixes")
_STARTERS = word_set("pipeline.starters")


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
