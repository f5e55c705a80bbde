"""Reads of one thing, and of one article's facts, past the router: they take less time than it does to find them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.at_once import Whole, lines_of
from app.api.conditional import Ready
from app.api.direct import Direct
from app.api.traces import REQUESTS_OF_FASTAPI


@dataclass(frozen=True, slots=True)
class _Known:
    """A route that can be found by the first and the last part of a path: its parameter, and what answers."""

    route: Direct
    parameter: str
    answer: Callable[[Request], Coroutine[Any, Any, Response]]

    def asked(self, scope: Scope, value: str) -> Request:
        """A request whose parameter has the value."""
        return Request({**scope, "route": self.route, "path_params": {self.parameter: value}})


class Straight:
    """Answers as the routes of quick functions do. What is more than a plain answer is the router's.

    Pages and requests that are traced are, so that each is made in one place. Where the store is read ``on_loop``,
    nothing is waited for.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute], *, on_loop: bool) -> None:
        self._app = app
        self._on_loop = on_loop
        self._known = {
            (first, last): _Known(route, parameter, route.get_route_handler())
            for route in routes
            if isinstance(route, Direct) and route.is_quick and (parts := _parts_of(route.path))
            for first, parameter, last in [parts]
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and scope["method"] == "GET" and (found := self._find(scope)):
            known, value = found
            request = known.asked(scope, value)
            try:
                response: Response | None = await known.answer(request)
            except Exception as error:
                response = await _problem(request, error)
            if response is not None:
                scope["route"] = known.route  # for those who count
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def at_once(self, scope: Scope) -> Whole | None:
        """See `app.api.at_once`."""
        if not self._on_loop or not (found := self._find(scope)):
            return None
        known, value = found
        response = _first_step(known.answer(known.asked(scope, value)))
        if not isinstance(response, Ready) or (lines := lines_of(response.raw_headers)) is None:
            return None
        scope["route"] = known.route
        return Whole(response.status_code, response.raw_headers, lines, bytes(response.body))

    def _find(self, scope: Scope) -> tuple[_Known, str] | None:
        parts = scope["path"].split("/")
        if not 3 <= len(parts) <= 4 or not parts[2]:
            return None
        known = self._known.get((parts[1], parts[3] if len(parts) == 4 else None))
        if known is None or scope.get("root_path") or REQUESTS_OF_FASTAPI in scope:
            return None
        if any(name == b"accept" and b"text/" in value for name, value in scope["headers"]):
            return None  # perhaps a page is wanted
        return known, parts[2]


async def _problem(request: Request, error: Exception) -> Response | None:
    """What the router answers where this went wrong; None for what nobody foresaw, which it comes to as well."""
    handler = request.app.exception_handlers.get(type(error))
    return None if handler is None else await handler(request, error)


def _first_step(answering: Coroutine[Any, Any, Response]) -> Response | None:
    """What a coroutine that waits for nothing comes to; None where it fails, or waits after all."""
    try:
        answering.send(None)
    except StopIteration as over:
        response: Response = over.value
        return response
    except Exception:  # the usual way comes to the same, and says what is wrong
        return None
    answering.close()
    return None


def _parts_of(path: str) -> tuple[str, str, str | None] | None:
    """Of a template such as `/articles/{article}/entities`: what comes first, the parameter, what comes last if any."""
    _, first, *rest = path.split("/")
    if len(rest) not in (1, 2) or not rest[0].startswith("{"):
        return None
    return first, rest[0].strip("{}"), rest[1] if len(rest) == 2 else None
