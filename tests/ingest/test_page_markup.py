from datetime import date

import pytest
from lxml import html

from app.ingest.page_markup import LinkedArticle, decoded, linked_article


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("<p>Málaga</p>".encode(), None, "<p>Málaga</p>"),
        ("<p>Málaga</p>".encode("latin-1"), None, "<p>Málaga</p>"),
        ("<p>Málaga</p>".encode("latin-1"), "ISO-8859-1", "<p>Málaga</p>"),
        ("<p>“a”</p>".encode("cp1252"), "iso-8859-1", "<p>“a”</p>"),
        ("\ufeff<p>Málaga</p>".encode(), "windows-1251", "<p>Málaga</p>"),
        ("\ufeff<p>Málaga</p>".encode("utf-16-le"), None, "<p>Málaga</p>"),
        ("<p>Минск</p>".encode("utf-16-be"), "utf-16be", "<p>Минск</p>"),
        ("<meta charset=koi8-r><p>Минск</p>".encode("koi8-r"), None, "<meta charset=koi8-r><p>Минск</p>"),
        ("<meta charset=utf-16><p>Минск</p>".encode(), None, "<meta charset=utf-16><p>Минск</p>"),
        ("<meta charset='no such'><p>Минск</p>".encode(), "nor this", "<meta charset='no such'><p>Минск</p>"),
        (b"<meta charset=base64><p>a</p>", "hex", "<meta charset=base64><p>a</p>"),
        (b"<meta charset=undefined><p>a</p>", "idna", "<meta charset=undefined><p>a</p>"),
    ],
)
def test_pages_are_decoded_as_browsers_do(content: bytes, charset: str | None, text: str) -> None:
    assert decoded(content, charset) == text


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('{"@type": "NewsArticle", "headline": " A "}', LinkedArticle("A")),
        ('{"@type": ["Thing", "ReportageNewsArticle"], "publisher": "Post"}', LinkedArticle(outlet="Post")),
        ('[{"@type": "WebSite"}, {"@graph": [{"@type": "Article", "author": ["X", {"name": "Y"}]}]}]',
         LinkedArticle(authors=("X", "Y"))),
        ('{"@type": "Report", "datePublished": "2024-03-21T23:30-05:00"}', LinkedArticle(published=date(2024, 3, 21))),
        ('{"@type": "NewsArticle", "datePublished": "yesterday"}', LinkedArticle()),
        ('{"@type": "NewsArticle", "isAccessibleForFree": "False"}', LinkedArticle(paywalled=True)),
        ('{"@type": "LiveBlogPosting", "headline": 5}', LinkedArticle(live=True)),
        ('{"@type": "WebPage"}', None),
        ('"text"', None),
        ("[null, 1]", None),
        ("{", None),
        ("", None),
    ],
)  # fmt: skip
def test_json_ld_says_what_it_says(script: str, expected: LinkedArticle | None) -> None:
    tree = html.fromstring(f'<html><head><script type="application/ld+json">{script}</script></head><body/></html>')
    assert linked_article(tree) == expected
