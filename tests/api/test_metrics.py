"""What Prometheus reads: every request counted under a label that no client chooses, and what the store holds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.client import Client

FIJI = {
    "title": "Harbour talks",
    "source": "Bay News",
    "text": "Fiji and Peru agreed to train their navies together, the ministry said on Monday in Suva.",
}


def samples(client: Client) -> list[Sample]:
    families: Iterable[Metric] = text_string_to_metric_families(client.get("/metrics").text)
    return [sample for family in families for sample in family.samples]


def value(client: Client, name: str, **labels: str) -> float:
    found = [s.value for s in samples(client) if s.name == name and labels.items() <= s.labels.items()]
    return sum(found)


def counted(client: Client, **labels: str) -> float:
    return value(client, "entente_request_seconds_count", **labels)


@pytest.mark.parametrize(
    ("method", "path", "labels"),
    [
        ("GET", "/entities/iran", {"route": "/entities/{entity}", "status": "200"}),
        ("HEAD", "/entities/iran", {"route": "/entities/{entity}", "method": "HEAD"}),
        ("GET", "/entities/atlantis", {"route": "/entities/{entity}", "status": "404"}),
        ("GET", "/commitments?stage=never", {"route": "/commitments", "status": "422"}),
        ("GET", "/docs", {"route": "/docs"}),
        ("PROPFIND", "/entities", {"method": "other", "status": "405"}),
        ("GET", "/wp-login.php", {"route": "none", "status": "404"}),
    ],
)
def test_requests_count_under_the_template_of_their_route(
    seeded: Client, method: str, path: str, labels: Mapping[str, str]
) -> None:
    before = counted(seeded, **labels)
    seeded.request(method, path)
    assert counted(seeded, **labels) == before + 1


def test_answers_that_are_kept_count_as_those_that_are_made(seeded: Client) -> None:
    labels = {"route": "/commitments/{commitment}", "method": "GET"}
    address = seeded.get("/commitments").json()["items"][0]["links"]["self"]
    before = counted(seeded, **labels)
    tag = [seeded.get(address) for _ in range(3)][-1].headers["etag"]
    seeded.get(address, if_none_match=tag)
    assert counted(seeded, **labels) == before + 4
    assert counted(seeded, **labels, status="304") >= 1


def test_pages_count_under_the_template_of_theirs(seeded: Client) -> None:
    before = counted(seeded, route="/entities/{id}", status="200")
    assert "<html" in seeded.get("/entities/iran", accept="text/html").text
    assert counted(seeded, route="/entities/{id}", status="200") == before + 1


def test_nothing_that_a_client_sends_becomes_a_label(seeded: Client) -> None:
    known = len(samples(seeded))
    for number in range(30):
        seeded.get(f"/secret-{number}")
        seeded.get(f"/secret-{number}", accept="text/html")
        seeded.get(f"/articles/secret-{number}?secret={number}")
        seeded.request(f"SECRET{number}", "/articles", headers={"X-Request-ID": f"secret-{number}"})
    exposed = seeded.get("/metrics").text
    assert "secret" not in exposed.lower()
    of_a_series = 14 + 3  # buckets with the last one, sum and count
    assert len(samples(seeded)) <= known + 6 * of_a_series


def test_store_and_extraction_are_told(serve: Callable[..., Client], tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    client = serve(tmp_path / "seeds")
    assert value(client, "entente_store_rows", kind="articles") == 0
    extracted = value(client, "entente_extraction_seconds_count")
    sent = {"Content-Type": "application/json"}
    assert client.request("POST", "/articles", headers=sent, content=json.dumps(FIJI).encode()).status_code == 201
    assert client.request("POST", "/articles", headers=sent, content=json.dumps(FIJI).encode()).status_code == 200
    assert value(client, "entente_extraction_seconds_count") == extracted + 1
    assert value(client, "entente_extraction_seconds_sum") > 0
    assert value(client, "entente_extractions_waiting") == 0
    assert value(client, "entente_store_bytes") > 4096
    (build,) = [s.labels for s in samples(client) if s.name == "entente_build_info"]
    assert build["extractor"].startswith("entente ")
    assert re.fullmatch(r"\d\S* [0-9a-f]{8}", build["model"])


def test_store_that_cannot_be_read_is_told_and_the_rest_still_is(
    seeded: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.store.database import Database, StoreError

    def broken(self: Database) -> None:
        raise StoreError("gone")

    monkeypatch.setattr(Database, "read", broken)
    assert value(seeded, "entente_store_up") == 0
    assert value(seeded, "entente_processes", part="service") == 1


DASHBOARD = Path(__file__).parent.parent.parent / "docs" / "grafana" / "entente.json"


def test_dashboard_shows_the_metrics_that_there_are(seeded: Client) -> None:
    """Nothing that is not told, and all that is ours."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    asked = {
        name
        for panel in panels
        for t in panel["targets"]
        for name in re.findall(r"\b(?:entente|process)_\w+", t["expr"])
    }
    told = {sample.name for sample in samples(seeded) if not sample.name.endswith("_created")}
    assert asked - told == set()
    ours = {re.sub("_(count|sum|bucket)$", "", name) for name in told if name.startswith("entente_")}
    shown = {re.sub("_(count|sum|bucket)$", "", name) for name in asked}
    assert ours - shown == set()


def test_dashboard_groups_by_labels_that_there_are(seeded: Client) -> None:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    labels = {label for sample in samples(seeded) for label in sample.labels}
    for target in (target for panel in panels for target in panel["targets"]):
        named = re.findall(r"by \((\w+)\)|{(\w+)=|{{(\w+)}}", target["expr"] + target["legendFormat"])
        assert {name for found in named for name in found if name} <= labels, target["expr"]


def test_metrics_of_the_operations_page_are_those_that_there_are(seeded: Client) -> None:
    page = (DASHBOARD.parent.parent / "operations.md").read_text(encoding="utf-8")
    told = {sample.name for sample in samples(seeded)}
    told |= {re.sub("_(count|sum|bucket)$", "", name) for name in told}
    assert set(re.findall(r"\bentente_[a-z_]+\b", page)) - told == set()
