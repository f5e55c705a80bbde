"""Sentences with a parse written by hand: one word a line, `word=lemma POS TAG head label`, heads counted from 1."""

from __future__ import annotations

import spacy
from spacy.tokens import Doc, Span

_VOCAB = spacy.blank("en").vocab


def parsed(lines: str) -> Span:
    """The one sentence of a document made of such lines; a word without "=" is its own lemma, in lower case."""
    fields = [line.split() for line in lines.strip().splitlines()]
    words = [field[0].partition("=")[0] for field in fields]
    lemmas = [field[0].partition("=")[2] or word.lower() for field, word in zip(fields, words, strict=True)]
    heads = [int(field[3]) - 1 for field in fields]
    return Doc(
        _VOCAB,
        words=words,
        lemmas=lemmas,
        pos=[field[1] for field in fields],
        tags=[field[2] for field in fields],
        heads=[at if head < 0 else head for at, head in enumerate(heads)],
        deps=[field[4] for field in fields],
        sent_starts=[at == 0 for at in range(len(fields))],
    )[:]
