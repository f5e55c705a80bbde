"""How many connections one address may have."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from app.api.connections import patient
from app.api.crowd import Crowd

Connect = Callable[[], socket.socket]


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def serving(crowd: Crowd) -> Iterator[Connect]:
    """A server that has nothing to say; gives what connects to it."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = listening.getsockname()
    server = uvicorn.Server(
        uvicorn.Config(nothing, http=patient(60, crowd), ws="none", lifespan="off", log_config=None)
    )
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield lambda: socket.create_connection(address, timeout=60)
    finally:
        server.should_exit = True
        thread.join(60)


def status(connection: socket.socket) -> str:
    """What a request is answered with."""
    connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return connection.recv(4096).decode().split()[1]


def test_connection_too_many_is_refused_until_another_ends() -> None:
    with serving(Crowd(2)) as connect, connect() as one, connect() as other:
        assert (status(one), status(other)) == ("204", "204")
        with connect() as third:
            assert third.recv(4096).startswith(b"HTTP/1.1 429 ")
            assert third.recv(4096) == b""
        assert status(other) == "204"
        one.close()
        until = time.monotonic() + 60
        while time.monotonic() < until:  # the server learns of that in its own time
            with connect() as again:
                again.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                if again.recv(4096).startswith(b"HTTP/1.1 204 "):
                    return
        raise AssertionError("the place of a connection that ended is not given to another")


def test_trusted_proxies_may_have_any_number() -> None:
    with serving(Crowd(1, ["127.0.0.0/8"])) as connect, connect() as one, connect() as other:
        assert (status(one), status(other)) == ("204", "204")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
    ],
)
def test_one_address_is_what_one_client_has(one: str, other: str, *, is_same: bool) -> None:
    crowd = Crowd(1)
    first = crowd.enter(one)
    assert first is not None
    assert (crowd.enter(other) is None) == is_same
    crowd.leave(first)
    assert crowd.enter(one) is not None
