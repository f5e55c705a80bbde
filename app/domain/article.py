"""An article as it was published, and the outlets that published it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

WORDS_A_MINUTE = 230
"""Silent reading speed of English non-fiction by adults (Brysbaert 2019: 238 words a minute), rounded down."""


SLUG_LENGTH = 32
"""Characters of a title in a slug, at most; whole words."""


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet that carried the article."""

    name: str
    home_page: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """What the extraction reads. ``text`` is plain, its paragraphs separated by one blank line."""

    text: str
    title: str = ""
    summary: str | None = None
    published: date | None = None
    sources: tuple[Source, ...] = ()
    language: str = "en"

    @property
    def content_hash(self) -> str:
        """SHA-256 of the text with compatibility forms and runs of white space folded: the same for the same words."""
        return _hash_of(self.text)

    @property
    def word_count(self) -> int:
        """Words separated by white space."""
        return len(self.text.split())

    @property
    def reading_minutes(self) -> int:
        """Minutes to read it silently, at least one."""
        return max(1, round(self.word_count / WORDS_A_MINUTE))

    @property
    def slug(self) -> str:
        """Date and title words, in ASCII; ``article`` and six digits of the content hash where it has neither."""
        day = [self.published.isoformat()] if self.published else []
        words = _title_words(self.title)
        return "-".join([*day, *words]) or f"article-{self.content_hash[:6]}"


def _title_words(title: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", folded)
    while len("-".join(words)) > SLUG_LENGTH:
        words.pop()
    return words


@lru_cache(maxsize=4)
def _hash_of(text: str) -> str:
    """The hash of a text; the latest are kept, since the id of every fact of an article asks for it."""
    folded = " ".join(unicodedata.normalize("NFKC", text).split())
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()
