"""Routes that cost little: what is asked is read and checked without a detour."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from inspect import iscoroutinefunction
from typing import Any, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from app.api.problems import Unprocessable
from app.api.service import service_of
from app.schemas.service import Fault


class Direct(APIRoute):
    """A route of functions that take ``request``, ``service``, parts of the path, and all parameters as ``asked``.

    FastAPI documents them; to resolve and check parameters one by one, as it does, takes it longer than reading the
    answer does.
    """

    @property
    def is_quick(self) -> bool:
        """Whether its function is a coroutine's, which takes no thread."""
        return iscoroutinefunction(self.endpoint)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The function that answers a request."""
        endpoint, is_quick = self.endpoint, self.is_quick
        parameters = _Parameters(get_args(get_type_hints(endpoint, include_extras=True)["asked"])[0])

        async def handle(request: Request) -> Response:
            asked = parameters.read(request.scope["query_string"])
            service = service_of(request)
            given = {"request": request, "service": service, "asked": asked, **request.path_params}
            answer: Response = await (endpoint(**given) if is_quick else service.threads.run(endpoint, **given))
            return answer

        return handle


class _Parameters:
    """What may be asked, as a model of pydantic's."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._model = model
        lists = {name for name, field in model.model_fields.items() if get_origin(field.annotation) is list}
        self._lists = frozenset(lists)
        self._single = frozenset(model.model_fields.keys() - lists)
        try:
            self._defaults: BaseModel | None = model()
        except ValidationError:  # something is required
            self._defaults = None

    def read(self, query: bytes) -> BaseModel:
        """The parameters. Raises `Unprocessable` and `RequestValidationError`."""
        if not query and self._defaults is not None:
            return self._defaults
        given: dict[str, list[str]] = {}
        for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
            given.setdefault(name, []).append(value)
        self._require_once(given)
        try:
            return self._model.model_validate(
                {name: values if name in self._lists else values[0] for name, values in given.items()}
            )
        except ValidationError as error:
            faults = [{**fault, "loc": ("query", *fault["loc"])} for fault in error.errors(include_url=False)]
            raise RequestValidationError(faults) from None

    def _require_once(self, given: dict[str, list[str]]) -> None:
        """Raise `Unprocessable` for a parameter that takes one value and has several."""
        faults = [
            Fault(pointer=f"query/{name}", detail=f"{name} is given {len(values)} times; it takes one value")
            for name, values in given.items()
            if len(values) > 1 and name in self._single
        ]
        if faults:
            raise Unprocessable(*faults)
