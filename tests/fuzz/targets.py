"""Parsers of what strangers send: each takes any bytes, and either reads them or says in its own words why not."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import ValidationError

from app.api.filters import ArticleFilters, CommitmentFilters, EntityFilters, SearchFilters, StatementFilters
from app.api.pages import next_path, window
from app.domain.article import Article
from app.extraction.answer import read_answer
from app.extraction.chat import NotReadable
from app.extraction.grounding import grounded
from app.ingest.archives import UnreadableArchive, pages_of_warc
from app.ingest.feeds import NotAFeed, read_feed
from app.ingest.files import RawRecord, read_raw
from app.ingest.html import read_html
from app.ingest.records import Record, read_records
from app.ingest.submission import BadField
from app.ingest.text import NotAnArticle, normalise
from app.settings import shipped
from app.store import queries, tables
from app.store.database import Database
from app.store.position import ForeignPosition
from app.store.queries import Window

URL = "https://bay.example/1"
TEXT = "Fiji and Peru agreed on Monday to train their navies together, Minister Ada Brandt of Fiji said."


@dataclass(frozen=True, slots=True)
class Target:
    """A parser: raises nothing, whatever the bytes, unless it is at fault. ``examples`` are well-formed inputs."""

    name: str
    parse: Callable[[bytes], None]
    examples: list[bytes] = field(default_factory=list)


def _sound(article: Article) -> None:
    """What everything behind relies on: words, in order, that every database and JSON can keep."""
    assert article.text.strip()
    assert normalise(article.text) == article.text
    article.text.encode("utf-8")
    article.title.encode("utf-8")


def front_matter(content: bytes) -> None:
    """A Markdown file, and the same bytes as a plain text."""
    for kind in ("markdown", "text"):
        found = read_raw(RawRecord(Path("a.md"), 1, kind, content))
        if isinstance(found, Record):
            _sound(found.article)


def cursors(content: bytes) -> None:
    """A cursor that comes back."""
    request = _request("/articles", b"limit=5")
    try:
        part = window(request, 5, content.decode("latin-1"))
    except ForeignPosition:
        return
    assert part.after is not None
    assert content.decode("latin-1").rstrip("=") in next_path(request, part.after)


def filters(content: bytes) -> None:
    """A query, read as each list reads its own, and what it asks of the store."""
    given: dict[str, object] = {}
    for name, value in parse_qsl(content.decode("latin-1"), keep_blank_values=True):
        held = given.get(name)
        given[name] = [*held, value] if isinstance(held, list) else [value]
    for model, table in (
        (ArticleFilters, tables.articles),
        (EntityFilters, tables.entities),
        (StatementFilters, tables.statements),
        (CommitmentFilters, tables.commitments),
        (SearchFilters, None),
    ):
        many = {name for name, about in model.model_fields.items() if "list" in str(about.annotation)}
        values = {
            name: value if name in many else value[-1] for name, value in given.items() if isinstance(value, list)
        }
        try:
            asked = model.model_validate(values)
        except ValidationError:
            continue
        if table is not None and not isinstance(asked, SearchFilters):
            with _empty_store().read() as connection:
                assert not queries.things(connection, table, asked.filters(), asked.sort, Window(5)).items


def feeds(content: bytes) -> None:
    """RSS, Atom or JSON Feed."""
    try:
        feed = read_feed(content, URL)
    except NotAFeed:
        return
    for entry in feed.entries:
        assert entry.url.startswith(("http://", "https://"))


def html(content: bytes) -> None:
    """A page, as bytes and as the text of a request."""
    for page in (content, content.decode("utf-8", "surrogateescape")):
        try:
            _sound(read_html(page, URL))
        except (NotAnArticle, BadField):
            continue


def json_lines(content: bytes) -> None:
    """Records as they are, and cleaned."""
    for found in read_records(io.BytesIO(content), "a.jsonl"):
        if isinstance(found, Record):
            cleaned = read_raw(RawRecord(Path("a.jsonl"), found.line, "json", content.splitlines()[found.line - 1]))
            if isinstance(cleaned, Record):
                _sound(cleaned.article)


def warc(content: bytes) -> None:
    """A web archive, and the pages in it."""
    with tempfile.NamedTemporaryFile(suffix=".warc") as file:
        file.write(content)
        file.flush()
        try:
            for number, url, page in pages_of_warc(Path(file.name)):
                found = read_raw(RawRecord(Path("a.warc"), number, "html", page, url))
                if isinstance(found, Record):
                    _sound(found.article)
        except UnreadableArchive:
            return


def llm_answers(content: bytes) -> None:
    """What a language model answers: what is kept of it stands in the text."""
    try:
        answer = read_answer(content.decode("utf-8", "surrogateescape"))
    except NotReadable:
        return
    article = Article(TEXT, "Navies to train")
    grounded(article, answer, "llm/fuzz 1").check(article.text)


@cache
def _empty_store() -> Database:
    database = Database(f"sqlite:///{tempfile.mkdtemp(prefix='entente-fuzz-')}/store.db", shipped("migrations"))
    database.migrate()
    return database


def _request(path: str, query: bytes) -> Request:
    return Request({"type": "http", "method": "GET", "path": path, "query_string": query, "headers": [], "app": None})


_ANSWER = b"""{"entities": [
 {"name": "Fiji", "type": "country", "country": "FJ", "mentions": [{"quote": "Fiji", "form": "name"}], "roles": []},
 {"name": "Peru", "type": "country", "country": "PE", "mentions": [{"quote": "Peru", "form": "name"}], "roles": []},
 {"name": "Ada Brandt", "type": "person", "country": "FJ", "mentions": [{"quote": "Ada Brandt", "form": "name"}],
  "roles": [{"title": "Minister", "organization": null, "country": "FJ"}]}],
 "statements": [{"speakers": [{"quote": "Ada Brandt", "entity": "Ada Brandt"}], "cue": "said",
  "content": ["Fiji and Peru agreed on Monday to train their navies together"]}],
 "commitments": [{"evidence": ["agreed on Monday to train their navies together"], "action": "agreed", "object": null,
  "stage": "agreed", "form": "military", "negated": false, "one_way": false, "parties": [
  {"entity": "Fiji", "country": "FJ", "role": "party"}, {"entity": "Peru", "country": "PE", "role": "party"}],
  "speakers": [], "confidence": 0.9}]}"""

_PAGE = (
    b"<html lang=en><head><title>Navies to train | Bay News</title><link rel=canonical href='https://bay.example/1'>"
    b"<meta property='article:published_time' content='2025-01-05'><script type='application/ld+json'>"
    b'{"@type": "NewsArticle", "headline": "Navies to train", "datePublished": "2025-01-05", "author": [{"name": "A"}]}'
    b"</script></head><body><article><h1>Navies to train</h1><p>"
    + TEXT.encode()
    + b"</p><p>"
    + TEXT.encode() * 3
    + b"</p></article></body></html>"
)

_RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + _PAGE
_WARC = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://bay.example/1\r\nWARC-Date: 2025-01-05T00:00:00Z\r\n"
    b"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
    b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%b\r\n\r\n"
) % (len(_RESPONSE), _RESPONSE)

_RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Bay News</title><link>https://bay.example/</link>
<item><title>Navies</title><link>/1</link><pubDate>Sun, 05 Jan 2025 09:00:00 GMT</pubDate></item></channel></rss>"""
_ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Bay</title><entry><title>N</title><link href="/1"/>
<updated>2025-01-05T09:00:00Z</updated></entry></feed>"""
_JSON_FEED = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "Bay", "home_page_url": "https://bay.example",
"items": [{"id": "1", "url": "/1", "title": "N", "date_published": "2025-01-05T09:00:00Z"}]}"""

