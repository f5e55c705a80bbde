"""What was found, as it is shown: the article, passages with the words, and evidence that has them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Connection

from app.store.search import Hit, evidence_of
from app.store.snippets import passages, places
from app.store.words import Words, pattern

Json = dict[str, object]


def documents(connection: Connection, hits: list[Hit], words: Words) -> list[bytes]:
    """Each hit as `schemas.search.Hit` has it."""
    evidence = evidence_of(connection, [hit.pk for hit in hits])
    found_by = pattern(words)
    return [_document(hit, words, found_by, evidence.get(hit.pk, [])) for hit in hits]


def _document(hit: Hit, words: Words, found_by: re.Pattern[str], evidence: Iterable[Any]) -> bytes:
    shown = {
        "article": orjson.Fragment(hit.listing),
        "title_highlights": _highlights(hit.title, found_by),
        "snippets": [
            {
                "start": passage.start,
                "end": passage.end,
                "text": hit.text[passage.start : passage.end],
                "highlights": [{"start": place.start, "end": place.end} for place in passage.places],
            }
            for passage in passages(hit.text, words)
        ],
        "evidence": [
            found
            for row in evidence
            if (found := _evidence(row, hit.text[row.start : row.end], found_by))["highlights"]
        ],
    }
    return orjson.dumps(shown)


def _evidence(row: Any, quote: str, found_by: re.Pattern[str]) -> Json:
    return {
        "start": row.start,
        "end": row.end,
        "text": quote,
        "highlights": _highlights(quote, found_by, row.start),
        "commitment": row.id,
        "sentence": row.sentence,
    }


def _highlights(text: str, found_by: re.Pattern[str], offset: int = 0) -> list[dict[str, int]]:
    return [{"start": place.start + offset, "end": place.end + offset} for place in places(text, found_by)]
