"""A job goes on after the service was killed in the middle of it."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest

from tests.service.test_serve import WITHIN, serving, wait_until_ready

pytestmark = pytest.mark.slow
ARTICLES = 300


def test_job_survives_a_killed_service_and_counts_each_article_once(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    records = [{"text": f"The envoy of Fiji met the minister of Peru in Suva in round {n}."} for n in range(ARTICLES)]
    body = "\n".join(map(json.dumps, records))
    until = time.monotonic() + 3 * WITHIN
    with serving(store) as (process, client):
        wait_until_ready(client)
        headers = {"content-type": "application/x-ndjson"}
        path = client.post("/articles/bulk", content=body, headers=headers).headers["location"]
        while not client.get(path).json()["new"]:
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait(WITHIN)
    with serving(store) as (_, client):
        wait_until_ready(client)
        while (job := client.get(path).json())["state"] != "done":
            assert time.monotonic() < until, job
            time.sleep(0.2)
        assert (job["total"], job["new"], job["known"], job["refused"]) == (ARTICLES, ARTICLES, 0, 0)
        assert client.get("/entities/fiji").json()["article_count"] == ARTICLES