_FRONT = f"---\ntitle: Navies to train\nsource: Bay News\npublished: 2025-01-05\nurl: {URL}\n---\n\n# Talks\n\n{TEXT}\n"
_LINE = f'{{"id": 1, "title": "Navies", "text": "{TEXT}", "source": "Bay News", "published": "2025-01-05"}}\n'
_FILTERS = (
    b"source=Bay+News&language=en&published_from=2024-01-01&published_to=2025-12-31&entity=fiji&q=train+%22their+nav%22*"
    b"&between=FJ,PE&country=FJ&party=fiji&stage=agreed&form=military&cameo=05&negated=false&min_confidence=0.5"
    b"&date_from=2025-01-01&speaker=ada-brandt&sort=-published"
)


def _cursor() -> bytes:
    following = next_path(_request("/articles", b"limit=5"), ["2025-01-05", "2025-01-05-navies"])
    return following.partition("cursor=")[2].encode()


TARGETS = [
    Target("front matter", front_matter, [_FRONT.encode(), _FRONT.encode("utf-16"), TEXT.encode()]),
    Target("cursors", cursors, [_cursor()]),
    Target("filters", filters, [_FILTERS, b"q=navies", b"source=Bay+News&sort=ingested_at", b"type=person&country=FJ"]),
    Target("feeds", feeds, [_RSS, _ATOM, _JSON_FEED]),
    Target("HTML", html, [_PAGE]),
    Target("JSONL", json_lines, [_LINE.encode() * 2, b'{"html": "<p>x</p>", "url": "https://bay.example"}\n']),
    Target("WARC", warc, [_WARC, _WARC * 2]),
    Target("LLM answers", llm_answers, [_ANSWER, b"```json\n" + _ANSWER + b"\n```"]),
]
