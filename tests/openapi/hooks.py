"""What Schemathesis must know to ask this service; run in the environment of its own that `make check-slow` makes."""

from __future__ import annotations

import itertools
import json
from typing import Any
from urllib.parse import quote

import requests
import schemathesis

JSON_LINES = ("application/x-ndjson", "application/jsonl", "application/x-jsonlines")


SENTENCE = " Fiji and Peru agreed to train their navies together."
_TURNS = itertools.count()


@schemathesis.serializer(*JSON_LINES)  # type: ignore[untyped-decorator]
def json_lines(context: Any, value: Any) -> bytes:
    """Text goes as it is, so that broken lines are tried too; anything else as one line of JSON."""
    return value.encode("utf-8", "replace") if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.hook  # type: ignore[untyped-decorator]
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Every other request to write is made one that can be granted.

    Made-up words are hardly ever an article, and a made-up tag is never that of one.
    """
    if case.method not in ("POST", "PUT", "DELETE") or next(_TURNS) % 2:
        return
    article = (case.path_parameters or {}).get("article")
    if article is not None and "If-Match" in (case.headers or {}):
        address = f"{case.operation.base_url.rstrip('/')}/articles/{quote(str(article), safe='')}"
        tag = requests.get(address, timeout=30).headers.get("ETag", '"none"')
        case.headers = {**case.headers, "If-Match": tag}
    if isinstance(case.body, dict) and isinstance(words := case.body.get("text"), str):
        kept = {name: value for name, value in case.body.items() if name in ("title", "summary", "source", "published")}
        case.body = {**kept, "text": words + SENTENCE}
