"""Whether the service is ready, and which part is not where it is not."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from app.store import jobs
from app.store.database import Database, StoreError
from app.store.tables import jobs as job_rows
from tests.client import Client

PARTS = {"store", "migrations", "queue", "seeds", "model"}


def test_every_part_is_well(seeded: Client) -> None:
    assert seeded.get("/health/ready").json()["checks"] == dict.fromkeys(PARTS, "ok")


def test_store_that_cannot_be_read_is_named(seeded: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Database) -> bool:
        raise StoreError("gone")

    monkeypatch.setattr(Database, "is_migrated", broken)
    ready = seeded.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
    checks = ready.json()["checks"]
    assert {name for name in checks if checks[name] != "ok"} == {"store", "migrations", "queue"}
    assert checks["store"].startswith("cannot be read")


def test_schema_that_is_not_there_is_named(seeded: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Database, "is_migrated", lambda _: False)
    ready = seeded.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["migrations"]) == (503, "not applied")


def test_seeds_that_cannot_be_stored_are_named(
    serve: Callable[..., Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr("app.background.load_folder", broken)
    monkeypatch.setattr("tests.client.READY_WITHIN", 0)
    (tmp_path / "seeds").mkdir()
    client = serve(tmp_path / "seeds")
    until = time.monotonic() + 240
    while "being loaded" in (ready := client.get("/health/ready")).text and time.monotonic() < until:
        time.sleep(0.1)
    assert (ready.status_code, ready.json()["checks"]["seeds"]) == (503, "the disk is full")


@pytest.mark.parametrize(("age", "is_stalled"), [(timedelta(seconds=1), False), (timedelta(hours=1), True)])
def test_jobs_are_stalled_when_nobody_works_on_any(database: Database, age: timedelta, is_stalled: bool) -> None:
    with database.write() as connection:
        assert not jobs.are_stalled(connection)
        for _ in range(2):
            pk, _ = jobs.open_job(connection)
            jobs.add_records(connection, pk, [(1, b"{}")])
            jobs.queue_job(connection, pk)
        connection.execute(update(job_rows).values(created_at=datetime.now(UTC) - age))
        assert jobs.are_stalled(connection) is is_stalled
        jobs.lease_job(connection, "somebody")
        assert not jobs.are_stalled(connection)


def test_stalled_jobs_are_a_warning_since_answers_do_not_depend_on_them(
    seeded: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.health.are_stalled", lambda _: True)
    ready = seeded.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["warnings"] == ["queue: jobs wait, and nobody works them off"]
    assert "nobody works them off" in ready.json()["checks"]["queue"]


SERVED = """
import sys
from app import cli, serving
from app.settings import Settings
sys.argv = ["entente", "--help"]
try:
    cli.main()
except SystemExit:
    serving.create_app(Settings(read_only={read_only}))
assert "app.main" in sys.modules
assert not {{"numpy", "onnxruntime", "spacy", "pyarrow"}} & sys.modules.keys(), sys.modules.keys()
"""


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize("read_only", [True, False])
def test_a_process_that_serves_takes_no_memory_for_what_extracts(tmp_path: Path, read_only: bool) -> None:
    served = SERVED.format(read_only=read_only)
    run = subprocess.run([sys.executable, "-c", served], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
