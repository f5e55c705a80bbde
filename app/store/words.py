"""What somebody looks for, read from what they typed, and where it stands in a text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 1000
"""Characters that a question may have."""

MOST_TERMS = 32
SHORTEST_PREFIX = 2

TOKEN = re.compile(r"[^\W_]+")
"""A word: what else a text has only parts words."""

_QUOTES = str.maketrans("“”„«»", '"' * 5)
_TYPED = re.compile(r'"(?P<phrase>[^"]*)"?(?P<star>\*)?|(?P<word>[^\s"]+)')


class UnusableWords(ValueError):
    """Nothing can be looked for with this; the message says why."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or several that stand side by side; with ``is_prefix`` the last may go on."""

    tokens: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Terms that must all be there."""

    terms: tuple[Term, ...]


def read_words(typed: str) -> Words:
    """Words, "phrases" in quotation marks and prefixes* from what somebody typed. All else only parts words.

    Raises `UnusableWords`.
    """
    if "\x00" in typed:
        raise UnusableWords("a NUL character is in no text")
    if len(typed) > LONGEST:
        raise UnusableWords(f"at most {LONGEST} characters can be looked for")
    typed = unicodedata.normalize("NFC", typed).translate(_QUOTES)
    terms = dict.fromkeys(term for found in _TYPED.finditer(typed) if (term := _term(found)))
    if not terms:
        raise UnusableWords("there is no letter and no digit in it to look for")
    if len(terms) > MOST_TERMS:
        raise UnusableWords(f"at most {MOST_TERMS} words can be looked for at once")
    return Words(tuple(terms))


def _term(found: re.Match[str]) -> Term | None:
    typed = found["word"] or found["phrase"] or ""
    tokens = tuple(TOKEN.findall(typed))
    if not tokens:
        return None
    is_prefix = bool(found["star"]) or (found["word"] is not None and typed.endswith("*"))
    if is_prefix and len(tokens[-1]) < SHORTEST_PREFIX:
        raise UnusableWords(f"{tokens[-1]}* would begin too many words: {SHORTEST_PREFIX} characters at least")
    return Term(tokens, is_prefix)


class _Folding(dict[int, str]):
    """Each character to one without case and diacritics, so that offsets stay."""

    def __missing__(self, point: int) -> str:
        parts = unicodedata.normalize("NFD", chr(point))
        plain = (parts[0] if all(map(unicodedata.combining, parts[1:])) else chr(point)).lower()
        self[point] = plain if len(plain) == 1 else chr(point)
        return self[point]


_FOLDING = _Folding()
_ASCII = bytes(range(128))

MANY = 16
"""From so many different characters on it is quicker to look at each place than for each character."""


def folded(text: str) -> str:
    """The text without case and diacritics, character for character."""
    if text.isascii():
        return text.lower()
    others = set(text.encode(errors="surrogatepass").translate(None, _ASCII).decode(errors="surrogatepass"))
    changed = [(other, plain) for other in others if (plain := _FOLDING[ord(other)]) != other]
    if len(changed) >= MANY:
        return text.translate(_FOLDING)
    for other, plain in changed:
        text = text.replace(other, plain)
    return text.lower()
