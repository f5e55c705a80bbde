"""Entity tags and dates: answers that need not be sent again (RFC 9110, sections 8.8 and 13)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from fastapi import Request, Response


class PreconditionFailed(Exception):
    """The thing is not, or no longer, the one that the request is to change."""


class PreconditionRequired(Exception):
    """A request that would change whatever is stored just now."""


SHARED_HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding"}
"""An answer may be kept, and must be asked about before it is used again."""

TAG_DIGITS = 24
"""Hexadecimal digits of a tag. It is of SHA-256, which processors have built in: it takes half as long as others."""

_BETWEEN = b"\x1f"

_SHARED = [(name.lower().encode(), value.encode()) for name, value in SHARED_HEADERS.items()]


class Ready(Response):
    """An answer whose headers are ready."""

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
        self.status_code = status
        self.raw_headers = headers
        self.body = body
        self.background = None


def answer_document(
    request: Request,
    body: bytes,
    modified_at: datetime | None = None,
    *,
    tag: str | None = None,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """The body under ``tag``, or one made of the body; 304 where the client has it."""
    tag = tag or tag_of(body)
    told = [*_SHARED, (b"etag", tag.encode())]
    if headers:
        told += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    if modified_at:
        told.append((b"last-modified", _http_date(modified_at.replace(microsecond=0))))
    if _client_has(request, tag, modified_at):
        return Ready(304, told)
    return Ready(200, [*told, (b"content-length", b"%d" % len(body)), (b"content-type", media_type.encode())], body)


@lru_cache(1024)  # articles that were stored together have a second in common
def _http_date(moment: datetime) -> bytes:
    """As HTTP has it (RFC 9110, section 5.6.7)."""
    return format_datetime(moment, usegmt=True).encode()


def tag_of(*parts: bytes) -> str:
    """A strong entity tag for what the parts determine."""
    return f'"{hashlib.sha256(_BETWEEN.join(parts)).hexdigest()[:TAG_DIGITS]}"'


def list_tag(request: Request, change_count: int, version: str) -> str:
    """The tag of a list that grows: another for every write, address and version of the service."""
    path, query = request.scope["path"], request.scope["query_string"]
    return tag_of(str(change_count).encode(), path.encode(errors="surrogateescape"), query, version.encode())


def unchanged(request: Request, tag: str) -> Response | None:
    """304 where the client has what the tag stands for."""
    if _client_has(request, tag, None):
        return Response(status_code=304, headers={**SHARED_HEADERS, "ETag": tag})
    return None


def tag_is_among(tag: str, tags: str) -> bool:
    """Whether `If-None-Match` names the tag."""
    return tags == tag or tags.strip() == "*" or tag in (t.strip().removeprefix("W/") for t in tags.split(","))


def require_match(request: Request, tag: str, *, required: bool) -> None:
    """Raise unless `If-Match` names ``tag``, the thing's as it is stored; where not ``required``, it may be missing."""
    if (tags := request.headers.get("if-match")) is None:
        if required:
            raise PreconditionRequired(
                "If-Match is missing: send the ETag of the version that is to be changed, so that nobody's later "
                "change is lost"
            )
    elif tags.strip() != "*" and tag not in (t.strip() for t in tags.split(",")):
        raise PreconditionFailed(f"it has changed: its ETag is {tag} now, which If-Match does not name")


def _client_has(request: Request, tag: str, modified_at: datetime | None) -> bool:
    tags = since = None
    for name, value in request.scope["headers"]:
        if name == b"if-none-match":
            tags = value.decode("latin-1")
        elif name == b"if-modified-since":
            since = value.decode("latin-1")
    if tags is not None:
        return tag_is_among(tag, tags)
    if since is None or modified_at is None:
        return False
    try:
        return modified_at.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
