"""The signatures by which near duplicates are found: see `app.domain.likeness`."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from app.domain.likeness import BANDS, ROWS
from app.ingest.text import folded

if TYPE_CHECKING:
    from datasketch import MinHash

WORDS_IN_A_ROW = 3

_RUNS_AT_ONCE = 4096
"""Bounds the memory: each run of words takes a row of the matrix that is computed."""


def signature(text: str) -> bytes:
    """Sign a text by its words alone: case, punctuation and spacing do not count. The same on every machine."""
    sketch = _empty().copy()
    runs = list(_runs(text))
    for start in range(0, len(runs), _RUNS_AT_ONCE):
        sketch.update_batch(runs[start : start + _RUNS_AT_ONCE])
    return bytes(sketch.hashvalues.astype("<u4").tobytes())


def _runs(text: str) -> Iterator[bytes]:
    words = folded(text).split()
    for start in range(max(1, len(words) - WORDS_IN_A_ROW + 1)):
        yield " ".join(words[start : start + WORDS_IN_A_ROW]).encode("utf-8", "surrogatepass")


@cache
def _empty() -> MinHash:
    from datasketch import MinHash

    return MinHash(num_perm=BANDS * ROWS, seed=1, hashfunc=zlib.crc32, scheme="affine32")
