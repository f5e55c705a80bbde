"""What is answered past the router is what the router would have answered."""

from __future__ import annotations

import pytest

from tests.client import Client

BY_THE_ROUTER = "application/json, text/plain;q=0.1"
"""An `Accept` that may want a page, and does not."""

PATHS = [
    "/articles/{article}",
    "/articles/{article}/entities",
    "/articles/{article}/statements?limit=2",
    "/articles/{article}/commitments",
    "/articles/{article}/commitments?count=true",
    "/articles/{article}/commitments?cursor=forged",
    "/articles/{article}/commitments?format=jsonld",
    "/articles/{article}/mentions",
    "/articles/{article}/nothing",
    "/articles/{article}/",
    "/articles/{article}?colour=red",
    "/articles/nobody",
    "/articles/nobody/commitments",
    "/entities/iran",
    "/entities/iran?format=json",
    "/entities/n%C3%B4body",
    "/entities/iran%2Firaq",
    "/statements/s-000000000000",
    "/commitments/c-000000000000",
    "/articles",
    "/articles?format=csv",
    "/entities?type=country&count=true",
    "/entities/iran/partners",
    "/entities/iran/mentions?limit=1",
    "/statements?colour=red",
    "/commitments?between=IR,BY&limit=1",
    "/commitments?format=jsonl",
    "/commitments/",
    "/search?q=cooperation",
    "/search",
    "/summary?by=form",
    "/summary?limit=-1",
    "/jobs/nobody",
    "/health",
]


@pytest.fixture(scope="module")
def article(seeded: Client) -> str:
    """The id of the seed article."""
    (listed,) = seeded.get("/articles").json()["items"]
    return str(listed["id"])


@pytest.mark.parametrize("path", PATHS)
def test_both_ways_answer_alike(seeded: Client, article: str, path: str) -> None:
    asked = path.replace("{article}", article)
    straight, routed = (seeded.get(asked, accept=a, x_request_id="the-same") for a in ("*/*", BY_THE_ROUTER))
    assert straight.status_code == routed.status_code
    assert straight.content == routed.content
    assert dict(straight.headers) == dict(routed.headers)


def test_what_is_answered_past_the_router_counts_under_its_route(seeded: Client, article: str) -> None:
    seeded.get(f"/articles/{article}/statements")
    told = seeded.get("/metrics").text
    assert 'entente_request_seconds_count{method="GET",route="/articles/{article}/statements",status="200"}' in told
