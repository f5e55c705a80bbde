"""Where quoted words stand in a text: the one place that locates quotes.

Who quotes by hand or by machine keeps the words and not always the typography. So white space, the style of quotation
marks and dashes, invisible characters and the way in which accents are composed do not count; the letters and their
case do. The spans that come out are exact.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from app.domain.evidence import Span

_PIECE = re.compile(r"\s+|``|''|.", re.DOTALL)
_MARKS = dict.fromkeys("\"'`´“”„‟«»‹›‘’‚‛′″ʼ", '"') | {"``": '"', "''": '"'}
_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
_FOLDED = _MARKS | _DASHES | {"…": "..."}
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_OUTER = ' ".,;:!?'
"""What may stand around a quote without being part of it."""


class Quotes:
    """A text, ready to have quotes located in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._folded, self._places = _fold(text)
        self._found: dict[str, list[Span]] = {}

    def every(self, quote: str) -> list[Span]:
        """Each place where the quote stands as whole words, in the order of the text, none overlapping another."""
        if quote not in self._found:
            places = (list(self._at(wanted)) for wanted in _wordings(quote))
            self._found[quote] = next(filter(None, places), [])
        return self._found[quote]

    def nearest(self, quote: str, to: int) -> Span | None:
        """The place where the quote stands that begins nearest to the offset ``to``; None where it stands nowhere."""
        return min(self.every(quote), key=lambda span: abs(span.start - to), default=None)

    def inside(self, quote: str, spans: Iterable[Span]) -> Span | None:
        """The first place of the quote within one of the spans; None where none holds it."""
        around = list(spans)
        held = (span for span in self.every(quote) if any(a.start <= span.start and span.end <= a.end for a in around))
        return next(held, None)

    def _at(self, wanted: str) -> Iterator[Span]:
        start = self._folded.find(wanted)
        while start >= 0:
            end = start + len(wanted)
            whole = not _within_word(self._folded, start) and not _within_word(self._folded, end)
            if whole:
                yield Span.of(self._text, self._places[start][0], self._places[end - 1][1])
            start = self._folded.find(wanted, end if whole else start + 1)


def same_words(one: str) -> str:
    """What two spellings of a name or a quote have in common that differ in typography or case only."""
    return _fold(one)[0].strip(_OUTER).casefold()


def _wordings(quote: str) -> Iterator[str]:
    """The quote folded; then without the marks around it, where that is something else. Words must be left."""
    folded = _fold(quote)[0].strip()
    if any(character.isalnum() for character in folded):
        yield folded
        if (bare := folded.strip(_OUTER)) != folded:
            yield bare


def _fold(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text with its typography evened out, and for each character the offsets in the text that it stands for."""
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for match in _PIECE.finditer(text):
        piece, place = match.group(), match.span()
        if piece in _INVISIBLE:
            continue
        if unicodedata.combining(piece[0]) and letters:
            composed = unicodedata.normalize("NFC", letters[-1] + piece)
            if len(composed) == 1:
                letters[-1], places[-1] = composed, (places[-1][0], place[1])
                continue
        folded = " " if piece.isspace() else _FOLDED.get(piece) or unicodedata.normalize("NFC", piece)
        letters.extend(folded)
        places.extend([place] * len(folded))
    return "".join(letters), places


def _within_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()
