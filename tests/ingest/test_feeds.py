from datetime import date
from pathlib import Path

import orjson
import pytest

from app.ingest.feeds import LONGEST_FEED, Entry, NotAFeed, poll, read_feed
from app.ingest.fetch import FetchFailed, Validators
from tests.ingest.site import answer, fetcher, served

URL = "https://post.example/feeds/world"
FIRST = Entry("https://post.example/a", "Norway & Latvia open a range", date(2019, 3, 4))
SECOND = Entry("https://post.example/b", "Crews train")

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Nordic Post</title><link>https://post.example/</link>
<item><title>Norway &amp; Latvia open a range</title><link> /a </link>
<pubDate>Mon, 04 Mar 2019 10:00:00 GMT</pubDate></item>
<item><title>Crews train</title><guid isPermaLink="true">https://post.example/b</guid></item>
<item><title>Again</title><link>https://post.example/a</link></item>
<item><title>No address</title></item>
<item><title>Inwards</title><link>file:///etc/passwd</link></item>
<item><title>Script</title><link>javascript:alert(1)</link></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Nordic Post</title><link href="https://post.example/"/>
<entry><title>Norway &amp; Latvia open a range</title><link href="/a"/>
<published>2019-03-04T10:00:00Z</published></entry>
<entry><title>Crews train</title><link rel="alternate" href="https://post.example/b"/></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Nordic Post</title>
<link>https://post.example/</link></channel><item><title>Norway &amp; Latvia open a range</title><link>/a</link>
<dc:date>2019-03-04</dc:date></item><item><title>Crews train</title><link>https://post.example/b</link></item></rdf:RDF>"""
JSON = orjson.dumps(
    {"version": "https://jsonfeed.org/version/1.1", "title": "Nordic Post", "home_page_url": "https://post.example/",
     "items": [{"id": "1", "url": "/a", "title": "Norway & Latvia  open a range", "date_published": "2019-03-04"},
               {"id": "https://post.example/b", "title": "Crews train"}, {"id": "", "url": 5}, "no item",
               {"external_url": "https://post.example/a"}]}
)  # fmt: skip


@pytest.mark.parametrize("content", [RSS, ATOM, RDF, JSON, b"\xef\xbb\xbf" + JSON, b"\n" + RSS], ids=str)
def test_feeds_of_every_kind_name_their_articles(content: bytes) -> None:
    feed = read_feed(content, URL)
    assert (feed.title, feed.home_page) == ("Nordic Post", "https://post.example/")
    assert feed.entries == (FIRST, SECOND)


def test_the_charset_of_the_header_counts() -> None:
    latin = RSS.replace(b"Crews train", "Málaga".encode("latin-1"))
    assert read_feed(latin, URL, "iso-8859-1").entries[1].title == "Málaga"


def test_a_broken_feed_gives_what_stands_before_the_fault() -> None:
    assert read_feed(RSS[: RSS.index(b"<item><title>Again")], URL).entries == (FIRST, SECOND)


def test_an_endless_feed_ends() -> None:
    items = b"".join(b"<item><link>/%d</link></item>" % i for i in range(LONGEST_FEED + 500))
    assert len(read_feed(b"<rss version='2.0'><channel>" + items + b"</channel></rss>", URL).entries) == LONGEST_FEED


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "neither RSS nor Atom nor JSON Feed"),
        (b"<html><body><p>Norway</p></body></html>", "neither RSS"),
        (b"<html><head><link rel='alternate' type='application/rss+xml' href='/rss'></head></html>",
         "its feed is at https://post.example/rss"),
        (b'{"version": 1}', "no JSON Feed"),
        (b"{}", "no JSON Feed"),
        (b"{", "not JSON"),
        (b"\x00\x01\x02", "neither RSS"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(NotAFeed, match=reason):
        read_feed(content, URL)


def test_the_name_of_a_file_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "secret.xml").write_bytes(RSS)
    with pytest.raises(NotAFeed):
        read_feed(str(tmp_path / "secret.xml").encode(), URL)


def test_neither_files_nor_bombs_come_in_as_entities(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret words")
    outside = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{tmp_path}/secret.txt">]>'.encode()
    laughs = b"<!DOCTYPE r [<!ENTITY x0 'ha'>" + b"".join(
        b"<!ENTITY x%d '%s'>" % (i + 1, b"&x%d;" % i * 10) for i in range(9)
    )
    for start, name in ((outside, b"x"), (laughs + b"]>", b"x9")):
        feed = start + RSS.removeprefix(b'<?xml version="1.0"?>').replace(b"Crews train", b"&" + name + b";")
        titles = [entry.title for entry in read_feed(feed, URL).entries]
        assert "secret words" not in titles
        assert sum(map(len, titles)) < 1000


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_a_feed_is_asked_for_only_what_is_new() -> None:
    feed = answer(RSS, kind="application/rss+xml", headers={"ETag": '"1"', "Last-Modified": "yesterday"})
    async with served({"/feed": feed}) as site, fetcher(site) as fetch:
        url = f"http://post.example:{site.port}/feed"
        first = await poll(fetch, url)
        assert first.feed
        assert first.feed.entries[0].url == f"http://post.example:{site.port}/a"
        assert first.validators == Validators('"1"', "yesterday")
        site.answers["/feed"] = answer(status="304 Not Modified")
        second = await poll(fetch, url, first.validators)
    assert (second.feed, second.validators) == (None, first.validators)
    assert 'If-None-Match: "1"' in site.requests[-1]


@pytest.mark.anyio
async def test_a_feed_that_is_gone_says_so() -> None:
    async with served({"/feed": answer(status="410 Gone")}) as site, fetcher(site) as fetch:
        with pytest.raises(FetchFailed, match="answered 410"):
            await poll(fetch, f"http://post.example:{site.port}/feed")
