"""Lists as files, articles and facts as JSON-LD, and how much text they tell."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow.parquet
import pytest

from app.api.formats import as_csv
from app.schemas.commitments import StoredCommitment
from app.settings import Settings, shipped
from app.store import queries, tables
from app.store.database import Database
from app.store.write import delete_article
from tests.client import Client
from tests.conftest import NewStore
from tests.store.several import fill

LISTS = (
    "/articles",
    "/entities",
    "/statements",
    "/commitments",
    "/entities/peru/mentions",
    "/entities/peru/partners",
    "/entities/peru/commitments",
)


def filled(url: str, **settings: Any) -> Client:
    database = Database(url, shipped("migrations"))
    database.migrate()
    fill(database)
    database.close()
    return Client(Settings(database_url=url, read_only=True, **settings))


@pytest.fixture(scope="module")
def client(new_stores: NewStore) -> Iterator[Client]:
    with filled(new_stores()) as made:
        yield made


@pytest.fixture
def article(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/articles?q=fishing+pact").json()["items"][0]
    return found


def listed(client: Client, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{path}?limit=200").json()["items"]
    return found


def test_whatever_answers_json_may_be_asked_for_it_by_name(client: Client) -> None:
    specified = client.get("/openapi.json").json()["paths"]
    reading = {path: methods["get"] for path, methods in specified.items() if "get" in methods}
    deaf = {
        path
        for path, operation in reading.items()
        if "application/json" in operation["responses"]["200"]["content"]
        and not any(
            parameter["name"] == "format" and "json" in str(parameter["schema"])
            for parameter in operation.get("parameters", ())
        )
    }
    assert len(reading) > 20
    assert deaf == set()
    for path in ("/", "/health/live", "/health/ready", "/summary"):
        assert client.get(f"{path}?format=json").json() == client.get(path).json()
        assert client.get(f"{path}?format=csv").status_code == 422


@pytest.mark.parametrize("path", LISTS)
def test_json_lines_are_the_items_of_the_whole_list(client: Client, path: str) -> None:
    response = client.get(f"{path}?format=jsonl&limit=1")
    assert response.headers["content-type"] == "application/jsonl"
    assert [json.loads(line) for line in response.text.splitlines()] == listed(client, path)


def without_links(item: Any) -> Any:
    if isinstance(item, dict):
        return {name: without_links(value) for name, value in item.items() if name != "links"}
    return [without_links(one) for one in item] if isinstance(item, list) else item


def plain(value: Any) -> Any:
    """Times and days as JSON has them."""
    if isinstance(value, dict):
        return {name: plain(below) for name, below in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else value


@pytest.mark.parametrize("path", [*LISTS, "/articles/{article}/entities", "/articles/{article}/mentions"])
def test_parquet_holds_the_same_with_types(client: Client, article: dict[str, Any], path: str) -> None:
    path = path.format(article=article["id"])
    response = client.get(path, accept="application/vnd.apache.parquet")
    rows = pyarrow.parquet.read_table(io.BytesIO(response.content)).to_pylist()
    assert plain(rows) == without_links(listed(client, path))


def test_days_and_lists_of_parquet_are_days_and_lists(client: Client) -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(client.get("/commitments?format=parquet").content))
    assert str(table.schema.field("published").type) == "date32[day]"
    assert "country: string" in str(table.schema.field("parties").type)


def test_csv_has_a_column_for_everything(client: Client) -> None:
    response = client.get("/commitments?format=csv&country=CL&sort=published")
    assert response.headers["content-type"].startswith("text/csv")
    assert response.headers["content-disposition"] == 'attachment; filename="commitments.csv"'
    first, _ = csv.DictReader(io.StringIO(response.text))
    assert first["parties.id"] == "chile; peru"
    assert first["evidence.quote"] == "signed a fishing pact"
    assert (first["published"], first["negated"], first["object"]) == ("2025-03-04", "false", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_csv_is_a_formula(start: str) -> None:
    item = json.dumps({"id": "c-1", "action": f"{start}HYPERLINK(1)", "confidence": -0.5}).encode()
    _, row = csv.reader(io.StringIO(b"".join(as_csv([item], StoredCommitment)).decode(), newline=""))
    assert f"'{start}HYPERLINK(1)" in row
    assert "-0.5" in row


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/csv;q=0.5, application/x-ndjson", "application/jsonl"),
        ("application/json, text/csv;q=0.9", "application/json"),
        ("image/png", "application/json"),
        ("text/csv;q=0", "application/json"),
        ("text/csv;q=much", "application/json"),
    ],
)
def test_the_format_is_what_the_client_would_rather_have(client: Client, accept: str, media_type: str) -> None:
    response = client.get("/commitments", accept=accept)
    assert response.headers["content-type"] == media_type
    assert response.headers["vary"] == "Accept, Accept-Encoding"


def test_files_have_no_tag_and_take_no_cursor(client: Client) -> None:
    assert "etag" not in client.get("/commitments?format=csv").headers
    cursor = client.get("/commitments?limit=1").json()["next"].rpartition("cursor=")[2]
    response = client.get(f"/commitments?format=csv&cursor={cursor}")
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "query/cursor")


@pytest.mark.parametrize("path", ["/entities/nobody/mentions", "/articles/none/commitments"])
def test_file_of_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"{path}?format=csv").status_code == 404


@pytest.mark.parametrize("form", ["xml", "jsonld", ""])
def test_unknown_format_is_refused(client: Client, form: str) -> None:
    assert client.get(f"/commitments?format={form}").status_code == 422


@pytest.mark.parametrize("kind", ["entities", "statements", "commitments"])
def test_one_thing_may_be_asked_for_as_json_and_as_nothing_else(client: Client, kind: str) -> None:
    path = f"/{kind}/{listed(client, f'/{kind}')[0]['id']}"
    assert client.get(f"{path}?format=json").content == client.get(path).content
    assert client.get(f"{path}?format=csv").json()["errors"][0]["pointer"] == "query/format"


def test_empty_list_is_an_empty_file(client: Client) -> None:
    assert client.get("/commitments?country=DE&format=jsonl").text == ""
    assert len(client.get("/commitments?country=DE&format=csv").text.splitlines()) == 1
    table = pyarrow.parquet.read_table(io.BytesIO(client.get("/commitments?country=DE&format=parquet").content))
    assert table.num_rows == 0


NEWS_ARTICLE_TERMS = {
    "@context", "@type", "@id", "identifier", "headline", "abstract", "articleBody", "datePublished", "inLanguage",
    "wordCount", "timeRequired", "publisher", "url", "mentions", "name", "alternateName",
}  # fmt: skip
"""Terms of schema.org that its pages on NewsArticle, Organization and Thing list."""

ANNOTATION_TERMS = {
    "@context", "id", "type", "items", "motivation", "body", "target", "source", "selector", "start", "end", "exact",
    "prefix", "suffix", "value", "format", "purpose",
    "AnnotationPage", "Annotation", "SpecificResource", "TextualBody", "TextPositionSelector", "TextQuoteSelector",
    "identifying", "classifying", "describing", "tagging",
}  # fmt: skip
"""Terms of the context anno.jsonld, as the vocabulary's appendix prints it."""


