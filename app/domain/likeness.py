"""Near duplicates: texts that tell one story in much the same words, known by their MinHash signatures.

Two signatures compared estimate how many runs of words two texts share (Jaccard similarity), and texts that share many
have a band key in common, so that an index of band keys finds all candidates without comparing each article with each
(Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, ch. 3).
"""

from __future__ import annotations

from hashlib import blake2b

SAME_STORY = 0.6
"""Similarity from which on two articles count as one story: a report with its last third cut off is at 0.67."""

BANDS, ROWS = 25, 5
"""Of two texts with similarity 0.7, 99 % have a band in common; at 0.6, 87 %; at 0.3, 6 % (1 - (1 - s^5)^25)."""

SIGNATURE_BYTES = BANDS * ROWS * 4


def similarity(one: bytes, other: bytes) -> float:
    """Estimate, from 0 to 1, the share of runs of words that two signed texts have in common; error about 0.04."""
    if len(one) != SIGNATURE_BYTES or len(other) != SIGNATURE_BYTES:
        raise ValueError(f"a signature has {SIGNATURE_BYTES} bytes, not {len(one)} and {len(other)}")
    rows = range(0, SIGNATURE_BYTES, 4)
    return sum(one[row : row + 4] == other[row : row + 4] for row in rows) / len(rows)


def band_keys(signed: bytes) -> tuple[str, ...]:
    """Give the keys under which an index keeps a signature: twelve hexadecimal digits each."""
    width = SIGNATURE_BYTES // BANDS
    bands = (signed[band * width : (band + 1) * width] for band in range(BANDS))
    return tuple(blake2b(content, digest_size=6, salt=bytes([band])).hexdigest() for band, content in enumerate(bands))
