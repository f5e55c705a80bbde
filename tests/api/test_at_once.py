"""What is answered while the request is being read is what the usual way answers, and never older than the store."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from app.api.connections import PatientProtocol, patient
from app.api.crowd import Crowd
from app.main import create_app
from app.settings import Settings
from app.store.database import Database
from app.store.write import put
from tests.making import PACT, an_article, pact_facts
from tests.store.several import fill

WITHIN = 60
HOST = b"Host: 127.0.0.1"
THE_USUAL_WAY = b"Cookie: taste=plain"
"""A header that has the service look closer."""

NOW = b"date: now"


@dataclass
class Connect:
    """Connects to a server."""

    server: uvicorn.Server
    address: tuple[str, int]

    def __call__(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=WITHIN)


@contextmanager
def serving(url: str, patience: float = 60, keep_alive: int = WITHIN, **settings: Any) -> Iterator[Connect]:
    """A service that reads the store, over a socket."""
    app = create_app(Settings(database_url=url, read_only=True, **settings))
    listening = socket.create_server(("127.0.0.1", 0))
    address = listening.getsockname()
    named = {"ws": "none", "log_config": None, "server_header": False, "proxy_headers": False}
    protocol = patient(patience, Crowd(0))
    config = uvicorn.Config(app, http=protocol, timeout_keep_alive=keep_alive, **named)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield Connect(server, address)
    finally:
        server.should_exit = True
        thread.join(WITHIN)


@pytest.fixture
def connection(database: Database, store_url: str) -> Iterator[socket.socket]:
    fill(database)
    with serving(store_url) as connect, closing(connect()) as made:
        asked(made, b"/articles")  # from now on the service knows the host
        yield made


def request(path: bytes, *headers: bytes, method: bytes = b"GET", version: bytes = b"1.1") -> bytes:
    return b"\r\n".join([b"%b %b HTTP/%b" % (method, path, version), HOST, *headers, b"", b""])


def answers(connection: socket.socket, count: int = 1, *, bodiless: bool = False) -> list[bytes]:
    """The next answers on a connection, whole; the dates in them are all one."""
    found: list[bytes] = []
    with connection.makefile("rb") as came:
        while len(found) < count:
            head = b"".join(iter(came.readline, b"\r\n"))
            assert head
            length = re.search(rb"content-length: (\d+)", head)
            body = b"" if bodiless or length is None else came.read(int(length[1]))
            found.append(re.sub(rb"date: [^\r]+", NOW, head, count=1) + body)
    return found


def asked(connection: socket.socket, path: bytes, *headers: bytes) -> bytes:
    """The answer to one GET."""
    connection.sendall(request(path, *headers))
    return answers(connection)[0]


PATHS = (
    b"/articles/2025-03-04-pact-at-sea",
    b"/articles/2025-03-04-pact-at-sea/commitments",
    b"/articles/2025-03-04-pact-at-sea/commitments?count=true&limit=1",
    b"/articles/2025-03-04-pact-at-sea/entities?cursor=forged",
    b"/articles/nobody",
    b"/articles/nobody/commitments?colour=red",
    b"/articles?limit=1",
    b"/entities/peru",
    b"/entities/p%65ru",
    b"/entities/peru%2Fchile",
    b"/entities/peru?format=json&format=json",
    b"/commitments?between=PE,CL",
    b"/search?q=peru",
    b"/summary",
    b"/nothing",
    b"/openapi.json",
    b"//articles",
    b"*",
)


@pytest.mark.parametrize("path", PATHS)
def test_first_time_and_later_the_answer_is_that_of_the_usual_way(connection: socket.socket, path: bytes) -> None:
    of_caller = b"X-Request-ID: the-same"
    found = [asked(connection, path, of_caller) for _ in range(3)]
    usual = asked(connection, path, of_caller, THE_USUAL_WAY)
    assert found == [usual] * 3


@pytest.mark.stores("sqlite")
def test_reads_of_one_thing_take_no_task(connection: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks: list[str] = []
    start = PatientProtocol._start_asgi_task

    def noting(self: PatientProtocol, cycle: RequestResponseCycle, app: Any) -> None:
        tasks.append(cycle.scope["path"])
        start(self, cycle, app)

    monkeypatch.setattr(PatientProtocol, "_start_asgi_task", noting)
    for path in (*PATHS[:2], b"/summary", b"/summary", *PATHS[:2]):
        asked(connection, path)
    assert tasks == ["/summary"]


def test_who_has_the_answer_gets_its_tag_alone(connection: socket.socket) -> None:
    whole = asked(connection, PATHS[0])
    tag = re.search(rb"etag: (\S+)", whole)
    assert tag
    for _ in range(2):
        connection.sendall(request(PATHS[0], b"If-None-Match: " + tag[1]))
        (answer,) = answers(connection, bodiless=True)
        assert answer.startswith(b"HTTP/1.1 304 ")
        assert b"etag: " + tag[1] in answer


def test_nothing_is_answered_as_it_was_before_a_write(
    connection: socket.socket, database: Database, store_kind: str
) -> None:
    before = asked(connection, b"/articles?limit=1", b"X-Request-ID: a")
    article = an_article(f"{PACT} Anew.", "Anew")
    with database.write() as writing:
        put(writing, article, pact_facts(article))
    until = time.monotonic() + (0 if store_kind == "sqlite" else WITHIN)
    while asked(connection, b"/articles?limit=1", b"X-Request-ID: a") == before:
        assert time.monotonic() < until


def test_requests_sent_together_are_answered_in_their_order(connection: socket.socket) -> None:
    paths = [PATHS[0], b"/summary", PATHS[0], b"/health/live", PATHS[1], b"/entities/peru/partners", PATHS[0]]
    alone = [asked(connection, path, b"X-Request-ID: n") for path in paths]
    connection.sendall(b"".join(request(path, b"X-Request-ID: n") for path in paths))
    assert answers(connection, len(paths)) == alone


def test_body_of_a_get_is_no_request_of_its_own(connection: socket.socket) -> None:
    alone = asked(connection, PATHS[0], b"X-Request-ID: n")
    inside = request(b"/entities/peru")
    sent = request(PATHS[0], b"X-Request-ID: n", b"Content-Length: %d" % len(inside))
    connection.sendall(sent + inside)
    assert answers(connection) == [alone]
    chunked = request(PATHS[0], b"X-Request-ID: n", b"Transfer-Encoding: chunked")
    connection.sendall(chunked + b"%x\r\n%b\r\n0\r\n\r\n" % (len(inside), inside))
    assert answers(connection) == [alone]


def test_words_that_came_before_are_a_body_where_a_body_is_due(connection: socket.socket) -> None:
    head = request(b"/entities/peru", b"X-Request-ID: n")
    for _ in range(2):
        assert asked(connection, b"/entities/peru", b"X-Request-ID: n").startswith(b"HTTP/1.1 200 ")
    alone = asked(connection, PATHS[0], b"X-Request-ID: n")
    connection.sendall(request(PATHS[0], b"X-Request-ID: n", b"Content-Length: %d" % len(head)))
    time.sleep(0.1)  # so that the body comes by itself
    connection.sendall(head)
    assert answers(connection) == [alone]


def test_words_that_came_before_are_read_anew_behind_part_of_a_head(connection: socket.socket) -> None:
    head = request(PATHS[0], b"X-Request-ID: n")
    for _ in range(2):
        alone = asked(connection, PATHS[0], b"X-Request-ID: n")
    connection.sendall(b"GET /entities/peru HTTP/1.1\r\nX-Note: ")
    time.sleep(0.1)
    connection.sendall(head)
    assert b'"id":"peru"' in answers(connection)[0]
    connection.sendall(head[:20])
    time.sleep(0.1)
    connection.sendall(head[20:] + head)
    assert answers(connection, 2) == [alone, alone]


@pytest.mark.stores("sqlite")
def test_what_is_no_request_is_refused_however_often_it_comes(database: Database, store_url: str) -> None:
    fill(database)
    with serving(store_url) as connect, closing(connect()) as known:
        for _ in range(3):
            asked(known, PATHS[0])
        for behind in (b"\x01\x01", b"\xff", b"nothing\r\n\r\n") * 2:
            with closing(connect()) as made:
                made.sendall(request(PATHS[0]) + behind)
                first, second = answers(made, 2)
                assert first.startswith(b"HTTP/1.1 200 ")
                assert second.startswith(b"HTTP/1.1 400 ")
                assert made.recv(100) == b""


@pytest.mark.stores("sqlite")
def test_words_that_came_before_are_answered_anew_after_each_write(database: Database, store_url: str) -> None:
    fill(database)
    with serving(store_url) as connect, closing(connect()) as made:
        for number in range(20):
            before = [asked(made, b"/articles?limit=1", b"X-Request-ID: a") for _ in range(3)]
            article = an_article(f"{PACT} Anew {number}.", f"Anew {number}")
            with database.write() as writing:
                put(writing, article, pact_facts(article))
            assert asked(made, b"/articles?limit=1", b"X-Request-ID: a") != before[-1]


@pytest.mark.parametrize(
    ("sent", "bodiless"),
    [
        (request(PATHS[0], b"Connection: close"), False),
        (request(PATHS[0], version=b"1.0"), False),
        (request(PATHS[0], b"Connection: close", method=b"HEAD"), True),
    ],
    ids=["close", "HTTP/1.0", "HEAD"],
)
def test_what_ends_a_connection_ends_it(connection: socket.socket, sent: bytes, bodiless: bool) -> None:
    asked(connection, PATHS[0])
    connection.sendall(sent)
    (answer,) = answers(connection, bodiless=bodiless)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert connection.recv(100) == b""


@pytest.mark.stores("sqlite")
def test_client_that_does_not_read_does_not_fill_the_service(database: Database, store_url: str) -> None:
    """What it asks meanwhile is answered when it reads again."""
    fill(database)
    count = 20_000
    with serving(store_url) as connect, closing(connect()) as made:
        one = asked(made, b"/articles", b"X-Request-ID: n")
        made.sendall(request(b"/articles", b"X-Request-ID: n") * count)
        state, before = connect.server.server_state, -1
        while state.total_requests != before:
            before = state.total_requests
            time.sleep(0.2)
        assert before < count
        waiting = sum(each.transport.get_write_buffer_size() for each in state.connections)
        assert waiting < 10 * len(one) + (1 << 16)
        assert answers(made, count)[-1] == one


def test_each_request_has_an_id_a_line_and_a_count(connection: socket.socket, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "entente.requests"):
        found = [asked(connection, PATHS[0]) for _ in range(3)]
    ids = [name[1].decode() for answer in found if (name := re.search(rb"x-request-id: ([0-9a-f]{32})\r\n", answer))]
    lines = [record.fields for record in caplog.records if record.name == "entente.requests"]  # type: ignore[attr-defined]
    assert [line["request_id"] for line in lines] == ids
    assert len(set(ids)) == 3
    assert {(line["method"], line["path"], line["status"]) for line in lines} == {("GET", PATHS[0].decode(), 200)}
    told = asked(connection, b"/metrics")
    assert b'entente_request_seconds_count{method="GET",route="/articles/{article}",status="200"} 3.0' in told


@pytest.mark.stores("sqlite")
def test_connection_that_was_answered_may_rest(database: Database, store_url: str) -> None:
    """Longer than one that asks for nothing at all."""
    fill(database)
    with serving(store_url, patience=0.2) as connect, closing(connect()) as first, closing(connect()) as silent:
        asked(first, PATHS[0])
        with closing(connect()) as made:
            asked(made, PATHS[0])
            assert silent.recv(100) == b""
            assert asked(made, PATHS[0]).startswith(b"HTTP/1.1 200 ")


@pytest.mark.stores("sqlite")
def test_connection_that_rests_for_too_long_is_ended(database: Database, store_url: str) -> None:
    fill(database)
    with serving(store_url, patience=0.2, keep_alive=1) as connect, closing(connect()) as made:
        asked(made, PATHS[0])
        asked(made, PATHS[0])
        assert made.recv(100) == b""


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize("settings", [{"anonymous_read": False}, {"rate_read": "2/minute"}], ids=["keys", "rates"])
def test_who_may_not_read_is_not_let_in_by_haste(database: Database, store_url: str, settings: dict[str, Any]) -> None:
    fill(database)
    with serving(store_url, **settings) as connect, closing(connect()) as made:
        found = [asked(made, PATHS[0])[:12] for _ in range(4)]
    assert found[-1] in (b"HTTP/1.1 401", b"HTTP/1.1 429")
