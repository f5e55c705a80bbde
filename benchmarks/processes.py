"""What a service takes, part by part: memory, open files, processor time."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.api.counters import children_of

PARTS = ("service", "extraction")
"""The process that serves, and those below it."""

EACH = 1.0
"""Seconds between looks."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was taken at a moment: bytes of memory by part, and open files of all, without the driver's connections.

    Memory is what a process has for itself: what it maps of files, the kernel gives and takes as it likes.
    """

    at: float
    memory: dict[str, int]
    files: int


async def watch(pid: int, seen: list[Seen], connections: Callable[[], int]) -> None:
    """Look at a process that serves and at those below it, for ever."""
    began = time.monotonic()
    while True:
        processes = list(_processes(pid))
        memory = dict.fromkeys(PARTS, 0)
        for part, one in processes:
            memory[part] += memory_of(one)
        files = sum(len(list(Path(f"/proc/{one}/fd").iterdir())) for _, one in processes)
        seen.append(Seen(time.monotonic() - began, memory, files - connections()))
        await asyncio.sleep(EACH)


def seconds_of(pid: int) -> dict[str, float]:
    """Processor seconds so far, by part, and those of this process, the driver."""
    used = dict.fromkeys(PARTS, 0.0)
    for part, one in _processes(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        used[part] += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used | {"driver": time.process_time()}


def _processes(pid: int, part: str = "service") -> Iterator[tuple[str, int]]:
    yield part, pid
    for child in children_of(pid):
        yield from _processes(child, "extraction")


def memory_of(pid: int) -> int:
    """Bytes that a process has for itself, its share of what it shares included."""
    (kilobytes,) = re.findall(r"^Pss_Anon:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(kilobytes) * 1024
