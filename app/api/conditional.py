"""Entity tags and dates: answers that need not be sent again (RFC 9110, sections 8.8 and 13)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request, Response


class PreconditionFailed(Exception):
    """The thing is not, or no longer, the one that the request is to change."""


class PreconditionRequired(Exception):
    """A request that would change whatever is stored just now."""


SHARED_HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding"}
"""An answer may be kept, and must be asked about before it is used again."""


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
    headers = {**SHARED_HEADERS, **(headers or {}), "ETag": tag or tag_of(body)}
    if modified_at:
        headers["Last-Modified"] = format_datetime(modified_at.replace(microsecond=0), usegmt=True)
    if _client_has(request, headers["ETag"], modified_at):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def tag_of(*parts: bytes) -> str:
    """A strong entity tag for what the parts determine."""
    return f'"{hashlib.blake2b(chr(31).encode().join(parts), digest_size=12).hexdigest()}"'


def list_tag(request: Request, change_count: int, version: str) -> str:
    """The tag of a list that grows: another for every write, address and version of the service."""
    asked = request.url
    return tag_of(str(change_count).encode(), asked.path.encode(), asked.query.encode(), version.encode())


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
    if (tags := request.headers.get("if-none-match")) is not None:
        return tag_is_among(tag, tags)
    since = request.headers.get("if-modified-since")
    if since is None or modified_at is None:
        return False
    try:
        return modified_at.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
