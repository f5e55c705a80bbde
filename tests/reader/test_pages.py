"""Pages at the addresses of the resources: each shows what the interface answers there, and nothing it should not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import html

from app.schemas.redaction import ServeText
from app.settings import Settings, shipped
from app.store.database import Database
from app.store.write import put
from tests.client import Client
from tests.making import an_article, pact_facts
from tests.reader.pages import BROWSER, SPEAKER, TITLE, TRICKS, tricky

ARTICLE = "/articles/2025-03-04-pact-at-sea"
PAGES = [
    "/",
    "/articles",
    ARTICLE,
    f"{ARTICLE}/entities",
    f"{ARTICLE}/mentions",
    f"{ARTICLE}/statements",
    f"{ARTICLE}/commitments",
    f"{ARTICLE}/same-story",
    "/entities",
    "/entities/peru",
    "/entities/peru/mentions",
    "/entities/peru/statements",
    "/entities/peru/commitments",
    "/entities/peru/partners",
    "/statements",
    "/commitments",
    "/search?q=pact",
    "/summary",
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a store with an article whose facts were made by hand, and one full of tricks."""
    url = f"sqlite:///{tmp_path_factory.mktemp('pages') / 'store.db'}"
    database = Database(url, shipped("migrations"))
    database.migrate()
    with database.write() as connection:
        put(connection, an_article(), pact_facts(an_article()))
        put(connection, *tricky())
    database.close()
    return url


@pytest.fixture(scope="module")
def served(store: str) -> Iterator[Client]:
    """A worker that only reads that store, and so starts quickly."""
    with Client(Settings(database_url=store, read_only=True)) as client:
        yield client


@pytest.fixture(scope="module")
def withholding(store: str) -> Iterator[Client]:
    """One that gives away no words of articles."""
    with Client(Settings(database_url=store, read_only=True, serve_text=ServeText.NONE)) as client:
        yield client


def page(client: Client, path: str, status: int = 200) -> Any:
    """The page as a tree."""
    response = client.get(path, accept=BROWSER)
    assert response.status_code == status, response.text[:500]
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return html.document_fromstring(response.text)


def words(found: Any) -> str:
    return " ".join(found.text_content().split())


@pytest.mark.parametrize("path", PAGES)
def test_same_address_is_a_page_for_people_and_json_for_programs(served: Client, path: str) -> None:
    (heading,) = page(served, path).iter("h1")
    assert words(heading)
    for accept in ("*/*", "application/json"):
        response = served.get(path, accept=accept)
        assert response.headers["content-type"] == "application/json"
        assert response.headers["vary"] == "Accept, Accept-Encoding"
    assert served.get(path, accept=BROWSER).headers["vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_runs_or_loads_anything_from_elsewhere(served: Client, path: str) -> None:
    response = served.get(path, accept=BROWSER)
    assert "unsafe" not in response.headers["content-security-policy"]
    assert response.headers["content-security-policy"].startswith("default-src 'none';")
    assert response.headers["x-content-type-options"] == "nosniff"
    found = html.document_fromstring(response.text)
    loaded = [e.get("src") or e.get("href") for e in found.iter("script", "link", "img")]
    assert [address for address in loaded if not address.startswith("/static/")] == []
    assert not [e for e in found.iter() if e.get("style") or any(name.startswith("on") for name in e.attrib)]


@pytest.mark.parametrize("path", PAGES)
def test_every_link_leads_somewhere(served: Client, path: str) -> None:
    found = page(served, path)
    ids = {e.get("id") for e in found.iter() if e.get("id")}
    here = {a.get("href") for a in found.iter("a") if a.get("href", "").startswith("#")}
    assert {link[1:] for link in here} <= ids
    links = {re.sub("#.*", "", a.get("href")) for a in found.iter("a")} - {""}
    paths = sorted(link for link in links if link.startswith("/") and "format=" not in link)
    assert {link: s for link in paths if (s := served.get(link, accept=BROWSER).status_code) != 200} == {}


@pytest.mark.parametrize("path", PAGES)
def test_no_id_is_given_twice(served: Client, path: str) -> None:
    ids = [e.get("id") for e in page(served, path).iter() if e.get("id")]
    assert sorted(ids) == sorted(set(ids))


def test_commitment_can_be_linked_to_by_its_id(served: Client) -> None:
    found = page(served, ARTICLE)
    for fact in served.get(f"{ARTICLE}/commitments").json()["items"]:
        (mark,) = found.xpath("//mark[@id=$id]", id=fact["id"])
        assert mark.text_content() == fact["evidence"][0]["quote"]


def test_hostile_text_is_nothing_but_text(served: Client) -> None:
    (article,) = (a for a in served.get("/articles?q=nothing").json()["items"])
    found = page(served, article["links"]["self"])
    (text,) = found.xpath("//*[@id='text']")
    assert "".join(text.itertext()).split() == TRICKS.split()
    assert {e.tag for e in text.iter()} <= {"div", "p", "mark", "span", "a"}
    (heading,) = found.iter("h1")
    assert words(heading) == " ".join(TITLE.split())
    assert [script.get("src", "").partition("?")[0] for script in found.iter("script")] == ["/static/reader.js"]


def test_hostile_names_are_kept_apart_from_what_stands_around_them(served: Client) -> None:
    found = page(served, "/entities/haniyeh-oneill")
    (heading,) = found.iter("h1")
    assert words(heading) == " ".join(SPEAKER.split())
    named = page(served, "/statements").xpath("//bdi[contains(., 'Neill')]")
    assert [" ".join(e.text_content().split()) for e in named] == [" ".join(SPEAKER.split())]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/articles/nobody", 404, "no article has the id 'nobody'"),
        ("/nowhere/at/all", 404, "Nothing is served"),
        ("/commitments?stage=firm", 422, "stage is 'firm'"),
        ("/commitments?colour=red", 422, "unknown query parameter 'colour'"),
        ("/commitments?cursor=x", 422, "cursor is not one that this list gave"),
        ("/search?q=%22", 422, "q is"),
    ],
)
def test_errors_are_pages_with_the_same_words_and_status(served: Client, path: str, status: int, said: str) -> None:
    assert said in words(page(served, path, status))
    assert served.get(path).headers["content-type"] == "application/problem+json"


