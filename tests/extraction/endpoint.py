"""A chat endpoint on loopback that answers what a test tells it to, in turn, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.extraction.chat import Endpoint

Fields = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """An answer: status, body, headers; ``hangs`` sends the head and then nothing, ``drips`` a byte now and then."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    drips: bool = False
    cuts: bool = False


def completion(content: str | None, finish_reason: str = "stop", **more: Any) -> Reply:
    """A chat completion with this content."""
    message = {"role": "assistant", "content": content, **more}
    return Reply(json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": finish_reason}]}).encode())


def facts(entities: Any = (), statements: Any = (), commitments: Any = ()) -> Reply:
    """A chat completion that lists these facts."""
    return completion(json.dumps({"entities": entities, "statements": statements, "commitments": commitments}))


def error(status: int, message: str, **headers: str) -> Reply:
    """A refusal as OpenAI's interface words it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(json.dumps({"error": {"message": message, "type": "invalid_request_error"}}).encode(), status, named)


@dataclass
class Served:
    """The endpoint that is served, and the requests it had; its last reply is given again and again."""

    replies: list[Reply]
    url: str = ""
    requests: list[Fields] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.url, "small-model", "key-1234")

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def served(*replies: Reply) -> Iterator[Served]:
    """Serve the replies, one a request."""
    state = Served(list(replies))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            state.paths.append(self.path)
            state.headers.append({name.lower(): value for name, value in self.headers.items()})
            state.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            with suppress(OSError):
                self._reply(state.next())

        def _reply(self, reply: Reply) -> None:
            if reply.cuts:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if reply.hangs:
                state.closing.wait(30)
            elif reply.drips:
                for byte in reply.body:
                    self.wfile.write(bytes([byte]))
                    if state.closing.wait(0.02):
                        return
            else:
                self.wfile.write(reply.body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
