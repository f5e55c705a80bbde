"""Routes that cost little where nothing is asked but their address."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from inspect import iscoroutinefunction
from typing import Any, get_args, get_type_hints

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from app.api.service import service_of


class Direct(APIRoute):
    """A route of functions that take ``request``, ``service``, parts of the path, and all parameters as ``asked``.

    A request without a query has nothing to be checked: its parameters are their defaults. Resolving and validating
    them all the same takes FastAPI longer than reading the answer does.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The function that answers a request."""
        checked = super().get_route_handler()
        endpoint = self.endpoint
        asked = _defaults(endpoint)
        is_quick = iscoroutinefunction(endpoint)

        async def handle(request: Request) -> Response:
            if asked is None or request.scope["query_string"]:
                return await checked(request)
            given = {"request": request, "service": service_of(request), "asked": asked, **request.path_params}
            answer: Response = await (endpoint(**given) if is_quick else run_in_threadpool(endpoint, **given))
            return answer

        return handle


def _defaults(endpoint: Callable[..., Any]) -> BaseModel | None:
    """The parameters of a request without a query; None where one is required."""
    (model, *_) = get_args(get_type_hints(endpoint, include_extras=True)["asked"])
    try:
        made: BaseModel = model()
    except ValidationError:
        return None
    return made
