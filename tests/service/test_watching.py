"""What those who run the service see of it: traces at a collector, and logs that keep secrets."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from tests.service.test_serve import log_of, serving, wait_until_ready

TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = f"00-{TRACE}-b7ad6b7169203331-01"
FIJI = {
    "title": "Harbour talks",
    "source": "Bay News",
    "text": "Fiji and Peru agreed to train their navies together, the ministry said on Monday in Suva.",
}


def wait_until_up(client: httpx.Client) -> None:
    for _ in range(1200):
        try:
            client.get("/health/live")
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("not up")


class Collector:
    """An OTLP endpoint on the loopback that keeps what it is sent."""

    def __init__(self) -> None:
        spans: list[Any] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    spans.extend(span for scope in resource.scope_spans for span in scope.spans)
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/v1/traces"
        self.spans = spans

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name and span.trace_id.hex() == TRACE]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


def attributes(span: Any) -> dict[str, Any]:
    return {a.key: a.value.string_value or a.value.int_value for a in span.attributes}


@pytest.mark.slow
def test_spans_of_a_request_continue_the_trace_of_its_caller(tmp_path: Path, collector: Collector) -> None:
    with serving(tmp_path / "store.db", ENTENTE_TRACES=collector.address) as (process, client):
        wait_until_ready(client)
        traced = {"traceparent": CALLER}
        assert client.post("/articles", json=FIJI, headers=traced).status_code == 201
        for _ in range(2):  # made, then kept
            client.get("/entities/fiji?", headers=traced)
        client.get("/commitments?q=secretword", headers=traced)
        process.terminate()
        process.wait(60)
    logged = log_of(tmp_path / "store.db").read_text()
    (posted,) = collector.named("POST /articles")
    assert posted.parent_span_id.hex() == CALLER.split("-")[2]
    assert attributes(posted)["http.response.status_code"] == 201
    for part in ("extraction", "store write"):
        assert {span.parent_span_id for span in collector.named(part)} == {posted.span_id}, part
    kept = collector.named("GET /entities/{entity}")
    assert [attributes(span)["http.route"] for span in kept] == ["/entities/{entity}"] * 2
    (listed,) = collector.named("GET /commitments")
    assert [span.parent_span_id for span in collector.named("store read")].count(listed.span_id) == 1
    assert not any("secretword" in str(span) for span in collector.spans)
    lines = [json.loads(line) for line in logged.splitlines()]
    (line,) = (line for line in lines if line.get("method") == "POST")
    assert (line["trace_id"], line["span_id"]) == (TRACE, posted.span_id.hex())


@pytest.mark.slow
def test_processes_that_count_together_answer_for_one_another(tmp_path: Path) -> None:
    shared = tmp_path / "counters"
    shared.mkdir()
    together = {"PROMETHEUS_MULTIPROC_DIR": str(shared), "ENTENTE_WORKERS": "1"}
    store = tmp_path / "store.db"
    with serving(store, **together) as (_, first):
        wait_until_ready(first)
        with serving(store, **together) as (process, second):
            wait_until_ready(second)
            assert first.post("/articles", json=FIJI).status_code == 201
            for client in (first, second, second):
                client.get("/entities/fiji")
            assert told(second, "entente_processes", part="service") == 2
            for client in (first, second):
                until_told(client, 3, "entente_request_seconds_count", route="/entities/{entity}", status="200")
                assert told(client, "entente_request_seconds_count", route="/articles", method="POST") == 1
                assert told(client, "entente_extraction_seconds_count") == 1
            process.kill()
            process.wait()
        assert told(first, "entente_processes", part="service") == 1
        assert told(first, "entente_request_seconds_count", route="/entities/{entity}", status="200") == 3
        assert told(first, "entente_extractions_waiting") == 0


@pytest.mark.slow
def test_each_of_several_processes_of_one_service_answers_for_all(tmp_path: Path) -> None:
    settings = {"ENTENTE_SERVE_WORKERS": "2", "ENTENTE_WORKERS": "1"}
    with serving(tmp_path / "store.db", **settings) as (_, client):
        wait_until_up(client)
        asked = 40
        for _ in range(asked):
            httpx.get(client.base_url.join("/entities/fiji"))  # over a connection of its own, to either process
        for _ in range(6):
            answered = httpx.Client(base_url=client.base_url, timeout=30)
            until_told(answered, asked, "entente_request_seconds_count", route="/entities/{entity}")
            assert told(answered, "entente_processes", part="service") == 2


def told(client: httpx.Client, name: str, **labels: str) -> float:
    families = text_string_to_metric_families(client.get("/metrics").text)
    found = (sample for family in families for sample in family.samples if sample.name == name)
    return sum(sample.value for sample in found if labels.items() <= sample.labels.items())


def until_told(client: httpx.Client, value: float, name: str, **labels: str) -> None:
    until = time.monotonic() + 30
    while told(client, name, **labels) != value:
        assert time.monotonic() < until, told(client, name, **labels)
        time.sleep(0.1)


@pytest.mark.slow
def test_no_secret_reaches_the_logs(tmp_path: Path) -> None:
    """Not in requests that succeed, fail or break, and not in what libraries say of addresses with passwords."""
    secrets = {"ENTENTE_LLM_KEY": "sk-of-the-model", "ENTENTE_LLM_MODEL": "small", "ENTENTE_EXTRACTOR": "llm"}
    nowhere = "http://writer:pass-of-the-model@127.0.0.1:9/v1"
    with serving(tmp_path / "store.db", ENTENTE_LLM_URL=nowhere, **secrets) as (process, client):
        wait_until_up(client)
        cookie = {"Cookie": "session=cookie-of-a-client"}
        for headers in (cookie, {**cookie, "Authorization": "Bearer key-of-a-client"}):
            for path in (
                "/commitments?q=query-of-a-client",
                "/nowhere?token=query-of-a-client",
                "/articles/%00?q=query-of",
            ):
                client.get(path, headers=headers)
            client.post("/articles", json=FIJI, headers=headers)
            client.post("/articles", content=b"{", headers={**headers, "Content-Type": "application/json"})
            page = {"url": "http://me:pass-of-a-page@127.0.0.1/a?token=query-of-a-page"}
            client.post("/articles", json=page, headers=headers)
        process.terminate()
        printed, _ = process.communicate(timeout=60)
    logged = log_of(tmp_path / "store.db").read_text()
    assert all(f'"status":{status}' in logged for status in (200, 401, 404, 422))
    for secret in ("sk-of", "pass-of", "key-of", "cookie-of", "query-of"):
        assert secret not in printed + logged, secret


def test_traces_without_what_sends_them_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from app.api.traces import tracing
    from app.settings import Settings, SettingsError

    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError, match=r"entente-news\[telemetry\]"):
        tracing(Settings(traces="http://127.0.0.1:4318/v1/traces"))
