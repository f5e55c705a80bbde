"""Inputs made up by Hypothesis: any bytes, and well-formed ones with pieces cut out, doubled and put in."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

PIECES = [
    *(bytes([byte]) for byte in b"\0\r\"'{}[]<>&*"),
    *(b"//", b"%00", b"%ff", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xcc\x80", b"\xf0\x9f\x98\x80"),
    *(b"\xff", b"\xed\xa0\x80", b"\n---\n", b"\\ud800", b"\\u0000", b"&#0;", b"&#xD800;", b"http://["),
    *(b"null", b"true", b"-1", b"1e999", b"99999999999999999999", b"!!python/object", b"&a *a"),
    *(b"0000-00-00", b"9999-12-31T23:59:59+14:00", b"10000-01-01"),
    *(b"<![CDATA[", b"<!DOCTYPE x [<!ENTITY a 'b'>]>"),
]
"""What parsers of all kinds have stumbled over."""

_edits = st.lists(
    st.tuples(st.integers(0, 1 << 16), st.integers(0, 40), st.sampled_from(PIECES) | st.binary(max_size=8)), max_size=6
)


def changed(examples: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Bytes that may be like the examples."""
    return st.binary(max_size=200) | st.builds(_edited, st.sampled_from(list(examples)), _edits)


def _edited(content: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for place, removed, piece in edits:
        at = place % (len(content) + 1)
        content = content[:at] + piece + content[at + removed :]
    return content
