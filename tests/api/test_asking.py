"""What can be asked: every filter, words, summaries, partners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.settings import Settings, shipped
from app.store.commonness import CommonTerms
from app.store.database import Database
from tests.client import Client
from tests.conftest import NewStore
from tests.store.several import fill


@pytest.fixture(scope="module")
def client(new_stores: NewStore) -> Iterator[Client]:
    """The service on four articles. Shared: its tests only read."""
    store = new_stores()
    database = Database(store, shipped("migrations"))
    database.migrate()
    fill(database)
    database.close()
    with Client(Settings(database_url=store, read_only=True, cache_mb=0)) as made:
        yield made


def take_as_common(client: Client, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    """Have terms that more than so many articles have be common."""
    service = client.app.state.service
    monkeypatch.setitem(client.app.state._state, "service", replace(service, common_terms=CommonTerms(many)))


def items(client: Client, path: str) -> list[dict[str, Any]]:
    response = client.get(path)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["items"]
    return found


def acts(client: Client, query: str, path: str = "/commitments") -> set[str]:
    """The evidence of the commitments found."""
    return {item["evidence"][0]["quote"].split()[0] for item in items(client, f"{path}?{query}")}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("source=Harbour+News", {"signed", "lend"}),
        ("source=Harbour+News&source=Reef+Post", {"signed", "lend", "held", "joined", "will"}),
        ("language=en&stage=enacted", {"held", "joined"}),
        ("language=fr", set()),
        ("published_from=2025-04-01", {"held", "joined", "lend"}),
        ("published_to=2025-04-01", {"signed", "held", "joined"}),
        ("extractor=by+hand+1&form=aid", {"lend"}),
        ("extractor=another", set()),
        ("entity=peru", {"signed", "lend", "will"}),
        ("entity=coast-league", {"joined"}),
        ("entity=chile&entity=kenya", {"signed", "lend", "held", "will"}),
        ("country=FJ", {"held", "joined"}),
        ("country=FJ&country=CL", {"held", "joined", "signed", "lend"}),
        ("country=PE&entity=kenya", {"will"}),
        ("party=peru&party=fiji", {"signed", "lend", "will", "held", "joined"}),
        ("party=rosa-quispe", set()),
        ("between=PE,CL", {"signed", "lend"}),
        ("between=cl,pe&between=FJ,KE", {"signed", "lend", "held"}),
        ("between=PE,CL&stage=intended&form=aid&published_from=2025-04-01&published_to=2025-05-01", {"lend"}),
        ("between=PE,CL&stage=intended&form=aid&published_to=2025-04-01", set()),
        ("stage=agreed&stage=enacted", {"signed", "held", "joined"}),
        ("form=military&stage=enacted", {"held", "joined"}),
        ("plover=SUPPORT&country=KE", {"held", "will"}),
        ("cameo=05", {"signed", "held", "joined", "lend", "will"}),
        ("cameo=04", set()),
        ("negated=true", set()),
        ("negated=false&country=CL", {"signed", "lend"}),
        ("min_confidence=0.75", {"signed", "lend"}),
        ("min_confidence=0.5&country=FJ", {"held"}),
        ("q=fishing", {"signed", "will"}),
        ("q=naval+drills", {"held"}),
        ("q=%22drills+naval%22", set()),
        ("q=fish*&country=KE", {"will"}),
        ("date_from=2025-01-01", set()),
    ],
)
@pytest.mark.parametrize("sort", ["-published", "published", "confidence", "-date"])
def test_filters_of_commitments(client: Client, query: str, expected: set[str], sort: str) -> None:
    assert acts(client, f"{query}&sort={sort}") == expected
    counted = client.get(f"/commitments?{query}&sort={sort}&count=true&limit=1").json()
    assert counted["total"] == len(expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("entity=fiji", {"Drills near Suva"}),
        ("entity=peru&source=Reef+Post", {"Drills near Suva", "Talks ahead"}),
        ("q=fishing+boats", {"Boats for Chile"}),
        ("q=%22fishing+boats%22&source=Reef+Post", set()),
        ("q=senor+DIAZ", {"Boats for Chile"}),
        ("published_from=2025-04-02", {"Boats for Chile"}),
    ],
)
@pytest.mark.parametrize("sort", ["-published", "ingested_at"])
def test_filters_of_articles(client: Client, query: str, expected: set[str], sort: str) -> None:
    assert {item["title"] for item in items(client, f"/articles?{query}&sort={sort}")} == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("country=PE", {"peru", "rosa-quispe"}),
        ("country=PE&type=person", {"rosa-quispe"}),
        ("type=country&type=organization", {"chile", "coast-league", "fiji", "kenya", "peru"}),
        ("q=quispe", {"rosa-quispe"}),
        ("q=coa*", {"coast-league"}),
    ],
)
@pytest.mark.parametrize("sort", ["name", "-article_count", "last_seen"])
def test_filters_of_entities(client: Client, query: str, expected: set[str], sort: str) -> None:
    assert {item["id"] for item in items(client, f"/entities?{query}&sort={sort}")} == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("speaker=rosa-quispe", {"it would last", "Peru wants to lend Chile boats"}),
        ("entity=chile", {"Peru wants to lend Chile boats"}),
        ("entity=rosa-quispe&published_to=2025-03-31", {"it would last"}),
        ("q=lend", {"Peru wants to lend Chile boats"}),
        ("source=Reef+Post", set()),
    ],
)
def test_filters_of_statements(client: Client, query: str, expected: set[str]) -> None:
    assert {item["content"][0]["text"] for item in items(client, f"/statements?{query}")} == expected


def test_search_gives_articles_with_passages_that_show_the_words(client: Client) -> None:
    found = client.get("/search?q=fishing+pact").json()
    (hit,) = found["items"]
    article = client.get(hit["article"]["links"]["self"]).json()
    (snippet,) = hit["snippets"]
    assert article["text"][snippet["start"] : snippet["end"]] == snippet["text"]
    assert [article["text"][h["start"] : h["end"]] for h in snippet["highlights"]] == ["fishing", "pact"]
    assert [hit["article"]["title"][h["start"] : h["end"]] for h in hit["title_highlights"]] == ["Pact"]
    (evidence,) = hit["evidence"]
    assert evidence["text"] == "signed a fishing pact"
    assert client.get(f"/commitments/{evidence['commitment']}").status_code == 200
    assert found["order"] == "rank"


def test_search_ranks_the_title_before_the_text(client: Client) -> None:
    assert [hit["article"]["title"] for hit in items(client, "/search?q=boats")] == ["Boats for Chile"]
    assert [hit["article"]["title"] for hit in items(client, "/search?q=drills")] == ["Drills near Suva"]
    assert items(client, "/search?q=chile")[0]["article"]["title"] == "Boats for Chile"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=fishing&source=Reef+Post", {"Talks ahead"}),
        ("q=peru&entity=fiji", {"Drills near Suva"}),
        ("q=peru&published_from=2025-04-01", {"Drills near Suva", "Boats for Chile"}),
        ("q=peru&extractor=nobody", set()),
    ],
)
@pytest.mark.parametrize("many", [0, 5000])
def test_search_takes_the_filters_of_articles(
    client: Client, monkeypatch: pytest.MonkeyPatch, query: str, expected: set[str], many: int
) -> None:
    take_as_common(client, monkeypatch, many)
    assert {hit["article"]["title"] for hit in items(client, f"/search?{query}")} == expected
    assert client.get(f"/search?{query}&count=true").json()["total"] == len(expected)


@pytest.mark.parametrize("many", [0, 5000])
def test_pages_of_a_search_hold_every_article_once(client: Client, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    take_as_common(client, monkeypatch, many)
    whole = [hit["article"]["id"] for hit in items(client, "/search?q=peru")]
    paged, following = [], "/search?q=peru&limit=1"
    while following:
        page = client.get(following).json()
        paged += [hit["article"]["id"] for hit in page["items"]]
        following = page["next"]
    assert paged == whole
    assert len(whole) == 4


def test_words_of_very_many_articles_are_answered_newest_first(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    take_as_common(client, monkeypatch, 2)
    found = client.get("/search?q=peru").json()
    assert found["order"] == "newest"
    assert [hit["article"]["published"] for hit in found["items"]] == ["2025-04-09", "2025-04-01", "2025-03-04", None]


def test_words_of_very_many_articles_do_not_count_beside_others(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = items(client, "/search?q=fishing")
    take_as_common(client, monkeypatch, 3)
    found = client.get("/search?q=peru+fishing").json()
    assert found["order"] == "rank"
    assert [hit["article"]["id"] for hit in found["items"]] == [hit["article"]["id"] for hit in alone]
    assert {hit["article"]["title"] for hit in items(client, "/search?q=chile+peru+fishing")} == {
        "Pact at sea",
        "Boats for Chile",
    }
    (of_outlet,) = items(client, "/search?q=peru+fishing&source=Reef+Post")
    assert of_outlet["article"]["title"] == "Talks ahead"
    first = client.get("/search?q=peru+fishing&limit=2").json()
    second = client.get(first["next"]).json()
    assert [*first["items"], *second["items"]] == found["items"]


@pytest.mark.parametrize("typed", ["", "  ", "%00", "pact%00", "x" * 1001, "...!", "a*", "+".join(map(str, range(40)))])
def test_what_cannot_be_looked_for_is_refused_by_name(client: Client, typed: str) -> None:
    response = client.get(f"/search?q={typed}")
    assert response.status_code == 422
    assert [fault["pointer"] for fault in response.json()["errors"]] == ["query/q"]


@pytest.mark.parametrize(
    "typed",
    ['"', '"pact', "pact AND", "NOT pact", "NEAR(pact fishing)", "title:pact", "^pact", "pact-fishing", "(", "*", "'"],
)
def test_operators_of_the_full_text_are_only_words(client: Client, typed: str) -> None:
    assert client.get(f"/search?q={typed.replace(' ', '+')}").status_code in (200, 422)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.text(alphabet='ab*"^:()-+{} NEAROT\t\n', max_size=40))
def test_any_string_is_answered_or_refused(client: Client, typed: str) -> None:
    from urllib.parse import quote

    asked = quote(typed, safe="", errors="replace")
    for path in ("/search", "/commitments", "/entities"):
        response = client.get(f"{path}?q={asked}")
        assert response.status_code in (200, 422), typed


def test_summary_counts_what_the_list_holds(client: Client) -> None:
    summary = client.get("/summary").json()
    listed = items(client, "/commitments")
    assert summary["total"]["count"] == len(listed)
    assert summary["total"]["stages"] == {"proposed": 0, "intended": 2, "agreed": 1, "enacted": 2}
    assert summary["total"]["forms"] == {
        "consultation": 1,
        "diplomatic": 0,
        "military": 2,
        "economic": 1,
        "aid": 1,
        "other": 0,
    }
    assert [(m["month"], m["count"]) for m in summary["months"]] == [("2025-03", 1), ("2025-04", 3), (None, 1)]
    assert [(p["sides"], p["count"]) for p in summary["pairs"]] == [
        (["CL", "PE"], 2),
        (["FJ", "KE"], 1),
        (["FJ", "coast-league"], 1),
        (["KE", "PE"], 1),
    ]
    assert summary["pairs"][0]["stages"]["agreed"] == 1


def test_pairs_of_a_summary_tell_form_and_stage_together(client: Client) -> None:
    for query in ("", "?negated=false"):
        for pair in client.get(f"/summary{query}").json()["pairs"]:
            assert sum(kind["count"] for kind in pair["kinds"]) == pair["count"]
            for kind in pair["kinds"]:
                asked = "&".join((f"form={kind['form']}", f"stage={kind['stage']}", query.lstrip("?")))
                found = client.get(f"/summary?{asked}").json()["pairs"]
                assert {p["count"] for p in found if p["sides"] == pair["sides"]} == {kind["count"]}


@pytest.mark.parametrize(
    "query", ["country=PE", "stage=enacted&form=military", "q=fishing", "between=PE,CL", "negated=true"]
)
def test_summary_takes_the_filters_of_commitments(client: Client, query: str) -> None:
    summary = client.get(f"/summary?{query}").json()
    assert summary["total"]["count"] == len(items(client, f"/commitments?{query}"))


def test_pairs_of_a_summary_are_as_many_as_asked_for(client: Client) -> None:
    summary = client.get("/summary?limit=1").json()
    assert (len(summary["pairs"]), summary["pair_count"]) == (1, 4)


def test_partners_of_a_state_are_those_of_all_that_act_for_it(client: Client) -> None:
    found = items(client, "/entities/fiji/partners")
    assert [(p["id"], p["country"], p["count"]) for p in found] == [("kenya", "KE", 1), ("coast-league", None, 1)]
    assert found[0]["stages"]["enacted"] == 1
    assert (found[0]["first"], found[0]["last"]) == ("2025-04-01", "2025-04-01")
    assert [p["count"] for p in items(client, "/entities/peru/partners")] == [2, 1]


@pytest.mark.parametrize(
    ("query", "expected"), [("stage=agreed", [1]), ("form=aid&stage=agreed", []), ("published_to=2025-03-31", [1])]
)
def test_partners_take_filters(client: Client, query: str, expected: list[int]) -> None:
    assert [p["count"] for p in items(client, f"/entities/peru/partners?{query}")] == expected


def test_partners_come_in_pages(client: Client) -> None:
    first = client.get("/entities/peru/partners?limit=1&count=true").json()
    second = client.get(first["next"]).json()
    assert [p["id"] for p in (*first["items"], *second["items"])] == ["chile", "kenya"]
    assert (first["total"], second["next"]) == (2, None)


def test_partners_of_nobody_are_not_found(client: Client) -> None:
    assert client.get("/entities/nobody/partners").status_code == 404
