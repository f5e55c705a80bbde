"""What keys allow."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """What a key allows; each allows what those before it do."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def covers(self, wanted: Scope) -> bool:
        """Whether it allows what ``wanted`` stands for."""
        order = list(Scope)
        return order.index(self) >= order.index(wanted)
