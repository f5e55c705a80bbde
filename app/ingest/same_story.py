"""Near duplicates: articles that tell one story in much the same words, found by MinHash.

A signature is short, two of them compared estimate how many runs of words two texts share (Jaccard similarity), and
texts that share many have a band key in common, so that an index of band keys finds all candidates without comparing
each article with each (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, ch. 3).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from app.ingest.text import folded

if TYPE_CHECKING:
    from datasketch import MinHash

SAME_STORY = 0.6
"""Similarity from which on two articles count as one story: a report with its last third cut off is at 0.67."""

WORDS_IN_A_ROW = 3
BANDS, ROWS = 25, 5
"""Of two texts with similarity 0.7, 99 % have a band in common; at 0.6, 87 %; at 0.3, 6 % (1 - (1 - s^5)^25)."""

SIGNATURE_BYTES = BANDS * ROWS * 4
_RUNS_AT_ONCE = 4096
"""Bounds the memory: each run of words takes a row of the matrix that is computed."""


def signature(text: str) -> bytes:
    """Sign a text by its words alone: case, punctuation and spacing do not count. The same on every machine."""
    sketch = _empty().copy()
    runs = list(_runs(text))
    for start in range(0, len(runs), _RUNS_AT_ONCE):
        sketch.update_batch(runs[start : start + _RUNS_AT_ONCE])
    return bytes(sketch.hashvalues.astype("<u4").tobytes())


def similarity(one: bytes, other: bytes) -> float:
    """Estimate, from 0 to 1, the share of runs of words that two signed texts have in common; error about 0.04."""
    if len(one) != SIGNATURE_BYTES or len(other) != SIGNATURE_BYTES:
        raise ValueError(f"a signature has {SIGNATURE_BYTES} bytes, not {len(one)} and {len(other)}")
    rows = range(0, SIGNATURE_BYTES, 4)
    return sum(one[row : row + 4] == other[row : row + 4] for row in rows) / len(rows)


def band_keys(signed: bytes) -> tuple[int, ...]:
    """Give the keys under which an index keeps a signature: whole numbers that fit into 64 bits with their sign."""
    width = SIGNATURE_BYTES // BANDS
    bands = (signed[band * width : (band + 1) * width] for band in range(BANDS))
    digests = (blake2b(content, digest_size=8, salt=bytes([band])).digest() for band, content in enumerate(bands))
    return tuple(int.from_bytes(digest, "big", signed=True) for digest in digests)


def _runs(text: str) -> Iterator[bytes]:
    words = folded(text).split()
    for start in range(max(1, len(words) - WORDS_IN_A_ROW + 1)):
        yield " ".join(words[start : start + WORDS_IN_A_ROW]).encode("utf-8", "surrogatepass")


@cache
def _empty() -> MinHash:
    from datasketch import MinHash

    return MinHash(num_perm=BANDS * ROWS, seed=1, hashfunc=zlib.crc32, scheme="affine32")
