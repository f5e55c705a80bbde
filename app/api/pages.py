"""Pages of lists: cursors that only this service can make, and the answer with its links."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

import orjson
from fastapi import Request, Response

from app.api.conditional import answer_document
from app.store.position import ForeignPosition, Position
from app.store.queries import Slice, Window

CHECK_LENGTH = 8
"""Bytes of the checksum that ties a cursor to the list, its order and its filters."""


def window(request: Request, limit: int, cursor: str | None) -> Window:
    """Which part of the list is asked for. Raises `ForeignPosition` for a cursor that is not of this list."""
    return Window(limit, _position(request, cursor) if cursor is not None else None)


def answer_page(
    request: Request,
    found: Slice,
    total: int | None,
    *,
    tag: str | None = None,
    modified_at: datetime | None = None,
    more: Mapping[str, str] | None = None,
) -> Response:
    """The page as JSON, under ``tag`` or one made of its bytes; ``total`` is the length of the whole list, if asked.

    ``more`` is what this list tells of itself besides.
    """
    following = next_path(request, found.after) if found.after else None
    parts = [b'{"items":[', b",".join(found.items), b'],"next":', orjson.dumps(following)]
    if total is not None:
        parts += [b',"total":', orjson.dumps(total)]
    for name, value in (more or {}).items():
        parts += [b",", orjson.dumps(name), b":", orjson.dumps(value)]
    links = {"Link": f'<{following}>; rel="next"'} if following else {}
    return answer_document(request, b"".join([*parts, b"}"]), modified_at, tag=tag, headers=links)


def next_path(request: Request, after: Position) -> str:
    """The path of the page after ``after``, with this request's filters."""
    packed = orjson.dumps(after)
    cursor = base64.urlsafe_b64encode(_check(request, packed) + packed).decode().rstrip("=")
    kept = [(name, value) for name, value in parse_qsl(request.url.query, keep_blank_values=True) if name != "cursor"]
    return f"{request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"


def _position(request: Request, cursor: str) -> Position:
    try:
        unpacked = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        unpacked = b""
    check, packed = unpacked[:CHECK_LENGTH], unpacked[CHECK_LENGTH:]
    if not packed or check != _check(request, packed):
        raise ForeignPosition
    try:
        position = orjson.loads(packed)
    except orjson.JSONDecodeError:
        raise ForeignPosition from None
    if not isinstance(position, list):
        raise ForeignPosition
    return position


def _check(request: Request, packed: bytes) -> bytes:
    """Over the position, the path and the parameters; another limit or a count do not matter to where a page ends.

    It guards against mistakes, not attacks: whoever forges one sees another part of a list that is open to them, and
    what does not fit the list is refused by `check_position`.
    """
    parameters = sorted(p for p in parse_qsl(request.url.query) if p[0] not in ("cursor", "limit", "count"))
    content = orjson.dumps([request.url.path, parameters]) + packed
    return hashlib.blake2b(content, digest_size=CHECK_LENGTH, person=b"entente-cursor").digest()
