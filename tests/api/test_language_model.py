"""The service where a language model finds the facts, and where the model's endpoint is down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from httpx import Response

from app.extraction.extractor import ExtractorName
from app.settings import Settings
from tests.client import Client
from tests.extraction.endpoint import Reply, error, facts, served

TEXT = "Fiji and Peru held talks on trade in Suva on Monday, and Samoa sent its regards to both."
ENTITY: dict[str, Any] = {"type": "country", "country": None, "mentions": [], "roles": []}
ACT: dict[str, Any] = {
    "evidence": ["Fiji and Peru held talks on trade in Suva"],
    "action": "held talks",
    "object": None,
    "stage": "enacted",
    "form": "consultation",
    "negated": False,
    "one_way": False,
    "parties": [{"entity": name, "country": None, "role": "party"} for name in ("Fiji", "Peru")],
    "speakers": [],
    "confidence": 0.9,
}
FOUND = facts([ENTITY | {"name": name} for name in ("Fiji", "Peru")], commitments=[ACT, ACT | {"action": "fought"}])


@contextmanager
def started(folder: Path, *replies: Reply) -> Iterator[Client]:
    """The service on one seed, with a model whose endpoint gives these replies."""
    seeds = folder / "seeds"
    seeds.mkdir()
    (seeds / "talks.md").write_text(f"---\ntitle: Talks in Suva\npublished: 2025-01-05\n---\n{TEXT}")
    url = f"sqlite:///{folder / 'store.db'}"
    with served(*replies) as endpoint:
        store = Settings(database_url=url, seeds=seeds, workers=1, niceness=0)
        settings = store.model_copy(
            update={"extractor": ExtractorName.LLM, "llm_url": endpoint.url, "llm_model": "small"}
        )
        with Client(settings) as client:
            yield client


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A model that answers twice, and then no more."""
    with started(tmp_path_factory.mktemp("model"), FOUND, FOUND, error(401, "no such key")) as service:
        yield service


def hand_in(client: Client, day: str) -> Response:
    body = json.dumps({"text": TEXT.replace("Monday", day), "title": f"Talks on {day}"}).encode()
    return client.request("POST", "/articles", headers={"Content-Type": "application/json"}, content=body)


def test_facts_of_a_model_are_served_with_its_name(client: Client) -> None:
    article = client.get("/articles/2025-01-05-talks-in-suva").json()
    (talks,) = client.get(f"{article['links']['self']}/commitments").json()["items"]
    assert article["extractor"].startswith("llm/small ")
    assert "whose act is not in their evidence" in article["warnings"][0]
    assert talks["extractor"] == article["extractor"]
    assert talks in client.get(f"/commitments?extractor={talks['extractor']}").json()["items"]
    assert client.get("/commitments?extractor=entente").json()["items"] == []


def test_article_is_stored_with_the_facts_of_the_model_or_not_at_all(client: Client) -> None:
    assert hand_in(client, "Tuesday").status_code == 201
    refused = hand_in(client, "Friday")
    assert (refused.status_code, refused.json()["detail"][-11:]) == (502, "no such key")
    assert client.get("/articles?count=true").json()["total"] == 2


def test_seed_that_the_model_could_not_be_asked_about_is_a_warning(tmp_path: Path) -> None:
    with started(tmp_path, error(401, "no such key")) as client:
        ready = client.get("/health/ready")
        assert ready.status_code == 200
        assert "talks.md" in ready.json()["warnings"][0]
        assert client.get("/articles").json()["items"] == []
