"""What was found, as it is shown: the article, passages with the words, and evidence that has them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

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
        b",".join(_evidence(hit, found)) if found and hit.quotes else b"",
    )


def _snippet(text: str, passage: Passage) -> bytes:
    shown = orjson.dumps(text[passage.start : passage.end])
    highlights = _highlights(passage.places)
    return b'{"start":%d,"end":%d,"text":%b,"highlights":%b}' % (passage.start, passage.end, shown, highlights)


def _evidence(hit: Hit, found: list[Place]) -> Iterator[bytes]:
    """The quotes that have any of the words, in the order of the commitments."""
    starts = [place.start for place in found]
    last = starts[-1]
    for commitment, quotes in orjson.loads(hit.quotes or b"[]"):
        for sentence, start, end in quotes:
            if start > last or starts[first := bisect_left(starts, start)] >= end:
                continue
            if inside := [place for place in found[first : bisect_left(starts, end, first)] if place.end <= end]:
                quoted = orjson.dumps(hit.text[start:end])
                what = start, end, quoted, _highlights(inside), commitment.encode(), sentence
                yield b'{"start":%d,"end":%d,"text":%b,"highlights":%b,"commitment":"%b","sentence":%d}' % what


def _highlights(found: Iterable[Place]) -> bytes:
    return b"[%b]" % b",".join([b'{"start":%d,"end":%d}' % (place.start, place.end) for place in found])