def terms(item: Any) -> set[str]:
    """Every name of a property, and every value of those that take a term."""
    if isinstance(item, list):
        return set().union(*map(terms, item))
    if not isinstance(item, dict):
        return set()
    named = {value for name, value in item.items() if name in ("type", "motivation", "purpose")}
    return set(item) | named | set().union(*map(terms, item.values()))


@pytest.mark.parametrize("how", ["parameter", "header"])
def test_article_as_news_article_of_schema_org(client: Client, article: dict[str, Any], how: str) -> None:
    path = article["links"]["self"]
    asked = {"accept": "application/ld+json"} if how == "header" else {}
    response = client.get(path if asked else f"{path}?format=jsonld", **asked)
    made = response.json()
    assert response.headers["content-type"] == "application/ld+json"
    assert terms(made) <= NEWS_ARTICLE_TERMS
    assert (made["@type"], made["headline"], made["datePublished"]) == ("NewsArticle", "Pact at sea", "2025-03-04")
    assert made["articleBody"] == client.get(path).json()["text"]
    assert {thing["@id"]: thing["@type"] for thing in made["mentions"]} == {
        "/entities/chile": "Country",
        "/entities/peru": "Country",
        "/entities/rosa-quispe": "Person",
    }
    assert response.headers["etag"] != client.get(path).headers["etag"]


