"""What was found, as it is shown: the article, passages with the words, and evidence that has them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from app.store.search import Hit
from app.store.snippets import Finder, Passage, Place, passages
from app.store.words import Words


def documents(hits: Iterable[Hit], words: Words) -> list[bytes]:
    """Each hit as `schemas.search.Hit` has it."""
    finder = Finder(words)
    return [_document(hit, finder) for hit in hits]


def _document(hit: Hit, finder: Finder) -> bytes:
    found = finder.places(hit.text)
    return b'{"article":%b,"title_highlights":%b,"snippets":[%b],"evidence":[%b]}' % (
        hit.listing,
        _highlights(finder.places(hit.title)),
        b",".join([_snippet(hit.text, passage) for passage in passages(hit.text, found)]),
        b",".join(_evidence(hit, found)) if found and hit.evidence else b"",
    )


def _snippet(text: str, passage: Passage) -> bytes:
    shown = orjson.dumps(text[passage.start : passage.end])
    highlights = _highlights(passage.places)
    return b'{"start":%d,"end":%d,"text":%b,"highlights":%b}' % (passage.start, passage.end, shown, highlights)


def _evidence(hit: Hit, found: list[Place]) -> list[bytes]:
    """The quotes that have any of the words, in the order of the text."""
    shown = []
    starts = [place.start for place in found]
    for quote, first in sorted(_near(orjson.loads(hit.evidence or "[]"), starts)):
        _, _, commitment, sentence, start, end = quote
        if inside := [place for place in found[first : bisect_left(starts, end, first)] if place.end <= end]:
            quoted = orjson.dumps(hit.text[start:end])
            what = start, end, quoted, _highlights(inside), commitment.encode(), sentence
            shown.append(b'{"start":%d,"end":%d,"text":%b,"highlights":%b,"commitment":"%b","sentence":%d}' % what)
    return shown


def _near(quotes: list[list[Any]], starts: list[int]) -> Iterator[tuple[list[Any], int]]:
    """The quotes that a place begins in, each with the number of the first such place."""
    for quote in quotes:
        first = bisect_left(starts, quote[4])
        if first < len(starts) and starts[first] < quote[5]:
            yield quote, first


def _highlights(found: Iterable[Place]) -> bytes:
    return b"[%b]" % b",".join([b'{"start":%d,"end":%d}' % (place.start, place.end) for place in found])
