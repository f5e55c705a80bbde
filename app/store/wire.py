"""How psycopg passes texts on that PostgreSQL has none of."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown

NO_CHARACTER = "\uffff"
"""Stands in questions for NUL, which no text of PostgreSQL has, and neither has any text of ours this."""


class _Text(StrDumperUnknown):
    """In a transaction that only reads, a text with NULs is one that nothing is called by, and no fault."""

    def dump(self, obj: str) -> Buffer | None:
        reads = self.connection is not None and bool(getattr(self.connection, "read_only", False))
        return super().dump(obj.replace("\x00", NO_CHARACTER) if reads and "\x00" in obj else obj)


def speak_our_way(connection: Connection[Any]) -> None:
    """Set it up for one connection."""
    connection.adapters.register_dumper(str, _Text)
