"""What an HTML page says of itself in marks that readers do not see: encoding, schema.org in JSON-LD, OpenGraph."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import orjson
from lxml.html import HtmlElement

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_LATIN = frozenset({"iso8859-1", "ascii"})
_ARTICLE = re.compile(r"(?:\w*Article|LiveBlogPosting|Report|AnalysisNewsArticle)$")
_PAYWALLED = (False, "False", "false", "http://schema.org/False", "https://schema.org/False")


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """What JSON-LD says of the article (schema.org/NewsArticle and its kin)."""

    headline: str | None = None
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    paywalled: bool = False
    live: bool = False


def decoded(content: bytes, charset: str | None = None) -> str:
    """Decode a page as browsers do: byte order mark, then the charset of the HTTP header, then the page's own.

    Latin-1 means Windows-1252 (WHATWG Encoding Standard, 4.2); bytes that are wrong there become U+FFFD.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    declared = _DECLARED.search(content[:4096])
    for label in (charset, declared and declared.group(1).decode("ascii", "replace")):
        known = _known(label) if label else None
        if known and (label is charset or not known.startswith("utf-16")):  # where its label could be read, it is not
            return content.decode(known, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("windows-1252", "replace")


def linked_article(tree: HtmlElement) -> LinkedArticle | None:
    """Read what JSON-LD says of the page's article: the first of an article's type, None where there is none."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            content = orjson.loads(script.text or "")
        except orjson.JSONDecodeError:
            continue  # half the web's JSON-LD has commas too many; the page's other marks still stand
        for node in _nodes(content):
            if any(_ARTICLE.search(kind) for kind in _strings(node.get("@type"))):
                return _linked(node)
    return None


def meta(tree: HtmlElement, *names: str) -> str | None:
    """Give the content of the first ``meta`` element of one of the names, ``og:`` and the like among them."""
    for name in names:
        for content in tree.xpath("//meta[@property=$name or @name=$name]/@content", name=name):
            if words := str(content).strip():
                return words
    return None


def day(given: object) -> date | None:
    """Read the day of an ISO 8601 date and time; None where it is none."""
    try:
        return datetime.fromisoformat(given.strip()).date() if isinstance(given, str) else None
    except ValueError:
        return None


def _known(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
        b"a.".decode(name, "replace")  # hex, idna and their like are codecs and no encodings of pages
    except (LookupError, ValueError):
        return None
    return "windows-1252" if name in _LATIN else name


def _nodes(content: object) -> Iterator[Mapping[str, object]]:
    """Yield the objects at the top of JSON-LD: of an array, and of a ``@graph``."""
    for item in content if isinstance(content, list) else [content]:
        if isinstance(item, dict):
            yield item
            yield from (node for node in _list(item.get("@graph")) if isinstance(node, dict))


def _linked(node: Mapping[str, object]) -> LinkedArticle:
    return LinkedArticle(
        headline=next(_strings(node.get("headline")), None),
        outlet=next(_names(node.get("publisher")), None),
        authors=tuple(_names(node.get("author"))),
        published=day(node.get("datePublished")),
        live="LiveBlogPosting" in _strings(node.get("@type")),
        paywalled=node.get("isAccessibleForFree", True) in _PAYWALLED,
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _strings(value: object) -> Iterator[str]:
    yield from (item.strip() for item in _list(value) if isinstance(item, str) and item.strip())


def _names(value: object) -> Iterator[str]:
    for item in _list(value):
        yield from _strings(item.get("name") if isinstance(item, dict) else item)
