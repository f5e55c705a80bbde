"""From what a page or file holds to an article's plain text: characters put in order, furniture taken away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.article import Source
from app.ingest.furniture import dates, pieces

FEWEST_LETTERS = 15
"""A body with fewer letters holds no sentence: "Oslo and Riga met." has 14."""

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028]")
_LAYOUT_HINTS = re.compile("[\u00ad\u200b\u2060\ufeff]")
_NO_CHARACTERS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SENTENCE_END = re.compile(r"[.!?…。؟][\"'”’»)\]]*$")
_PLACES = frozenset({"anywhere"})


class NotAnArticle(ValueError):
    """What came in holds no article; ``reason`` says why in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CleanText:
    """An article's words without furniture; ``published`` is the day that the furniture named, if any."""

    title: str
    summary: str | None
    text: str
    published: date | None


def normalise(text: str) -> str:
    """Put the characters of a text in order without changing a visible one. Normalising again changes nothing.

    - Line ends of all systems become line feeds, a paragraph separator a blank line; paragraphs are separated by one
      blank line; blanks at line ends and around paragraphs go. No-break and other wide blanks inside lines stay.
    - Soft hyphens, zero-width spaces, word joiners and byte order marks go: they say where a line may break, belong
      to no word, and would split words for every reader of the text (search, extraction, comparison).
    - Zero-width joiners and non-joiners (spelling of Persian and other scripts) and all bidirectional marks (order of
      what is shown) stay where they are.
    - NULs, other control characters and lone surrogates, which neither databases nor JSON can be relied on to keep,
      each become U+FFFD, so that it stays visible that something was lost there.
    - The rest is put in Unicode normalisation form C (UAX #15).
    """
    text = _LINE_ENDS.sub("\n", text).replace("\u2029", "\n\n")
    text = _NO_CHARACTERS.sub("\ufffd", _LAYOUT_HINTS.sub("", text))
    text = unicodedata.normalize("NFC", text)
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return "\n\n".join(filter(None, (paragraph.strip() for paragraph in re.split(r"\n{2,}", lines))))


def one_line(text: str) -> str:
    """Normalised, with every run of white space folded to one space: titles and names."""
    return " ".join(normalise(text).split())


def clean(raw: str, title: str, sources: Sequence[Source] = ()) -> CleanText:
    """Tell the article's own words from page furniture: see ``furniture.toml``, and for the rest here.

    - A paragraph that only repeats the headline, with or without the outlet's name after it, goes.
    - A first paragraph that the outlet heads with its own name and a colon is the standfirst. The label goes; the
      words become ``summary``, and stay the first paragraph of ``text`` unless the text says them again, since
      evidence lies in ``text`` and a standfirst often states what no other sentence does.
    - "According to OUTLET, …" is a sentence like any other, and so are datelines ("OSLO, 4 March (Agency) -").

    Raises `NotAnArticle` where nothing but furniture is left.
    """
    title = one_line(title)
    names = [name for source in sources if (name := one_line(source.name))]
    paragraphs = normalise(raw).split("\n\n")
    paragraphs, published = _without_furniture(paragraphs, _headlines(title, names), names)
    summary = None
    if paragraphs and (labelled := _without_label(paragraphs[0], names)):
        summary = " ".join(labelled.split())
        repeated = folded(labelled) in folded("\n\n".join(paragraphs[1:]))
        paragraphs = paragraphs[1:] if repeated else [labelled, *paragraphs[1:]]
    text = "\n\n".join(paragraphs)
    require_text(text)
    return CleanText(title, summary, text, published)


def require_text(text: str) -> None:
    """Raise `NotAnArticle` where a body is empty or too short to hold a sentence."""
    letters = sum(map(str.isalpha, text[:1000]))
    if not letters:
        raise NotAnArticle("the body is empty: it holds no words besides headline and page furniture")
    if letters < FEWEST_LETTERS:
        raise NotAnArticle(f"the body is too short: {text[:40]!r} is no sentence")


def _without_furniture(
    paragraphs: Sequence[str], headlines: frozenset[str], names: Sequence[str]
) -> tuple[list[str], date | None]:
    """Keep the paragraphs that are text; take the first date of publication found in the others."""
    running = [
        i for i, paragraph in enumerate(paragraphs) if reads_like_text(paragraph) and folded(paragraph) not in headlines
    ]
    head_ends = running[1] if len(running) > 1 else len(paragraphs)
    foot_starts = running[-1] if running else -1
    kept: list[str] = []
    published: date | None = None
    for i, paragraph in enumerate(paragraphs):
        places = _PLACES | ({"head"} if i < head_ends else set()) | ({"foot"} if i > foot_starts else set())
        lines = paragraph.split("\n")
        for end in (0, -1):  # furniture stands in lines of its own above or below the words
            while lines and (gone := _furniture(lines[end], places, headlines, names)) is not None:
                published = published or next(dates(gone), None)
                del lines[end]
        if lines:
            kept.append("\n".join(lines).strip())
    return kept, published


def _furniture(
    line: str, places: frozenset[str], headlines: frozenset[str], names: Sequence[str]
) -> list[re.Match[str]] | None:
    if folded(line) in headlines:
        return []
    found = pieces(line, places, names)
    dated = [piece for piece in found or () if "year" in piece.groupdict()]
    return None if dated and not any(dates(dated)) else found


def reads_like_text(paragraph: str) -> bool:
    """Whether a paragraph reads like running text: it ends like a sentence, or is long."""
    return bool(_SENTENCE_END.search(paragraph)) or len(paragraph.split()) > 20


def _headlines(title: str, names: Sequence[str]) -> frozenset[str]:
    wholes = [title, *(f"{title} {name}" for name in names), *(f"{name} {title}" for name in names)]
    return frozenset(filter(None, map(folded, wholes))) if folded(title) else frozenset()


def _without_label(paragraph: str, names: Sequence[str]) -> str | None:
    for name in names:
        if match := re.match(rf"{re.escape(name)}\s*:\s*(?=\S)", paragraph, re.IGNORECASE):
            return paragraph[match.end() :]
    return None


def folded(text: str) -> str:
    """Reduce to the words alone, for comparison: case, punctuation and spacing folded."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))
