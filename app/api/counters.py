"""The folder in which processes that serve together keep what they count, so that each can answer for all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which the Prometheus library knows the folder. It is read when that is imported: not in here."""


@contextmanager
def shared_by_processes() -> Iterator[None]:
    """Have this process and those that it starts in the block count together.

    To be entered before anything that counts is imported.
    """
    with tempfile.TemporaryDirectory(prefix="entente-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[FOLDER] = folder
        _mark(Path(folder), "keeps")
        try:
            yield
        finally:
            del os.environ[FOLDER]


def shared_folder() -> Path | None:
    """The folder, where there is one."""
    return Path(folder) if (folder := os.environ.get(FOLDER)) else None


def mark_serving(folder: Path) -> None:
    """Say to those that count together that this process serves."""
    _mark(folder, "serves")


def serving() -> list[int]:
    """The processes that serve together."""
    folder = shared_folder()
    return _marked(folder, "serves") if folder else [os.getpid()]


def extracting() -> list[int]:
    """The processes that those have started, or who keeps them."""
    folder, known = shared_folder(), serving()
    keeping = _marked(folder, "keeps") if folder else []
    return [child for pid in {*known, *keeping} for child in children_of(pid) if child not in known]


def is_alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _mark(folder: Path, as_what: str) -> None:
    (folder / f"{os.getpid()}.{as_what}").touch()


def _marked(folder: Path, as_what: str) -> list[int]:
    return [pid for path in folder.glob(f"*.{as_what}") if is_alive(pid := int(path.stem))]


def children_of(pid: int) -> list[int]:
    """The processes that a process has started; none where the system does not tell."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, thread.read_text().split())
        except OSError:
            continue  # that thread is over
    return found
