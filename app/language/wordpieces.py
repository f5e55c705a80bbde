"""Words to what the encoder reads: word pieces, and the shape of each word's letters.

The encoder's vocabulary is lower-case, so whether a word was capitalised is told by its shape. Training and reading
share this module: what one sees, the other sees.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SHAPES = ("lower", "title", "upper", "initial", "mixed", "digits", "marks", "bound")
"""What a word's letters look like; ``bound`` is for the pieces that open and close a window."""

LONGEST_WORD = 12
"""Pieces of a word that are read; news has words of up to 9, longer runs are addresses and noise."""

LONGEST_RUN = 100
"""Letters of a word that are read: what BERT takes for a word at most."""

Int = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Pieces:
    """A window for the encoder: ``ids`` and ``shapes`` by piece, the bounds included; ``first``, ``last`` by word."""

    ids: Int
    shapes: Int
    first: Int
    last: Int


def shape_of(word: str) -> int:
    """The number in `SHAPES` of a word's shape."""
    letters = [c for c in word if c.isalpha()]
    if any(c.isdigit() for c in word):
        return 5
    if not letters:
        return 6
    if all(not c.isupper() for c in letters):
        return 0
    if all(c.isupper() for c in letters):
        return 3 if len(letters) == 1 else 2
    return 1 if word[0].isupper() and not any(c.isupper() for c in letters[1:]) else 4


class WordPieces:
    """Cuts words into pieces of the encoder's vocabulary, as BERT's uncased models do (Devlin et al. 2019).

    Lower case, no accents, marks apart, then the longest piece that fits, over and over. Remembers words it has seen.
    """

    def __init__(self, vocabulary: Path, remembered: int = 20_000) -> None:
        """Read the vocabulary, a piece a line; raises `ValueError` where a special piece is missing."""
        pieces = vocabulary.read_text(encoding="utf-8").splitlines()
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        self._remembered = remembered
        self._known: dict[str, tuple[int, ...]] = {}
        missing = [piece for piece in ("[CLS]", "[SEP]", "[UNK]", "[MASK]") if piece not in self._ids]
        if missing:
            raise ValueError(f"{vocabulary} lacks {', '.join(missing)}")
        self.open, self.close = self._ids["[CLS]"], self._ids["[SEP]"]
        self.unknown, self.mask = self._ids["[UNK]"], self._ids["[MASK]"]

    def __contains__(self, word: object) -> bool:
        """Whether a word in lower case is a piece by itself."""
        return word in self._ids

    def of_word(self, word: str) -> tuple[int, ...]:
        """The pieces of a word, at least one, at most `LONGEST_WORD`."""
        known = self._known.get(word)
        if known is None:
            ids = [piece for run in _runs(word[:LONGEST_RUN]) for piece in self._greedy(run)]
            known = tuple(ids[:LONGEST_WORD]) or (self.unknown,)
            if len(self._known) >= self._remembered:
                self._known.clear()
            self._known[word] = known
        return known

    def _greedy(self, run: str) -> list[int]:
        found: list[int] = []
        start = 0
        while start < len(run):
            prefix = "##" if start else ""
            end = next((e for e in range(len(run), start, -1) if prefix + run[start:e] in self._ids), start)
            if end == start:
                return [self.unknown]
            found.append(self._ids[prefix + run[start:end]])
            start = end
        return found

    def window(self, words: Sequence[str]) -> Pieces:
        """One window of words, between the pieces that open and close it."""
        ids, shapes, first, last = [self.open], [SHAPES.index("bound")], [], []
        for word in words:
            pieces = self.of_word(word)
            first.append(len(ids))
            ids.extend(pieces)
            shapes.extend([shape_of(word)] * len(pieces))
            last.append(len(ids) - 1)
        ids.append(self.close)
        shapes.append(SHAPES.index("bound"))
        return Pieces(*(np.asarray(row, dtype=np.int64) for row in (ids, shapes, first, last)))


def _runs(word: str) -> Iterator[str]:
    """The word in lower case without accents, every mark and ideograph apart."""
    run = ""
    for letter in unicodedata.normalize("NFD", word.lower()):
        category = unicodedata.category(letter)
        if category == "Mn" or category[0] == "C":
            continue
        if _stands_alone(letter, category):
            if run:
                yield run
            yield letter
            run = ""
        else:
            run += letter
    if run:
        yield run


def _stands_alone(letter: str, category: str) -> bool:
    mark = category[0] == "P" or (letter.isascii() and not letter.isalnum())
    return mark or "\u4e00" <= letter <= "\u9fff" or "\u3400" <= letter <= "\u4dbf"