def test_filters_of_the_address_are_those_of_the_interface(served: Client) -> None:
    asked = "/commitments?form=economic&form=aid&country=PE&min_confidence=0.5&sort=-confidence"
    found = page(served, asked)
    ticked = {(e.get("name"), e.get("value")) for e in found.iter("input") if e.get("checked") is not None}
    chosen = {
        (e.getparent().get("name"), e.get("value")) for e in found.iter("option") if e.get("selected") is not None
    }
    assert ticked == {("form", "economic"), ("form", "aid")}
    assert chosen == {("country", "PE"), ("min_confidence", "0.5"), ("sort", "-confidence")}
    rows = found.xpath("//table//tbody/tr")
    assert len(rows) == len(served.get(asked).json()["items"]) == 2


def test_fields_left_empty_leave_the_address(served: Client) -> None:
    response = served.get("/commitments?q=&stage=agreed&country=&published_from=", accept=BROWSER)
    assert (response.status_code, response.headers["location"]) == (303, "/commitments?stage=agreed")


def test_next_page_keeps_the_filters(served: Client) -> None:
    first = page(served, "/commitments?form=economic&limit=1")
    (following,) = first.xpath("//a[@rel='next']/@href")
    second = page(served, following)
    quotes = [words(p.xpath("//table//q")[0]) for p in (first, second)]
    assert len(set(quotes)) == 2
    assert not second.xpath("//a[@rel='next']")


def test_search_marks_the_words_in_their_passage(served: Client) -> None:
    found = page(served, "/search?q=fishing")
    assert {words(mark) for mark in found.xpath("//mark")} == {"fishing"}


def test_a_format_that_the_address_names_is_no_page(served: Client) -> None:
    response = served.get("/commitments?format=csv", accept=BROWSER)
    assert not response.headers["content-type"].startswith("text/html")


def test_version_in_the_address_of_a_file_lets_it_be_kept(served: Client) -> None:
    (style,) = page(served, "/").xpath("//link[@rel='stylesheet']/@href")
    assert "immutable" in served.get(style).headers["cache-control"]
    assert served.get("/static/reader.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", PAGES)
def test_words_that_are_withheld_are_on_no_page(withholding: Client, path: str) -> None:
    found = page(withholding, path)
    assert "fishing" not in found.text_content()
    (heading,) = found.iter("h1")
    assert words(heading)


def test_worker_that_only_reads_offers_no_form(served: Client) -> None:
    assert not page(served, "/").xpath("//a[@href='/hand-in']")
    page(served, "/hand-in", 404)


@pytest.mark.parametrize("path", ["/summary", "/summary?country=PE&form=economic", "/entities/peru"])
def test_counts_lead_to_as_many_commitments(served: Client, path: str) -> None:
    cells = page(served, path).xpath("//table[@id='by-pair' or @id='by-month']//td/a")
    assert cells
    for cell in cells:
        assert words(cell) == str(len(served.get(cell.get("href")).json()["items"]))


@pytest.mark.parametrize("path", PAGES)
def test_only_pages_with_charts_load_what_draws_them(served: Client, path: str) -> None:
    found = page(served, path)
    loads = bool(found.xpath("//script[contains(@src, '/vendor/')]"))
    assert loads == bool(found.xpath("//*[@data-chart]")) == (path in ("/summary", "/entities/peru"))


@pytest.mark.parametrize(
    ("path", "called"),
    [(f"/entities/peru/{part}", "Peru") for part in ("mentions", "statements", "commitments", "partners")]
    + [(f"{ARTICLE}/{part}", "Pact at sea") for part in ("entities", "mentions", "statements", "commitments")],
)
def test_part_of_something_names_it_and_leads_back(served: Client, path: str, called: str) -> None:
    (back,) = page(served, path).xpath("//main//h1/following-sibling::p[1]/a")
    assert (words(back), back.get("href")) == (called, path.rpartition("/")[0])


@pytest.mark.parametrize(
    ("path", "current", "said"),
    [("/articles", "Articles", "page"), (ARTICLE, "Articles", "true"), ("/entities/peru/partners", "Entities", "true")],
)
def test_navigation_says_where_one_is(served: Client, path: str, current: str, said: str) -> None:
    found = page(served, path).xpath("//nav//a[@aria-current]")
    assert [(words(link), link.get("aria-current")) for link in found] == [(current, said)]


def test_filters_of_charts_are_seen_and_can_be_taken_away(served: Client) -> None:
    found = page(served, "/summary?country=PE&form=economic")
    chips = found.xpath("//ul[@class='chips']//a[not(ancestor::details)]/@href")
    assert chips == ["/summary?form=economic", "/summary?country=PE"]
    (last,) = page(served, "/summary?country=PE").xpath("//ul[@class='chips']//a/@href")
    assert last == "/summary"


def test_sources_that_are_no_web_address_are_no_link(served: Client) -> None:
    addresses = [a.get("href") for path in PAGES for a in page(served, path).iter("a")]
    assert [address for address in addresses if not re.match(r"/|#|https?://", address)] == []
