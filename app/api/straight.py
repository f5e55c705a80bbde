"""Reads of things, lists and searches past the router: it takes as long to find a route as many of them take."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from fastapi import Request, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.at_once import Whole, lines_of
from app.api.conditional import Ready
from app.api.direct import Direct
from app.api.traces import REQUESTS_OF_FASTAPI

MOST_PARTS = 3
"""Parts of a path that is known here: `/search`, `/articles/{article}`, `/articles/{article}/entities`."""


class _Place(NamedTuple):
    """How many parts a path has, the first of them, and the last of three; the second is a parameter."""

    length: int
    first: str
    last: str | None


@dataclass(frozen=True, slots=True)
class _Known:
    """A route that can be found by the parts of a path: its parameter, if it has one, and what answers."""

    route: Direct
    parameter: str | None
    answer: Callable[[Request], Coroutine[Any, Any, Response]]

    def asked(self, scope: Scope, value: str) -> Request:
        """A request whose parameter has the value."""
        given = {self.parameter: value} if self.parameter else {}
        return Request({**scope, "route": self.route, "path_params": given})


class Straight:
    """Answers as the routes do. What is more than a plain answer is the router's.

    Pages and requests that are traced are, so that each is made in one place. Where the store is read ``on_loop``,
    nothing is waited for.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute], *, on_loop: bool) -> None:
        self._app = app
        self._on_loop = on_loop
        self._known = {
            _Place(length, first, last): _Known(route, parameter, route.get_route_handler())
            for route in routes
            if isinstance(route, Direct) and (found := _place_of(route.path))
            for (length, first, last), parameter in [found]
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
        if not known.route.is_quick:
            return None
        response = _first_step(known.answer(known.asked(scope, value)))
        if not isinstance(response, Ready) or (lines := lines_of(response.raw_headers)) is None:
            return None
        scope["route"] = known.route
        return Whole(response.status_code, response.raw_headers, lines, bytes(response.body))

    def _find(self, scope: Scope) -> tuple[_Known, str] | None:
        _, *parts = scope["path"].split("/")
        if len(parts) > MOST_PARTS or scope.get("root_path") or REQUESTS_OF_FASTAPI in scope:
            return None
        known = self._known.get(_Place(len(parts), parts[0], parts[2] if len(parts) == MOST_PARTS else None))
        value = parts[1] if len(parts) > 1 else ""
        if known is None or (known.parameter and not value):
            return None
        if any(name == b"accept" and b"text/" in value for name, value in scope["headers"]):
            return None  # perhaps a page is wanted
        return known, value


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


def _place_of(path: str) -> tuple[_Place, str | None] | None:
    """Where a template such as `/articles/{article}/entities` is found, and its parameter.

    None where its parameters are others than one in the second place.
    """
    _, *parts = path.split("/")
    parameters = [part.startswith("{") for part in parts]
    if len(parts) > MOST_PARTS or parameters != [False, True, False][: len(parts)]:
        return None
    last = parts[2] if len(parts) == MOST_PARTS else None
    return _Place(len(parts), parts[0], last), parts[1].strip("{}") if len(parts) > 1 else None
