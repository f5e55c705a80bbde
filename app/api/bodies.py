"""Bodies of requests: of the right kind, and no longer than is taken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

ModelT = TypeVar("ModelT", bound=BaseModel)

LONGEST_ARTICLE = 16 * 1024 * 1024
"""Bytes of one article as JSON: a page of 8 MB, as is fetched at most, with room for escapes."""

LONGEST_BULK = 256 * 1024 * 1024
"""Bytes of many articles at once; they go into the store as they come."""


async def read_json(request: Request, model: type[ModelT]) -> ModelT:
    """The body as a model. Raises what becomes 413, 415 or 422."""
    require_media_type(request, "application/json")
    body = b"".join([chunk async for chunk in read_chunks(request, LONGEST_ARTICLE)])
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from None


def require_media_type(request: Request, *media_types: str) -> None:
    """Raise what becomes 415 for a body of another kind, or a packed one."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in media_types:
        named = f"is {given}" if given else "has no Content-Type"
        raise HTTPException(415, f"the body {named}; {' or '.join(media_types)} is wanted")
    packed = request.headers.get("content-encoding", "identity").lower()
    if packed != "identity":
        raise HTTPException(415, f"the body is packed as {packed}; it is wanted as it is")


async def read_chunks(request: Request, longest: int) -> AsyncIterator[bytes]:
    """The body piece by piece. Raises what becomes 413 as soon as it is longer than ``longest`` bytes."""
    too_long = HTTPException(413, f"the body is longer than {longest} bytes")
    if request.headers.get("content-length", "0").isdecimal():
        announced = int(request.headers.get("content-length", "0"))
        if announced > longest:
            raise too_long
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > longest:
            raise too_long
        yield chunk


def described(model: type[BaseModel], example: object) -> dict[str, Any]:
    """A body of this model in OpenAPI."""
    content = {"schema": model.model_json_schema(), "example": example}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}
