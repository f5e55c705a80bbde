"""What a client gets of the seed article."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client import Client


@pytest.fixture(scope="module")
def article(seeded: Client) -> dict[str, Any]:
    (listed,) = seeded.get("/articles").json()["items"]
    found: dict[str, Any] = seeded.get(listed["links"]["self"]).json()
    return found


def items(client: Client, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{path}?limit=200").json()["items"]
    return found


def test_text_is_free_of_page_furniture(article: dict[str, Any]) -> None:
    assert article["title"].startswith("Iran and Belarus")
    assert article["title"] not in article["text"]
    assert "Read time" not in article["text"]
    assert "August 08" not in article["text"]
    assert article["published"] == "2024-08-08"
    assert [source["name"] for source in article["sources"]] == ["SAEDNEWS"]


@pytest.mark.parametrize(
    ("person", "country", "variant"),
    [
        ("abdolrahim-mousavi", "IR", "General Mousavi"),
        ("andrey-lukyanovich", "BY", "General Lukyanovich"),
        ("aleksandr-lukashenko", "BY", None),
    ],
)
def test_people_are_found_with_country_roles_and_variants(
    seeded: Client, person: str, country: str, variant: str | None
) -> None:
    found = seeded.get(f"/entities/{person}").json()
    assert (found["type"], found["country"]) == ("person", country)
    assert found["roles"]
    assert variant is None or variant in found["aliases"]


def test_a_commitment_comes_out_whole(seeded: Client) -> None:
    found = items(seeded, "/commitments")
    whole = [
        c
        for c in found
        if {p["country"] for p in c["parties"]} == {"IR", "BY"} and c["speakers"] and c["stage"] and c["evidence"]
    ]
    assert {c["form"] for c in whole} & {"military", "diplomatic"}


def test_counts_of_an_article_are_the_lengths_of_its_lists(seeded: Client, article: dict[str, Any]) -> None:
    for part in ("entities", "mentions", "statements", "commitments"):
        listed = items(seeded, article["links"][part])
        assert len(listed) == article["counts"][part], part


def test_every_link_leads_somewhere(seeded: Client, article: dict[str, Any]) -> None:
    things = [
        article,
        *(thing for kind in ("entities", "statements", "commitments") for thing in items(seeded, f"/{kind}")),
    ]
    links = {link for thing in things for link in thing["links"].values()}
    assert {link: seeded.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_listed_things_are_those_that_their_own_addresses_give(seeded: Client) -> None:
    for kind in ("entities", "statements", "commitments"):
        for thing in items(seeded, f"/{kind}"):
            assert seeded.get(f"/{kind}/{thing['id']}").json() == thing


def test_every_fact_quotes_the_text_exactly(seeded: Client, article: dict[str, Any]) -> None:
    """Over every stored fact, whatever the extractor found."""
    text, links = article["text"], article["links"]
    spans = [m for e in items(seeded, links["entities"]) for m in e["mentions"]]
    spans += items(seeded, links["mentions"])
    for statement in items(seeded, links["statements"]):
        spans += [*statement["speakers"], *statement["cue"], *statement["content"]]
    for commitment in items(seeded, links["commitments"]):
        spans += [*commitment["speakers"], *({**e, "text": e["quote"]} for e in commitment["evidence"])]
    assert spans
    assert [s for s in spans if text[s["start"] : s["end"]] != s["text"]] == []


def test_commitments_of_a_country_are_those_of_parties_that_act_for_it(seeded: Client) -> None:
    acting = {c["id"] for c in items(seeded, "/commitments") if "BY" in {p["country"] for p in c["parties"]}}
    assert acting <= {c["id"] for c in items(seeded, "/entities/belarus/commitments")}


@pytest.mark.parametrize("kind", ["articles", "entities", "statements", "commitments"])
def test_unknown_id_is_a_problem_that_names_it(seeded: Client, kind: str) -> None:
    response = seeded.get(f"/{kind}/nobody-knows")
    problem = response.json()
    assert (response.status_code, problem["status"]) == (404, 404)
    assert response.headers["content-type"] == "application/problem+json"
    assert "'nobody-knows'" in problem["detail"]
    assert problem["instance"] == f"/{kind}/nobody-knows"


@pytest.mark.parametrize(
    "part",
    [
        "/articles/{}/entities",
        "/articles/{}/mentions",
        "/entities/{}/mentions",
        "/entities/{}/statements",
        "/entities/{}/commitments",
    ],
)
def test_list_below_an_unknown_id_is_not_found(seeded: Client, part: str) -> None:
    assert seeded.get(part.format("nobody-knows")).status_code == 404