@pytest.mark.parametrize("kind", ["entities", "mentions", "statements", "commitments"])
def test_facts_as_annotations_whose_selectors_find_the_words(
    client: Client, article: dict[str, Any], kind: str
) -> None:
    text = client.get(article["links"]["self"]).json()["text"]
    response = client.get(f"{article['links'][kind]}?format=jsonld")
    page = response.json()
    assert response.headers["content-type"].startswith("application/ld+json")
    assert terms(page) <= ANNOTATION_TERMS
    assert len(page["items"]) == article["counts"][kind]
    for annotation in page["items"]:
        for target in annotation["target"]:
            position, quote = target["selector"]
            assert text[position["start"] : position["end"]] == quote["exact"]
            assert quote.get("prefix", "") + quote["exact"] + quote.get("suffix", "") in text


def words_told(client: Client, path: str) -> str:
    return client.get(path).text


EVERYWHERE = (
    "/articles",
    "/articles/{article}",
    "/articles/{article}?format=jsonld",
    "/articles/{article}/mentions",
    "/articles/{article}/entities",
    "/articles/{article}/statements",
    "/articles/{article}/commitments",
    "/articles/{article}/commitments?format=jsonld",
    "/commitments",
    "/commitments?format=csv",
    "/commitments?format=jsonl",
    "/statements",
    "/entities/peru/mentions",
    "/search?q=fishing",
)


def test_evidence_alone_is_told_where_text_is_withheld(store_url: str) -> None:
    with filled(store_url, serve_text="evidence") as client:
        (found,) = client.get("/articles?q=fishing+pact").json()["items"]
        told = {path: words_told(client, path.format(article=found["id"])) for path in EVERYWHERE}
        assert client.get(found["links"]["self"]).json()["text"] is None
    assert [path for path, text in told.items() if "President Rosa Quispe of Peru said" in text] == []
    assert "signed a fishing pact" in told["/commitments"]
    assert "signed a fishing pact" in told["/search?q=fishing"]


def test_offsets_alone_are_told_where_all_words_are_withheld(store_url: str) -> None:
    with filled(store_url, serve_text="none") as client:
        (found,) = client.get("/articles?q=fishing+pact").json()["items"]
        told = {path: words_told(client, path.format(article=found["id"])) for path in EVERYWHERE}
        (evidence,) = client.get("/commitments?form=economic").json()["items"][0]["evidence"]
    words = ("signed", "fishing pact", "it would last", "said")
    assert [
        (path, word) for path, text in told.items() for word in words if word in text.replace("Pact at sea", "")
    ] == []
    assert (evidence["start"], evidence["end"], evidence["quote"]) == (15, 36, None)


def test_whole_list_is_of_one_state_of_the_store(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written while a file is sent is not in it."""
    monkeypatch.setattr("app.store.queries.AT_ONCE", 1)
    fill(database)
    with database.read() as connection:
        items = queries.stream(connection, tables.commitments, [], "-published")
        first = json.loads(next(items))
        with database.write() as writing:
            delete_article(writing, first["article"])
        assert 1 + sum(1 for _ in items) == 5
