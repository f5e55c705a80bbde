"""Names as they sound, whatever way they were written over from another script."""

from __future__ import annotations

import re
import unicodedata

_SOUNDS = (
    (re.compile(r"ou|oo"), "u"),
    (re.compile(r"ee|ie|ey|iy|y|j"), "i"),
    (re.compile(r"kh|ch"), "h"),
    (re.compile(r"q|c(?!h)"), "k"),
    (re.compile(r"w"), "v"),
    (re.compile(r"(.)\1"), r"\1"),
    (re.compile(r"ka$"), "ko"),
    (re.compile(r"['-]"), ""),
)


def sound(word: str) -> str:
    """A word of a name with the differences between transliterations taken out ("Mousavi", "Musavi": one)."""
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower() or word.lower()
    for pattern, replacement in _SOUNDS:
        plain = pattern.sub(replacement, plain)
    return plain
