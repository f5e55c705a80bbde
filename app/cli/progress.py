"""How far a command is."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

ItemT = TypeVar("ItemT")


def with_progress(items: Iterable[ItemT], doing: str, total: int | None = None) -> Iterator[ItemT]:
    """The items, ``total`` where that is known, with a bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    return iter(
        track(items, doing, total, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    )
