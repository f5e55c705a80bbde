"""`entente load` stopped in the middle, by Ctrl+C and by force: nothing is lost, nothing is there twice."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).parent / "entente")
ARTICLES = 600
WITHIN = 300

pytestmark = pytest.mark.slow


def start(source: Path, store: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "ENTENTE_DATABASE_URL": f"sqlite:///{store}"}
    return subprocess.Popen(
        [COMMAND, "load", str(source)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def count(store: Path) -> int:
    try:
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def descendants(process: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout.split()[2:]
    parents = dict(zip(map(int, listed[::2]), map(int, listed[1::2]), strict=True))
    return [child for child, parent in parents.items() if parent == process]


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_load_that_is_stopped_goes_on_where_it_was(tmp_path: Path, number: signal.Signals) -> None:
    source, store = tmp_path / "visits.jsonl", tmp_path / "store.db"
    records = [{"text": f"The envoy of Fiji met the minister of Peru in Suva in round {n}."} for n in range(ARTICLES)]
    source.write_text("\n".join(map(json.dumps, [*records, {"title": "no text"}])))
    process = start(source, store)
    until = time.monotonic() + WITHIN
    while not count(store):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
    workers = descendants(process.pid)
    assert workers
    process.send_signal(number)
    _, errors = process.communicate(timeout=WITHIN)
    assert "Traceback" not in errors
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert "goes on from there" in errors
    stored = count(store)
    assert 0 < stored < ARTICLES
    while any(map(is_alive, workers)):
        assert time.monotonic() < until, "workers outlive their parent"
        time.sleep(0.1)
    again = start(source, store)
    printed, _ = again.communicate(timeout=WITHIN)
    assert (again.returncode, printed) == (3, f"{ARTICLES - stored} new, {stored} known already, 1 refused\n")
    assert count(store) == ARTICLES
    with sqlite3.connect(store) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        facts = {row[0] for row in connection.execute("SELECT count(*) FROM commitments GROUP BY article_pk")}
    assert facts == {1}
