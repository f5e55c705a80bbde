from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from app.domain.article import Source
from app.ingest.html import read_html, read_page
from app.ingest.text import NotAnArticle

PAGES = Path(__file__).with_name("pages")
URL = "https://news.example/world/story-1?from=front"


@dataclass(frozen=True)
class Expected:
    title: str
    outlet: str
    published: date
    paragraphs: int
    first: str
    last: str
    authors: tuple[str, ...] = ()
    language: str = "en"


EXPECTED = {
    "jsonld_newsarticle": Expected(
        "Norway and Latvia agree on joint coast watch", "The Fjord Courier", date(2023, 5, 17), 5,
        "Norway and Latvia agreed on", "expect before the summer.", ("Ingrid Solberg",), "en-GB",
    ),
    "opengraph": Expected(
        "Envoys from Ghana and Togo reopen border talks", "Gulf Coast Wire", date(2022, 11, 3), 4,
        "Envoys from Ghana", "are to join them.", ("Kofi Mensah-Adjei",),
    ),
    "amp": Expected(
        "Chile lends Peru two fire planes", "Andes Daily", date(2024, 2, 9), 4,
        "Chile will lend", "separate decision in future.", ("Rosa Quispe",),
    ),
    "live_blog": Expected(
        "Live: Ministers of five states meet in Tbilisi", "Caucasus Ledger", date(2023, 9, 12), 11,
        "Transport ministers of five states", "for the first time.",
    ),
    "paywall_lead": Expected(
        "Finland and Estonia to buy mine hunters together", "Baltic Defence Letter", date(2024, 3, 21), 2,
        "Finland and Estonia will buy", "to be signed in May.",
    ),
    "wire_dateline": Expected(
        "Mongolia, Japan sign airport deal", "news.example", date(2021, 7, 5), 3,
        "ULAANBAATAR, July 5 (Steppe News Agency) -- Mongolia", "said in a statement.", ("B Tsetseg",),
    ),
    "tables": Expected(
        "Who gives what: four states pledge aid for Malawi", "Lakeside Herald", date(2023, 3, 28), 8,
        "Four states have pledged", "the middle of April.",
    ),
    "related_boxes": Expected(
        "Jordan and Cyprus to train rescue divers together", "Levant Observer", date(2022, 6, 14), 4,
        "Jordan and Cyprus will train", "the courses next year.",
    ),
    "headline_with_outlet": Expected(
        "Bhutan, Nepal plan shared weather station", "Himalaya Today", date(2023, 4, 22), 4,
        "Bhutan and Nepal intend", "both sides of the pass.",
    ),
    "image_captions": Expected(
        "Brazil hands Uruguay a rescue ship", "River Plate Journal", date(2024, 5, 30), 4,
        "Brazil handed a rescue ship", "text of the accord.", ("Lucía Ferreyra",), "en-US",
    ),
    "lists": Expected(
        "Five points of the accord between Qatar and Malta", "Island Gazette", date(2022, 2, 18), 6,
        "Qatar and Malta signed", "asked for a debate.",
    ),
    "windows_1252": Expected(
        "Málaga hosts talks of “two shores”", "news.example", date(2020, 10, 8), 4,
        "Spain and Tunisia opened talks in Málaga", "in the last year.",
    ),
    "invisible_characters": Expected(
        "Iceland and Greenland to map the sea floor", "North Sound", date(2023, 8, 1), 3,
        "Iceland and Greenland will map the sea floor between them together, the two", "ten years ago.",
    ),
    "line_breaks": Expected(
        "Kenya and Uganda share a lake patrol", "Lake Mirror", date(2021, 12, 6), 3,
        "Kenya and Uganda will patrol", "to the first patrol.", ("Achieng Odhiambo", "Moses Kato"),
    ),
    "non_english": Expected(
        "Le Sénégal et le Cap-Vert signent un accord de pêche", "La Gazette du Large", date(2023, 10, 2), 3,
        "Le Sénégal et le Cap-Vert", "loin des côtes.", language="fr",
    ),
}  # fmt: skip
REFUSED = {
    "paywall_stub": "behind a paywall: only 16 words",
    "cookie_wall": "cookie wall",
    "index_page": "an index page: 6 of its 6 paragraphs introduce other pages",
    "script_only": "run its scripts",
    "not_found": "nothing at its address",
}


def page(name: str) -> bytes:
    return (PAGES / f"{name}.html").read_bytes()


