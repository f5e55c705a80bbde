"""Several processes that serve on one address, as one service."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from app.api.counters import children_of
from tests.service.test_serve import WITHIN, log_of, serving, wait_until_ready

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="who serves is read off /proc")

PROCESSES = 2
WRITES = 20


def servers_of(parent: int) -> list[int]:
    """The processes that hold a listening socket of the service, without the one that started them."""
    return [pid for pid in children_of(parent) if "listen" in sockets_of(pid).values()]


def sockets_of(pid: int) -> dict[int, str]:
    """The TCP connections of a process: the client's port where one is open, or `listen`."""
    held = {found[1] for link in links_of(pid) if (found := re.match(r"socket:\[(\d+)\]", link))}
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[2].split(":")[1], 16): "listen" if row[3] == "0A" else "open" for row in rows if row[9] in held}


def links_of(pid: int) -> Iterator[str]:
    """What a process's open files are; it closes some while they are looked at."""
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            yield str(path.readlink())


def server_of(client: httpx.Client, parent: int) -> int:
    """Which process a client with one kept connection is served by."""
    response = client.get("/health/live")
    port = response.extensions["network_stream"].get_extra_info("client_addr")[1]
    return next(pid for pid in servers_of(parent) if port in sockets_of(pid))


def clients_of_each(stack: ExitStack, base: httpx.Client, parent: int) -> dict[int, httpx.Client]:
    """A client of each process; which one takes a connection is for the system to choose."""
    found: dict[int, httpx.Client] = {}
    until = time.monotonic() + WITHIN
    while len(found) < PROCESSES:
        assert time.monotonic() < until, f"only {list(found)} take connections"
        client = stack.enter_context(httpx.Client(base_url=base.base_url, timeout=30))
        found.setdefault(server_of(client, parent), client)
    return found


def test_what_one_process_acknowledged_is_what_every_other_answers(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "store.db", ENTENTE_SERVE_WORKERS=str(PROCESSES)) as (service, base),
        ExitStack() as stack,
    ):
        wait_until_ready(base)
        writer, reader = clients_of_each(stack, base, service.pid).values()
        writer_reads = writer.get("/articles?count=true").json()
        for number in range(WRITES):
            before = reader.get("/articles?count=true").json()["total"]
            text = f"The envoy of Fiji met the minister of Peru in Suva in round {number}."
            path = writer.post("/articles", json={"text": text}).headers["location"]
            assert reader.get("/articles?count=true").json()["total"] == before + 1
            assert reader.get("/entities/fiji").json()["article_count"] == number + 1
            tag = reader.get(path).headers["etag"]
            corrected = f"The envoy of Fiji met the minister of Peru in Lima in round {number}."
            assert writer.put(path, json={"text": corrected}, headers={"if-match": tag}).status_code == 200
            assert reader.get(path).json()["text"] == corrected
            assert reader.get(path, headers={"if-none-match": tag}).status_code == 200
            writer, reader = reader, writer
        assert writer.get("/articles?count=true").json()["total"] == writer_reads["total"] + WRITES


def test_a_dead_process_is_replaced_and_all_of_them_extract_together(tmp_path: Path) -> None:
    settings = {"ENTENTE_SERVE_WORKERS": str(PROCESSES), "ENTENTE_WORKERS": "1"}
    with serving(tmp_path / "store.db", **settings) as (service, base), ExitStack() as stack:
        wait_until_ready(base)
        clients = clients_of_each(stack, base, service.pid)
        for number, client in enumerate(clients.values()):
            text = f"The envoy of Fiji met the minister of Peru in Suva in round {number}."
            assert client.post("/articles", json={"text": text}).status_code == 201
        alone = [pid for pid in children_of(service.pid) if pid not in clients]
        assert len([pid for pid in alone if is_extractor(pid)]) == 1
        killed, left = list(clients)
        os.kill(killed, signal.SIGKILL)
        until = time.monotonic() + WITHIN
        while len(set(servers_of(service.pid)) - {killed}) < PROCESSES:
            assert clients[left].get("/commitments").status_code == 200
            assert time.monotonic() < until
            time.sleep(0.05)
        assert set(clients_of_each(stack, base, service.pid)) == set(servers_of(service.pid))
        service.send_signal(signal.SIGTERM)
        assert service.wait(WITHIN) == 0
        errors = log_of(tmp_path / "store.db").read_text()
        assert "Traceback" not in errors
        assert Counter(re.findall(r'"message":"(seeds loaded|process that served died)"', errors)) == {
            "seeds loaded": 1,
            "process that served died": 1,
        }


def is_extractor(pid: int) -> bool:
    """The pool's processes step back, or hold the model; that which tracks resources does neither."""
    return "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()
