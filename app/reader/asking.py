"""What pages show, asked of the service's own interface, within the process.

A page knows what any client may know: filters, cursors, withheld text, who may write and every error are decided in one
place, and a page cannot say other than what the same address answers as JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

from pydantic import BaseModel
from starlette.requests import Request
from starlette.types import Message

from app.schemas.base import Page
from app.schemas.service import Problem

ModelT = TypeVar("ModelT", bound=BaseModel)

Query = str | Sequence[tuple[str, str]]
"""A query as it stands in an address, or its parameters."""

PASSED_ON = frozenset({b"host", b"authorization"})
"""Headers of the request that concern who asks, and whom."""


class Refused(Exception):
    """The interface answered with a problem."""

    def __init__(self, problem: Problem, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.headers = tuple(headers)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the interface answered."""

    status: int
    headers: dict[str, str]
    body: bytes


async def ask(request: Request, path: str, model: type[ModelT], query: Query = "") -> ModelT:
    """The answer to a GET. Raises `Refused`."""
    answer = await _answer(request, "GET", path, query)
    return model.model_validate_json(answer.body)


async def ask_all(request: Request, path: str, item: type[ModelT]) -> list[ModelT]:
    """All items of a list that one article holds, and so ends. Raises `Refused`."""
    found: list[ModelT] = []
    following: str | None = f"{path}?limit=200"
    while following:
        address = urlsplit(following)
        page = await ask(request, address.path, Page[item], address.query)  # type: ignore[valid-type]
        found += page.items
        following = page.next
    return found


async def send(request: Request, path: str, body: bytes) -> Answer:
    """The answer to a POST of JSON. Raises `Refused`."""
    return await _answer(request, "POST", path, "", body)


async def _answer(request: Request, method: str, path: str, query: Query, body: bytes = b"") -> Answer:
    received = _Received()
    await request.app.router(_scope(request, method, path, query, body), _Sent(body), received)
    answer = Answer(received.status, received.headers, b"".join(received.chunks))
    if answer.status >= 400:
        kept = [(name, value) for name, value in answer.headers.items() if name in ("retry-after", "www-authenticate")]
        raise Refused(Problem.model_validate_json(answer.body), kept)
    return answer


def _scope(request: Request, method: str, path: str, query: Query, body: bytes) -> dict[str, object]:
    asked = query if isinstance(query, str) else urlencode(query)
    headers = [(name, value) for name, value in request.scope["headers"] if name in PASSED_ON]
    headers.append((b"accept", b"application/json"))
    if body:
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    return {
        **request.scope,
        "method": method,
        "path": path,
        "raw_path": quote(path, safe="/%:@!$&'()*+,;=~-._").encode(),
        "query_string": asked.encode(),
        "headers": headers,
        "path_params": {},
    }


class _Sent:
    """The body of the request, in one piece."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body

    async def __call__(self) -> Message:
        body, self._body = self._body, None
        if body is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": False}


class _Received:
    """What is sent in answer."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: dict[str, str] = {}
        self.chunks: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]
            }
        elif message["type"] == "http.response.body":
            self.chunks.append(message.get("body", b""))
