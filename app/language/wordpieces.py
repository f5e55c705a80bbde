"""Words to what the encoder reads: word pieces, and the shape of each word's letters.

The encoder's vocabulary is lower-case, so whether a word was capitalised is told by its shape. Training and reading
share this module: what one sees, the other sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SHAPES = ("lower", "title", "upper", "initial", "mixed", "digits", "marks", "bound")
"""What a word's letters look like; ``bound`` is for the pieces that open and close a window."""

LONGEST_WORD = 12
"""Pieces of a word that are read; news has words of up to 9, longer runs are addresses and noise."""

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
    """Cuts words into pieces of the encoder's vocabulary, remembering those seen."""

    def __init__(self, path: Path, remembered: int = 100_000) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._remembered = remembered
        self._known: dict[str, tuple[int, ...]] = {}
        self.open = self._id("[CLS]")
        self.close = self._id("[SEP]")
        self.unknown = self._id("[UNK]")
        self.mask = self._id("[MASK]")

    def _id(self, piece: str) -> int:
        number = self._tokenizer.token_to_id(piece)
        if number is None:
            raise ValueError(f"the vocabulary lacks {piece}")
        return int(number)

    def of_word(self, word: str) -> tuple[int, ...]:
        """The pieces of a word, at least one, at most `LONGEST_WORD`."""
        known = self._known.get(word)
        if known is None:
            ids = self._tokenizer.encode(word, add_special_tokens=False).ids[:LONGEST_WORD]
            known = tuple(ids) or (self.unknown,)
            if len(self._known) >= self._remembered:
                self._known.clear()
            self._known[word] = known
        return known

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
