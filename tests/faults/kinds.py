"""The faults: each strikes at its moment, lasts for a while, and leaves a service that runs."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from tests.faults.clock import Clock
from tests.faults.disk import Disk, no_growth
from tests.faults.service import NotStarted, Running


class NotSurvived(Exception):
    """The service did not do what it must under a fault; the message says what it did."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a fault may strike."""

    service: Running
    disk: Disk
    clock: Clock
    chance: random.Random

    def wait(self, most: float) -> None:
        """Until a moment that nobody chose."""
        time.sleep(self.chance.uniform(0, most))

    def must_answer_reads(self) -> None:
        """Reads go on under faults that concern writes."""
        answer = httpx.get(f"{self.service.address}/articles?limit=5", timeout=30)
        if answer.status_code != 200:
            raise NotSurvived(f"a read was answered with {answer.status_code}: {answer.text[:200]}")

    def must_live(self) -> None:
        """The process that serves has not ended."""
        if not self.service.is_up():
            raise NotSurvived("the service ended")


def kill(scene: Scene) -> None:
    """Kill the process that serves, or all of them at one blow."""
    scene.service.kill(with_workers=scene.chance.random() < 0.5)
    scene.service.start()


def kill_while_starting(scene: Scene) -> None:
    """Kill it, and once more while it starts: it migrates, loads its seeds, goes on with jobs."""
    scene.service.kill(with_workers=True)
    scene.service.start()
    scene.wait(1.5)
    scene.service.kill(with_workers=True)
    scene.service.start()


def kill_worker(scene: Scene) -> None:
    """Kill a process that extracts facts."""
    for worker in scene.service.workers():
        os.kill(worker, signal.SIGKILL)
    scene.must_answer_reads()
    scene.must_live()


def full_disk(scene: Scene) -> None:
    """No byte is free for a while; sometimes the service is killed meanwhile."""
    with scene.disk.full():
        scene.must_answer_reads()
        scene.wait(0.6)
        killed = scene.chance.random() < 0.3
        if killed:
            scene.service.kill(with_workers=True)
    if killed:
        scene.service.start()
    scene.must_live()


def no_more_bytes(scene: Scene) -> None:
    """No file may grow for a while."""
    with no_growth(scene.service.pid):
        scene.must_answer_reads()
        scene.wait(0.6)
    scene.must_live()


def read_only(scene: Scene) -> None:
    """Killed, and started on a store that it may not write: it says so in one line and ends. Then all is as it was."""
    scene.service.kill(with_workers=True)
    with scene.disk.read_only():
        try:
            scene.service.start()
        except NotStarted as refusal:
            lines = str(refusal).strip().splitlines()
            if len(lines) != 1 or "cannot be used" not in lines[0]:
                raise NotSurvived(f"on a read-only disk it said {refusal}") from None
        else:
            raise NotSurvived("it started on a read-only disk")
    scene.service.start()


def wrong_clock(scene: Scene) -> None:
    """The clock jumps, and back; sometimes the service is killed meanwhile, and starts with either time."""
    before, after = (scene.chance.random() < 0.4 for _ in range(2))
    with scene.clock.wrong(scene.chance):
        scene.wait(0.5)
        if before:
            scene.service.kill(with_workers=True)
            scene.service.start()
            scene.wait(0.5)
        scene.must_answer_reads()
        if after:
            scene.service.kill(with_workers=True)
    if after:
        scene.service.start()
    scene.must_live()


Fault = Callable[[Scene], None]

FAULTS: dict[str, tuple[int, Fault]] = {
    "killed (-9)": (4, kill),
    "killed while starting": (2, kill_while_starting),
    "worker killed": (3, kill_worker),
    "disk full": (4, full_disk),
    "no file may grow": (3, no_more_bytes),
    "disk read-only": (1, read_only),
    "clock jumps": (3, wrong_clock),
}
"""Every fault by its name, with its share of all of them."""


def possible(scene: Scene) -> dict[str, tuple[int, Fault]]:
    """Those that can strike here, the others named in what is printed."""
    cannot = set()
    if not scene.disk.is_own:
        cannot |= {"disk full"} | ({"disk read-only"} if os.geteuid() == 0 else set())
    return {name: fault for name, fault in FAULTS.items() if name not in cannot}
