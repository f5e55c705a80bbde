"""Conventions that hold at every address: tags, ids of requests, problems, log lines, health, documentation."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.api.health import PATHS
from tests.client import Client

HEAD = "---\ntitle: Fiji and Peru talk\nsource: Bay News\npublished: 2025-01-05\n---\n"
FIJI = f"{HEAD}Fiji and Peru held talks on trade in Suva.\n"


def test_index_leads_everywhere(seeded: Client) -> None:
    assert {p: seeded.get(p).status_code for p in PATHS.values()} == dict.fromkeys(PATHS.values(), 200)


@pytest.mark.parametrize("path", ["/articles", "/entities/iran", "/"])
def test_what_the_client_has_is_not_sent_again(seeded: Client, path: str) -> None:
    first = seeded.get(path)
    tag = first.headers["etag"]
    assert not tag.startswith("W/")
    for tags in (tag, f'"other", {tag}', "*", f"W/{tag}"):
        again = seeded.get(path, if_none_match=tags)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert seeded.get(path, if_none_match='"other"').content == first.content


def test_dates_of_change_are_honoured_where_no_tag_is_given(seeded: Client) -> None:
    changed = seeded.get("/entities/iran").headers["last-modified"]
    assert seeded.get("/entities/iran", if_modified_since=changed).status_code == 304
    assert seeded.get("/entities/iran", if_modified_since="Thu, 01 Jan 2004 00:00:00 GMT").status_code == 200
    assert seeded.get("/entities/iran", if_modified_since="soon").status_code == 200
    assert seeded.get("/entities/iran", if_modified_since=changed, if_none_match='"other"').status_code == 200


def test_request_id_is_kept_where_it_is_fit_for_a_log(seeded: Client) -> None:
    assert seeded.get("/", x_request_id="trace-7.a").headers["x-request-id"] == "trace-7.a"
    for unfit in ("a b", "x" * 200, '"}'):
        assert re.fullmatch("[0-9a-f]{32}", seeded.get("/", x_request_id=unfit).headers["x-request-id"])


def test_every_request_is_one_log_line_with_its_ids(seeded: Client, caplog: pytest.LogCaptureFixture) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with caplog.at_level(logging.INFO, "entente.requests"):
        seeded.get("/entities/iran?x=1", x_request_id="r-1", traceparent=trace)
    (record,) = caplog.records
    fields: dict[str, Any] = record.fields  # type: ignore[attr-defined]
    assert (fields["method"], fields["path"], fields["status"], fields["request_id"]) == (
        "GET",
        "/entities/iran",
        422,
        "r-1",
    )
    assert fields["trace_id"] == trace.split("-")[1]


def test_head_is_get_without_the_body(seeded: Client) -> None:
    head, get = seeded.request("HEAD", "/entities/iran"), seeded.get("/entities/iran")
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["etag"], head.headers["content-length"]) == (get.headers["etag"], str(len(get.content)))


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("PATCH", "/entities", 405), ("GET", "/articles/", 404)]
)
def test_refusals_of_the_framework_are_problems_too(seeded: Client, method: str, path: str, status: int) -> None:
    response = seeded.request(method, path)
    assert (response.status_code, response.json()["status"]) == (status, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/articles", "GET, HEAD, POST"),
        ("/articles/a-pact", "GET, HEAD, PUT, DELETE"),
        ("/commitments", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_all_that_the_path_answers_to(seeded: Client, path: str, methods: str) -> None:
    assert seeded.request("PATCH", path).headers["allow"] == methods


def test_what_breaks_inside_is_a_problem_without_details(
    seeded: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("app.store.points.Points.document", lambda *_: 1 / 0)
    response = seeded.get("/entities/belarus?", x_request_id="r-500")
    assert response.status_code == 500
    assert "division" not in response.text
    (logged,) = (record for record in caplog.records if record.levelname == "ERROR")
    assert logged.exc_info
    assert logged.fields["request_id"] == "r-500"  # type: ignore[attr-defined]


def test_broken_seeds_are_named_and_stop_neither_the_others_nor_the_service(
    serve: Callable[..., Client], tmp_path: Path
) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "a-latin.md").write_bytes(FIJI.encode() + b"\nna\xefve")
    (seeds / "b-untitled.md").write_text("---\nsource: Bay News\n---\nFiji and Peru held talks on trade in Suva.")
    (seeds / "c-empty.md").write_text("")
    (seeds / "d-good.md").write_text(FIJI)
    client = serve(seeds)
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert [re.sub(r".*/", "", w).split(": ")[0] for w in ready.json()["warnings"]] == [
        "a-latin.md:8",
        "b-untitled.md:1",
        "c-empty.md:1",
    ]
    assert [a["title"] for a in client.get("/articles").json()["items"]] == ["Fiji and Peru talk"]


def test_specification_is_complete_and_its_examples_are_answers_of_the_service(seeded: Client) -> None:
    specification = seeded.get("/openapi.json").json()
    assert specification["openapi"].startswith("3.1")
    ids = set()
    for path, item in specification["paths"].items():
        for method, operation in item.items():
            ids.add(operation["operationId"])
            assert operation["tags"], path
            assert operation["summary"], path
            assert operation["description"], path
            answers = [operation["responses"][status] for status in operation["responses"] if status[0] == "2"]
            shown = [content for answer in answers for content in list(answer.get("content", {}).values())[:1]]
            assert shown or method == "delete", path
            assert all("example" in content for content in shown), (method, path)
            assert "422" in operation["responses"], path
            assert ("404" in operation["responses"]) == ("{" in path), path
    assert len(ids) == sum(map(len, specification["paths"].values()))
    commitment = specification["paths"]["/commitments/{commitment}"]["get"]
    example = commitment["responses"]["200"]["content"]["application/json"]["example"]
    assert seeded.get(f"/commitments/{commitment['parameters'][0]['example']}").json() == example


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_documentation_pages_need_no_other_host(seeded: Client, path: str) -> None:
    page = seeded.get(path)
    assert page.headers["content-type"].startswith("text/html")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded
    assert {asset: seeded.get(asset).status_code for asset in loaded} == dict.fromkeys(loaded, 200)
    assert all(asset.startswith("/") for asset in loaded)


def test_log_lines_are_json() -> None:
    from app.api.logs import JsonLines

    record = logging.LogRecord("entente", logging.INFO, "", 1, 'a "quoted"\nthing', None, None)
    assert json.loads(JsonLines().format(record))["message"] == 'a "quoted"\nthing'
    assert "\n" not in JsonLines().format(record)
