"""How much of other people's text leaves the service: many outlets forbid more than quotations."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import orjson


class ServeText(StrEnum):
    """All of it, the words that state facts, or only where they stand."""

    FULL = "full"
    EVIDENCE = "evidence"
    NONE = "none"


ARTICLE_TEXT = frozenset({"text", "summary"})
"""What a whole article has of its own words. Its title says which it is, and stays."""

WORDS = frozenset({"text", "quote", "action", "object"})
"""Fields of facts that hold words of the article."""


def redacted(body: bytes, serve: ServeText) -> bytes:
    """A document, or an item of a list, as JSON; what may not leave is null, and snippets that are no evidence go."""
    if serve is ServeText.FULL:
        return body
    return orjson.dumps(_redacted(orjson.loads(body), serve))


def _redacted(item: Any, serve: ServeText) -> Any:
    if isinstance(item, list):
        return [_redacted(one, serve) for one in item]
    if not isinstance(item, dict):
        return item
    withheld: frozenset[str] = ARTICLE_TEXT if "content_hash" in item else frozenset()
    if serve is ServeText.NONE:
        withheld |= WORDS
    shown = {name: None if name in withheld else _redacted(value, serve) for name, value in item.items()}
    return shown | {"snippets": []} if "snippets" in shown else shown
