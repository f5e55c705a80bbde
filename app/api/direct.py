"""Routes that cost little where nothing is asked but their address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Set
from inspect import iscoroutinefunction
from typing import Any, get_args, get_origin, get_type_hints

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from app.api.problems import Unprocessable
from app.api.service import service_of
from app.schemas.service import Fault


class Direct(APIRoute):
    """A route of functions that take ``request``, ``service``, parts of the path, and all parameters as ``asked``.

    A request without a query has nothing to be checked: its parameters are their defaults. Resolving and validating
    them all the same takes FastAPI longer than reading the answer does.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The function that answers a request."""
        checked = super().get_route_handler()
        endpoint = self.endpoint
        asked, single = _defaults(endpoint), _single(endpoint)
        is_quick = iscoroutinefunction(endpoint)

        async def handle(request: Request) -> Response:
            if asked is None or request.scope["query_string"]:
                _require_once(request, single)
                return await checked(request)
            given = {"request": request, "service": service_of(request), "asked": asked, **request.path_params}
            answer: Response = await (endpoint(**given) if is_quick else run_in_threadpool(endpoint, **given))
            return answer

        return handle


def _require_once(request: Request, single: Set[str]) -> None:
    """Raise `Unprocessable` for a parameter that takes one value and has several: FastAPI takes the last, silently."""
    given = Counter(name for name, _ in request.query_params.multi_items())
    faults = [
        Fault(pointer=f"query/{name}", detail=f"{name} is given {times} times; it takes one value")
        for name, times in given.items()
        if times > 1 and name in single
    ]
    if faults:
        raise Unprocessable(*faults)


def _asked(endpoint: Callable[..., Any]) -> type[BaseModel]:
    model: type[BaseModel] = get_args(get_type_hints(endpoint, include_extras=True)["asked"])[0]
    return model


def _single(endpoint: Callable[..., Any]) -> frozenset[str]:
    """The parameters that take one value."""
    fields = _asked(endpoint).model_fields
    return frozenset(name for name, field in fields.items() if get_origin(field.annotation) is not list)


def _defaults(endpoint: Callable[..., Any]) -> BaseModel | None:
    """The parameters of a request without a query; None where one is required."""
    try:
        return _asked(endpoint)()
    except ValidationError:
        return None
