"""What every list has in common: pages, cursors, counts, tags, and clear refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request

from app.api.pages import next_path
from app.settings import shipped
from app.store.database import Database
from app.store.write import put
from tests.client import Client
from tests.making import PACT, an_article, pact_facts

LISTS = ("/articles", "/entities", "/statements", "/commitments")


@pytest.fixture
def several(tmp_path: Path, store_url: str, serve: Callable[..., Client]) -> Client:
    """Seven articles, two of a day, two of no day."""
    database = Database(store_url, shipped("migrations"))
    database.migrate()
    days = [date(2025, 1, 1) + timedelta(days=n // 2) for n in range(5)]
    for n, day in enumerate([*days, None, None]):
        article = an_article(f"{PACT} Number {n}.", f"Pact {n}", day)
        with database.write() as connection:
            put(connection, article, pact_facts(article))
    (tmp_path / "none").mkdir()
    return serve(tmp_path / "none")


def pages(client: Client, path: str) -> Iterator[list[dict[str, Any]]]:
    following: str | None = path
    while following:
        page = client.get(following).json()
        yield page["items"]
        following = page["next"]


@pytest.mark.parametrize("path", [*LISTS, "/entities/peru/mentions", "/entities/peru/commitments"])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_hold_every_item_once_in_the_order_of_the_whole_list(several: Client, path: str, limit: int) -> None:
    whole = several.get(f"{path}?limit=200").json()
    found = [item for page in pages(several, f"{path}?limit={limit}") for item in page]
    assert whole["items"]
    assert found == whole["items"]
    assert whole["next"] is None


@pytest.mark.parametrize("sort", ["published", "-published"])
def test_articles_without_a_date_come_last_whichever_the_order(several: Client, sort: str) -> None:
    days = [item["published"] for page in pages(several, f"/articles?sort={sort}&limit=2") for item in page]
    known = [day for day in days if day]
    assert days == [*sorted(known, reverse=sort.startswith("-")), None, None]


def test_next_keeps_filters_and_limit(several: Client) -> None:
    page = several.get("/commitments?limit=2&stage=agreed&stage=enacted&published_from=2025-01-02").json()
    assert len(page["items"]) == 2
    following = several.get(page["next"]).json()
    assert {item["published"] for item in following["items"]} == {"2025-01-02"}
    assert following["next"] is None


def test_link_header_says_what_next_says(several: Client) -> None:
    response = several.get("/articles?limit=2")
    assert response.headers["link"] == f'<{response.json()["next"]}>; rel="next"'


@pytest.mark.parametrize(("path", "total"), [("/articles", 7), ("/entities", 3), ("/entities/peru/mentions", 7)])
def test_total_is_the_length_of_the_whole_list_and_comes_on_request(several: Client, path: str, total: int) -> None:
    assert several.get(f"{path}?limit=1&count=true").json()["total"] == total
    assert "total" not in several.get(f"{path}?limit=1").json()


@pytest.mark.parametrize("made", ["zz", "", "%00", "a" * 400, "ä", "AAAAAAAAAABbMV0"])
def test_cursor_that_nobody_gave_is_refused(several: Client, made: str) -> None:
    response = several.get(f"/articles?cursor={made}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "query/cursor"


FORGED: list[list[Any]] = [
    [], [1], [1, 2, 3, 4, 5], ["x", "y"], [{}, 1], [1, []], [True, "a"], ["2025-01-01", 2**64 - 1], [1e300, 1],
    [None, None], ["\0", "\0"], ["2025-13-01", "a"], [None, None, None, None], ["a", 2**63, 3, "b"],
]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [*LISTS, "/articles?sort=-ingested_at", "/commitments?sort=confidence", "/search?q=pact", "/entities/peru/partners",
     "/entities/peru/mentions", "/articles/{article}/commitments", "/articles/{article}/mentions",
     "/commitments?between=PE,FJ"],
)  # fmt: skip
def test_forged_cursor_is_refused_or_answered(several: Client, path: str) -> None:
    """The checksum can be reckoned by anyone, so what it vouches for is not believed."""
    name, _, query = path.format(article=several.get("/articles").json()["items"][0]["id"]).partition("?")
    request = Request(
        {"type": "http", "path": name, "query_string": query.encode(), "headers": [], "server": ("x", 80)}
    )
    answers = [several.get(next_path(request, position)) for position in FORGED]
    assert {answer.status_code for answer in answers} <= {200, 422}
    refused = [answer.json()["errors"][0]["pointer"] for answer in answers if answer.status_code == 422]
    assert set(refused) == {"query/cursor"}


def test_cursor_of_another_list_or_filter_is_refused(several: Client) -> None:
    cursor = several.get("/articles?limit=1").json()["next"].rpartition("cursor=")[2]
    assert several.get(f"/articles?limit=3&cursor={cursor}").status_code == 200
    for other in (f"/commitments?cursor={cursor}", f"/articles?sort=published&cursor={cursor}"):
        assert several.get(other).status_code == 422


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("nonsense=1", "query/nonsense"),
        ("limit=0", "query/limit"),
        ("limit=201", "query/limit"),
        ("limit=many", "query/limit"),
        ("sort=colour", "query/sort"),
        ("stage=promised", "query/stage/0"),
        ("form=", "query/form/0"),
        ("country=Iran", "query/country/0"),
        ("between=IR", "query/between/0"),
        ("between=IR,IR", "query/between/0"),
        ("published_from=yesterday", "query/published_from"),
        ("min_confidence=nan", "query/min_confidence"),
        ("min_confidence=2", "query/min_confidence"),
        ("party=%00", "query/party/0"),
        ("cameo=x", "query/cameo/0"),
    ],
)
def test_parameter_that_cannot_be_is_named(seeded: Client, query: str, pointer: str) -> None:
    response = seeded.get(f"/commitments?{query}")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [fault["pointer"] for fault in response.json()["errors"]] == [pointer]
    assert pointer.split("/")[1] in response.json()["detail"]


@pytest.mark.parametrize("query", ["party=nobody", "country=FJ", "source=No+such+paper", "entity=x&speaker=y"])
def test_what_has_no_facts_is_an_empty_list(seeded: Client, query: str) -> None:
    assert seeded.get(f"/commitments?{query}").json() == {"items": [], "next": None}


def test_single_things_take_no_parameters(seeded: Client) -> None:
    assert seeded.get("/entities/iran?expand=true").status_code == 422


def test_tag_of_a_list_changes_with_every_write_and_only_then(several: Client, store_url: str) -> None:
    tag = several.get("/articles").headers["etag"]
    assert several.get("/articles", if_none_match=tag).status_code == 304
    assert several.get("/articles?limit=3", if_none_match=tag).status_code == 200
    database = Database(store_url, shipped("migrations"))
    with database.write() as connection:
        put(connection, an_article("Peru rested."), pact_facts(an_article()).__class__("none"))
    changed = several.get("/articles", if_none_match=tag)
    assert (changed.status_code, len(changed.json()["items"])) == (200, 8)


@pytest.mark.parametrize("asked", ["q=fishing&q=pact", "min_confidence=0.1&min_confidence=0.2", "limit=1&limit=2"])
def test_parameter_of_one_value_is_refused_where_several_are_given(seeded: Client, asked: str) -> None:
    response = seeded.get(f"/commitments?{asked}")
    assert response.status_code == 422
    assert "is given 2 times; it takes one value" in response.json()["detail"]


@pytest.mark.parametrize("day", ["0", "1722470400", "2024-08-08T00:00:00", "20240808"])
def test_day_is_written_as_a_day(seeded: Client, day: str) -> None:
    response = seeded.get(f"/commitments?published_to={day}")
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "query/published_to")
    assert "a day such as 2024-08-08" in response.json()["detail"]
