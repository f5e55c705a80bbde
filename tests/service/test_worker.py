"""`entente worker`: processes that do nothing but work off jobs, and may be killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.service.test_serve import WITHIN, serving, wait_until_ready

pytestmark = pytest.mark.slow
ARTICLES = 120


@contextmanager
def worker(store: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "ENTENTE_DATABASE_URL": f"sqlite:///{store}", "ENTENTE_NICENESS": "0", **settings}
    command = [str(Path(sys.executable).parent / "entente"), "worker"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        assert "works off" in process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_worker_goes_on_with_the_job_of_one_that_was_killed(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    records = [{"text": f"The envoy of Fiji met the minister of Peru in Suva in round {n}."} for n in range(ARTICLES)]
    until = time.monotonic() + 3 * WITHIN
    with serving(store, ENTENTE_JOBS="false") as (_, client):
        wait_until_ready(client)
        headers = {"content-type": "application/x-ndjson"}
        body = "\n".join(map(json.dumps, records))
        path = client.post("/articles/bulk", content=body, headers=headers).headers["location"]
        with worker(store) as first:
            while not client.get(path).json()["new"]:
                assert time.monotonic() < until
                time.sleep(0.02)
            first.send_signal(signal.SIGKILL)
            first.wait(WITHIN)
        assert client.get(path).json()["state"] == "running"
        with worker(store) as second:
            while (job := client.get(path).json())["state"] != "done":
                assert time.monotonic() < until, job
                time.sleep(0.1)
            second.send_signal(signal.SIGTERM)
            _, errors = second.communicate(timeout=WITHIN)
            assert second.returncode == 0
            assert "Traceback" not in errors
        assert (job["total"], job["new"], job["known"], job["refused"]) == (ARTICLES, ARTICLES, 0, 0)
        assert client.get("/entities/fiji").json()["article_count"] == ARTICLES


def test_a_worker_tells_its_metrics_where_it_is_asked_to(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with worker(tmp_path / "store.db", ENTENTE_METRICS_PORT=str(port)) as process:
        told = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        for line in ("entente_store_up 1.0", 'entente_processes{part="service"} 1.0'):
            assert line in told.splitlines()
        assert "entente_extraction_seconds_count 0.0" in told
        process.send_signal(signal.SIGTERM)
        assert process.wait(WITHIN) == 0
