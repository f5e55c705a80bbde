"""RSS, Atom and JSON feeds: which articles an outlet has published.

RSS and Atom are read by feedparser, whose tolerance of what feeds really look like is not to be matched; JSON Feed is
a page of specification that feedparser's releases lack.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin, urlsplit

import feedparser
import orjson
from lxml import html

from app.ingest.fetch import FEEDS, Fetcher, Validators
from app.ingest.page_markup import day
from app.ingest.text import one_line

LONGEST_FEED = 1000
"""Entries: what comes after the first thousand is left out."""

_JSON_FEED = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/")
_DAMAGED = (ValueError, LookupError, AttributeError, TypeError, RecursionError)
"""What feedparser stumbles over: it means to read whatever comes, so it has no error of its own."""

_FEED_LINKS = (
    "//link[@rel='alternate'][contains(@type, 'rss') or contains(@type, 'atom') or contains(@type, 'feed')]/@href"
)


class NotAFeed(ValueError):
    """What came is no feed; ``reason`` says why in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Entry:
    """An article that a feed announces."""

    url: str
    title: str = ""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's outlet and entries, in the feed's order, each address once."""

    title: str
    home_page: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Polled:
    """What asking for a feed gave: the feed, None where nothing is new, and what to send along the next time."""

    feed: Feed | None
    validators: Validators


async def poll(fetcher: Fetcher, url: str, known: Validators | None = None) -> Polled:
    """Ask for a feed, unless nothing has changed since ``known``.

    Raises `FetchRefused`, `FetchFailed` and `NotAFeed`.
    """
    fetched = await fetcher.fetch(url, FEEDS, known)
    if fetched.content is None:
        kept = known or Validators()
        return Polled(None, Validators(fetched.validators.etag or kept.etag, kept.last_modified))
    return Polled(read_feed(fetched.content, fetched.url, fetched.charset), fetched.validators)


def read_feed(content: bytes, url: str, charset: str | None = None) -> Feed:
    """Read a feed fetched from ``url``, against which its addresses are resolved. Raises `NotAFeed`."""
    start = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    return _json_feed(content, url) if start.startswith(b"{") else _xml_feed(content, url, charset)


def _xml_feed(content: bytes, url: str, charset: str | None) -> Feed:
    headers = {"content-type": f"application/xml{f'; charset={charset}' if charset else ''}", "content-location": url}
    # A stream, never the bytes: those feedparser would take for the name of a file, and open it.
    try:
        parsed = feedparser.parse(io.BytesIO(content), response_headers=headers, sanitize_html=False)
    except _DAMAGED:
        raise NotAFeed("too damaged to be read as RSS or Atom") from None
    if not parsed.get("version"):
        raise NotAFeed(_instead(content, url) or "neither RSS nor Atom nor JSON Feed")
    entries = (
        Entry(link, one_line(entry.get("title", "")), _day_of(entry))
        for entry in parsed.entries
        if (link := _address(entry.get("link"), url))
    )
    channel = parsed.feed
    return Feed(one_line(channel.get("title", "")), _address(channel.get("link"), url), tuple(_distinct(entries)))


def _json_feed(content: bytes, url: str) -> Feed:
    try:
        feed = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise NotAFeed(f"not JSON: {error.msg}") from None
    if not isinstance(feed, dict) or not str(feed.get("version")).startswith(_JSON_FEED):
        raise NotAFeed("JSON, but no JSON Feed: its version is missing")
    items = feed.get("items")
    entries = (
        Entry(link, _words(item.get("title")), day(item.get("date_published")))
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict)
        and (link := _address(item.get("url") or item.get("external_url") or item.get("id"), url))
    )
    return Feed(_words(feed.get("title")), _address(feed.get("home_page_url"), url), tuple(_distinct(entries)))


def _distinct(entries: Iterable[Entry]) -> Iterator[Entry]:
    seen: set[str] = set()
    for entry in entries:
        if entry.url not in seen and len(seen) < LONGEST_FEED:
            seen.add(entry.url)
            yield entry


def _address(link: object, base: str) -> str | None:
    """Resolve a link to a web address; None where it is none."""
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        address = urljoin(base, link.strip())
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname else None


def _day_of(entry: Mapping[str, object]) -> date | None:
    when = entry.get("published_parsed") or entry.get("updated_parsed")
    return date(*when[:3]) if isinstance(when, tuple) else None


def _words(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _instead(content: bytes, url: str) -> str | None:
    """Say where a page names its feed."""
    try:
        links = html.fromstring(content).xpath(_FEED_LINKS)
    except (ValueError, html.etree.ParserError):
        return None
    found = [address for link in links if (address := _address(str(link), url))]
    return f"a page and no feed; it says that its feed is at {found[0]}" if found else None