def test_every_saved_page_is_looked_at() -> None:
    assert {path.stem for path in PAGES.glob("*.html")} == set(EXPECTED) | set(REFUSED)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_article_on_the_page_is_found(name: str) -> None:
    expected = EXPECTED[name]
    article = read_html(page(name), URL)
    paragraphs = article.text.split("\n\n")
    assert article.title == expected.title
    assert article.published == expected.published
    assert article.language == expected.language
    assert article.sources == (Source(expected.outlet, "https://news.example/", URL),)
    assert len(paragraphs) == expected.paragraphs
    assert paragraphs[0].startswith(expected.first)
    assert paragraphs[-1].endswith(expected.last)
    assert read_page(page(name), URL).authors == expected.authors


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_a_page_without_an_article_is_refused_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(NotAnArticle, match=reason):
        read_html(page(name), URL)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("jsonld_newsarticle", "All rights reserved"),
        ("jsonld_newsarticle", "By Ingrid Solberg"),
        ("opengraph", "Cocoa prices"),
        ("amp", "Advertisement"),
        ("related_boxes", "mackerel"),
        ("related_boxes", "Storm keeps"),
        ("related_boxes", "new pilots"),
        ("related_boxes", "newsletter"),
        ("related_boxes", "Photo"),
        ("image_captions", "Photo"),
        ("wire_dateline", "Front page"),
        ("wire_dateline", "Enditem"),
        ("paywall_lead", "ubscri"),
        ("headline_with_outlet", "Read time"),
        ("headline_with_outlet", "HIMALAYA TODAY:"),
        ("invisible_characters", "\u00ad"),
    ],
)
def test_what_stands_around_the_article_is_left_out(name: str, words: str) -> None:
    assert words.encode() in page(name) or words in "\u00ad"
    assert words not in read_html(page(name), URL).text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("headline_with_outlet", "According to Himalaya Today, India has offered"),
        ("image_captions", '"It will save lives on both banks of the river," the commander'),
        ("lists", "\n\nMalta opens two schools of navigation to students from Qatar.\n\n"),
        ("tables", "\n\nSouth Africa | helicopters | 5 million dollars\n\n"),
        ("live_blog", "\n\nKazakhstan offers wagons\n\nThe minister from Kazakhstan has offered"),
        ("windows_1252", "the cost – some €40 million – evenly, and Tunisia’s minister"),
        ("invisible_characters", "À ship"),
        ("invisible_characters", "\u200fالبحر\u200e"),
    ],
)
def test_what_belongs_to_the_article_is_kept(name: str, words: str) -> None:
    assert words in read_html(page(name), URL).text


def test_the_description_of_the_page_is_the_summary() -> None:
    assert read_html(page("opengraph"), URL).summary == "A first round in Lomé dealt with markets and patrols."


def test_a_canonical_address_counts_on_its_own_host_only() -> None:
    own = "https://andesdaily.example/amp/chile-lends-peru-two-fire-planes"
    canonical = "https://andesdaily.example/chile-lends-peru-two-fire-planes"
    assert read_html(page("amp"), own).sources[0].url == canonical
    assert read_html(page("amp"), None).sources[0].url == canonical
    assert read_html(page("amp"), URL).sources[0].url == URL


def test_the_language_of_the_text_counts_where_the_page_names_another() -> None:
    assert read_html(page("opengraph").replace(b'lang="en"', b'lang="fr"'), URL).language == "en"
    assert read_html(page("non_english").replace(b'lang="fr"', b'lang="en"'), URL).language == "und"


@pytest.mark.parametrize(
    "markup",
    [
        "",
        " ",
        "\x00\x01",
        "no markup",
        "<html></html>",
        "<div>" * 50_000,
        "<p>\ud800</p>",
        "{}",
        "<?xml version='1.0'?>",
    ],
)
def test_what_is_no_page_is_no_article(markup: str) -> None:
    with pytest.raises(NotAnArticle):
        read_html(markup)


def test_broken_marks_do_not_hide_the_article() -> None:
    broken = page("jsonld_newsarticle").replace(b'"@type": "NewsArticle",', b'"@type": "NewsArticle",,')
    article = read_html(broken + b"</div></p><table>", URL)
    assert article.title == "Norway and Latvia agree on joint coast watch"
    assert article.published == date(2023, 5, 17)


def test_a_paragraph_of_a_million_characters_is_whole() -> None:
    long = "Crews of both states trained there " * 30_000 + "for a day."
    assert read_html(f"<html><body><article><h1>Crews train</h1><p>{long}</p></article></body></html>").text == long
