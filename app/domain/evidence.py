"""Where the article says it: spans of the article's text and the words that stand there."""

from __future__ import annotations

from dataclasses import dataclass


class EvidenceError(ValueError):
    """A span whose words are not what the text holds between its offsets."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Words of a text: half-open offsets ``[start, end)`` in Unicode code points, and the words themselves."""

    start: int
    end: int
    text: str

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Span:
        """Cut ``text[start:end]``; raises `EvidenceError` where the offsets do not lie inside the text."""
        if not 0 <= start < end <= len(text):
            raise EvidenceError(f"no words stand at {start} to {end} of a text of {len(text)} characters")
        return cls(start, end, text[start:end])

    def check(self, text: str) -> None:
        """Raise `EvidenceError` unless ``text[start:end]`` is this span's words."""
        found = text[self.start : self.end]
        whole = 0 <= self.start < self.end <= len(text)
        if not whole or found != self.text:
            raise EvidenceError(f"the text holds {found!r} at {self.start} to {self.end}, not {self.text!r}")


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """The words that state a commitment, and the number of the sentence they stand in (from 0)."""

    sentence: int
    span: Span
