"""A small disk that can be filled and made read-only; where none may be mounted, what comes close to it."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

MEGABYTES = 256
BLOCK = 4096
CLOSED_WITHIN = 30


class Disk:
    """A folder for a store, with a file system of its own (tmpfs) where this process may mount one."""

    def __init__(self, folder: Path, *, is_own: bool) -> None:
        self.folder = folder
        self.is_own = is_own
        self._filler = folder / "filler"

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """Leave not a byte free."""
        try:
            with self._filler.open("wb") as filler:
                size, piece = 0, MEGABYTES << 20
                while piece >= BLOCK:  # others take what is free meanwhile
                    try:
                        os.posix_fallocate(filler.fileno(), size, piece)
                        size += piece
                    except OSError:
                        piece //= 2
            yield
        finally:
            self._filler.unlink()

    @contextlib.contextmanager
    def read_only(self) -> Iterator[None]:
        """Allow no writes at all, while no process has a file open for writing."""
        if self.is_own:
            until = time.monotonic() + CLOSED_WITHIN
            while not _mount("-o", "remount,ro", str(self.folder)):  # killed processes take a moment to be gone
                assert time.monotonic() < until, "a file is still open for writing"
                time.sleep(0.05)
        else:
            self._permit(0o555, 0o444)
        try:
            yield
        finally:
            if self.is_own:
                _mount("-o", "remount,rw", str(self.folder))
            else:
                self._permit(0o755, 0o644)

    def _permit(self, folder: int, file: int) -> None:
        for held in self.folder.iterdir():
            held.chmod(file)
        self.folder.chmod(folder)


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A disk in this folder, gone at the end."""
    folder.mkdir()
    is_own = os.geteuid() == 0 and _mount("-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder))
    try:
        yield Disk(folder, is_own=is_own)
    finally:
        if is_own:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


@contextlib.contextmanager
def no_growth(pid: int) -> Iterator[None]:
    """Let a process write no file beyond its first 4 KiB (RLIMIT_FSIZE), so that every write to a store fails."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def _mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0
