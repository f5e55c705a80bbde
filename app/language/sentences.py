"""Sentences: what they are, and where they end by rules alone, for texts that no model reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.language.tables import word_set
from app.language.tokens import Token, abbreviations, paragraphs, tokenize

LONGEST_SENTENCE = 400
"""Tokens after which a sentence is cut. The longest sentence of news has about 150."""

_CLOSERS = frozenset("\"'”’)]»")
_ENDS = frozenset({".", "!", "?", "…", "...", "?!", "!?"})
_STARTERS = word_set("pipeline.starters")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: characters ``[start, end)`` of the text, tokens ``[first, last)`` of the reading."""

    number: int
    paragraph: int
    start: int
    end: int
    first: int
    last: int


def sentences_by_rule(text: str, folded: str) -> tuple[tuple[Token, ...], tuple[Sentence, ...]]:
    """Tokens and sentences of any text; a blank line always ends a sentence. Never raises."""
    tokens: list[Token] = []
    sentences: list[Sentence] = []
    for paragraph, (start, end) in enumerate(paragraphs(folded)):
        first = len(tokens)
        tokens.extend(tokenize(folded, start, end))
        for begin, stop in _sentence_bounds(tokens, first):
            span = stripped(text, tokens[begin].start, tokens[stop - 1].end)
            if span[0] < span[1]:
                sentences.append(Sentence(len(sentences), paragraph, *span, begin, stop))
    return tuple(tokens), tuple(sentences)


def stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without white space at its ends."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


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
