"""The paragraphs of an extracted page, and whether they are an article at all."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml.etree import _Element
from lxml.html import HtmlElement

from app.ingest.text import NotAnArticle, folded, reads_like_text

TABLE = Path(__file__).with_name("not_articles.toml")
FEWEST_TEASERS = 3
"""Paragraphs that introduce other pages, from which on a page can be an index."""

_BLOCKS = ("p", "head", "list", "item", "quote", "table", "div", "code")


@dataclass(frozen=True, slots=True)
class Wall:
    """One row of the table: what a page shows instead of an article."""

    name: str
    reason: str
    pattern: re.Pattern[str]
    examples: tuple[str, ...]


@cache
def walls() -> tuple[Wall, ...]:
    """Read the table."""
    rows = tomllib.loads(TABLE.read_text("utf-8"))["wall"]
    return tuple(
        Wall(row["name"], row["reason"], re.compile(row["pattern"], re.IGNORECASE), tuple(row["examples"]))
        for row in rows
    )


def paragraphs(body: _Element) -> Iterator[str]:
    """Yield the paragraphs of trafilatura's tree: its blocks in order, a list's items and a table's rows each one."""
    yield from _text_and_blocks(body)


def require_article(page: HtmlElement, found: Sequence[str]) -> None:
    """Raise `NotAnArticle` where the paragraphs found on a page are a wall's or teasers for other pages."""
    letters = sum(map(len, found))
    for wall in walls():
        if sum(len(paragraph) for paragraph in found if wall.pattern.search(paragraph)) * 2 > letters:
            raise NotAnArticle(wall.reason)
    texts = [folded(paragraph) for paragraph in found if reads_like_text(paragraph)]
    teasers = _teasers(page)
    introduced = sum(text in teasers for text in texts)
    if introduced >= FEWEST_TEASERS and introduced * 2 >= len(texts):
        raise NotAnArticle(f"an index page: {introduced} of its {len(texts)} paragraphs introduce other pages")


def _teasers(page: HtmlElement) -> frozenset[str]:
    """Collect the paragraphs that stand beside a heading which is a link."""
    beside = page.xpath("//*[self::h1 or self::h2 or self::h3 or self::h4][a or parent::a]/..")
    boxes = (box.getparent() if box.tag == "a" else box for box in beside)
    return frozenset(
        folded(teaser.text_content()) for box in boxes if box is not None for teaser in box.xpath("p|div/p")
    )


def _text_and_blocks(element: _Element) -> Iterator[str]:
    """Yield what stands in an element outside of its blocks, as paragraphs, and what stands in them."""
    words = [_flat(element.text)]
    for child in element:
        if child.tag in _BLOCKS:
            yield from _paragraph(words)
            yield from _block(child)
            words = [_flat(child.tail)]
        else:
            words.append("\n" if child.tag == "lb" else _flat("".join(child.itertext())))
            words.append(_flat(child.tail))
    yield from _paragraph(words)


def _block(element: _Element) -> Iterator[str]:
    if element.tag == "table":
        for row in element.iterchildren("row"):
            yield from _row(row)
    else:
        yield from _text_and_blocks(element)


def _row(row: _Element) -> Iterator[str]:
    """Yield a row as one paragraph; of a table that lays out the page, the cells that hold a sentence."""
    cells = [list(_text_and_blocks(cell)) for cell in row.iterchildren("cell")]
    if any(len(cell) > 1 for cell in cells):
        for cell in cells:
            if any(map(reads_like_text, cell)):
                yield from cell
    else:
        yield " | ".join(paragraph for cell in cells for paragraph in cell)


def _paragraph(words: Sequence[str]) -> Iterator[str]:
    """Yield the paragraphs of what stands between blocks: a line break is one, two make a new paragraph."""
    lines = "\n".join(" ".join(line.split()) for line in "".join(words).split("\n"))
    yield from filter(None, (paragraph.strip() for paragraph in re.split(r"\n{2,}", lines)))


def _flat(words: str | None) -> str:
    """Make spaces of the line breaks of the page's source, which mean nothing; those shown are elements."""
    return (words or "").replace("\n", " ")
