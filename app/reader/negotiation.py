"""Who gets a page: those whose `Accept` prefers HTML to what programs read (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from app.schemas.accept import weight_of

PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/*"})
"""What a page can be had as."""

NAMED_BESIDE = ("image/", "application/xml", "application/signed-exchange")
"""What browsers name in the same breath as pages, and nothing here answers."""


def prefers_page(accept: str) -> bool:
    """Whether a page is wanted rather than JSON or a file; `*/*` wants neither more than the other, and gets JSON."""
    page = other = 0.0
    for part in accept.split(","):
        name, _, parameters = part.partition(";")
        name = name.strip().lower()
        if name in PAGE_TYPES:
            page = max(page, weight_of(parameters))
        elif not name.startswith(NAMED_BESIDE):
            other = max(other, weight_of(parameters))
    return page > other


class Pages(BaseRoute):
    """Routes that only requests for a page take; every other request passes on to what comes behind them.

    A request that names a `format` wants that, whatever its browser accepts.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = routes
        self._app = GZipMiddleware(_page, minimum_size=1, compresslevel=6)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The page for the path, if a page is wanted and there is one."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _wants_page(scope):
            return Match.NONE, {}
        for route in self._routes:
            match, child = route.matches(scope)
            if match is Match.FULL:
                return match, {**child, "page": route}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page."""
        scope["route"] = scope["page"]  # for those who count
        await self._app(scope, receive, send)


def _wants_page(scope: Scope) -> bool:
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept")
    if b"text/" not in accept or not prefers_page(accept.decode("latin-1")):
        return False
    return b"format=" not in scope["query_string"] or not any(
        name == "format" for name, _ in parse_qsl(scope["query_string"].decode("latin-1"))
    )


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    await scope["page"].handle(scope, receive, send)
