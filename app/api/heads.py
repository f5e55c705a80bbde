"""Heads of requests that came before, by their bytes: who asks again in the same words asks the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Head = Mapping[str, Any]
"""What an ASGI scope says of a request, but for what it says of the connection."""

LONGEST = 2048
"""Bytes of a head that is remembered."""

MOST = 1024
"""Heads that are remembered."""

END = b"\r\n\r\n"
"""What a head ends with."""

OF_HEADS = ("type", "asgi", "http_version", "method", "path", "raw_path", "query_string", "root_path", "headers")


class Heads:
    """Remembers heads that were whole."""

    def __init__(self) -> None:
        self._known: dict[bytes, Head] = {}
        self.get = self._known.get

    def keep(self, raw: bytes, scope: Head) -> None:
        """Remember what these bytes say, unless something stands before or after the head in them."""
        if len(raw) > LONGEST or raw.find(END) != len(raw) - len(END):
            return
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[raw] = {name: scope[name] for name in OF_HEADS}
