"""What an article's commitments quote of it, kept beside its text: who searches is shown it with no look at them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson

from app.domain.commitment import Commitment


class Quote(NamedTuple):
    """A place of a text, and the number of its sentence."""

    sentence: int
    start: int
    end: int


class Quoted(NamedTuple):
    """What one commitment quotes, in the order in which it does."""

    commitment: str
    quotes: Sequence[Quote]


def write_quotes(found: Iterable[Commitment]) -> bytes | None:
    """As it is kept: a list of ids, each with its places; None where nothing is quoted."""
    rows = [[c.id, [[e.sentence, e.span.start, e.span.end] for e in c.evidence]] for c in found]
    return orjson.dumps(rows) if rows else None


def read_quotes(kept: bytes | str | None) -> list[Quoted]:
    """What was kept, in the order of the article's commitments."""
    return [Quoted(own, [Quote(*place) for place in places]) for own, places in orjson.loads(kept or b"[]")]
