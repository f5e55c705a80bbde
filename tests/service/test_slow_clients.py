"""Clients that hold connections by being slow, or send without end, are cut off; others are served meanwhile."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest

from tests.service.test_serve import serving, wait_until_ready

pytestmark = pytest.mark.slow

WITHIN = 15
"""Seconds in which the service, which has a patience of one, must have cut off who is slow."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The service, with a patience of one second; all its clients are at one address here."""
    store = tmp_path_factory.mktemp("slow") / "store.db"
    with serving(store, ENTENTE_SLOW_SECONDS="1", ENTENTE_CONNECTIONS="0") as (_, started):
        wait_until_ready(started)
        yield started


def connected(client: httpx.Client) -> socket.socket:
    address = urlsplit(str(client.base_url))
    made = socket.create_connection((address.hostname, address.port), timeout=WITHIN)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def trickled(client: httpx.Client, start: bytes, piece: bytes) -> bytes:
    """What comes back when, after a start, a piece is sent ten times a second for as long as the service listens."""
    received = b""
    with closing(connected(client)) as made:
        made.settimeout(0.1)
        made.sendall(start)
        until = time.monotonic() + WITHIN
        while time.monotonic() < until:
            try:
                if not (came := made.recv(65536)):
                    return received
                received += came
            except TimeoutError:
                pass
            except ConnectionResetError:
                return received
            try:
                made.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                return received
    raise AssertionError("still connected")


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"GET /articles HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"X-A: b\r\n"),
        (b"GET /arti", b"c"),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ", b"b"),
    ],
)
def test_slowloris_of_headers_is_cut_off(client: httpx.Client, start: bytes, piece: bytes) -> None:
    assert trickled(client, start, piece).startswith(b"HTTP/1.1 408 ")


def test_slow_body_is_cut_off(client: httpx.Client) -> None:
    head = (
        b"POST /articles HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n"
    )
    assert trickled(client, head, b" ").startswith(b"HTTP/1.1 408 ")


def test_slow_body_of_a_get_that_was_answered_already_is_cut_off(client: httpx.Client) -> None:
    head = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90000\r\n\r\n"
    assert trickled(client, head, b" ").startswith(b"HTTP/1.1 200 ")


def test_empty_lines_before_a_request_hold_no_connection(client: httpx.Client) -> None:
    trickled(client, b"", b"\r\n")


def test_connection_on_which_nothing_is_asked_is_ended(client: httpx.Client) -> None:
    with closing(connected(client)) as made:
        assert made.recv(1) == b""


def test_client_that_takes_no_answers_is_cut_off(client: httpx.Client) -> None:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    address = urlsplit(str(client.base_url))
    made.connect((address.hostname, address.port))
    with closing(made):
        made.settimeout(WITHIN)
        assert is_cut_off(made, b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 400)


def is_cut_off(made: socket.socket, asking: bytes) -> bool:
    """Whether the service ends a connection on which much is asked and nothing taken."""
    until = time.monotonic() + WITHIN
    try:
        made.sendall(asking)
        while time.monotonic() < until:
            time.sleep(0.2)
            made.sendall(b"G")
    except (BrokenPipeError, ConnectionResetError):
        return True
    return False


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"a" * 40_000, b"414"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: " + b"b" * 40_000, b"431"),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X-A: b\r\n" * 9000 + b"\r\n", b"431"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_addresses_and_headers_without_end_are_refused(client: httpx.Client, sent: bytes, status: bytes) -> None:
    with closing(connected(client)) as made:
        made.sendall(sent)
        assert made.recv(65536).startswith(b"HTTP/1.1 " + status)


def test_others_are_served_while_many_are_slow(client: httpx.Client) -> None:
    slow = [connected(client) for _ in range(200)]
    for made in slow:
        made.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    assert client.get("/articles").status_code == 200
    for made in slow:
        assert made.recv(65536).startswith(b"HTTP/1.1 408 ")
        made.close()


def test_check_of_a_proxy_that_names_no_host_is_answered(client: httpx.Client) -> None:
    with closing(connected(client)) as made:
        made.sendall(b"GET /health/ready HTTP/1.0\r\n\r\n")
        assert made.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_head_that_comes_in_pieces_and_a_request_after_a_pause_are_answered(client: httpx.Client) -> None:
    with closing(connected(client)) as made:
        for _ in range(2):
            for piece in (b"GET /health/li", b"ve HTTP/1.1\r\nHo", b"st: 127.0.0.1\r\n\r\n"):
                made.sendall(piece)
                time.sleep(0.1)
            assert made.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_long_answer_is_finished_for_a_client_that_takes_it(client: httpx.Client) -> None:
    assert len(client.get("/docs/assets/redoc.standalone.js").content) > 500_000
