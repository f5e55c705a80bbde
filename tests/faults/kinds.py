"""The faults: each strikes at its moment, lasts for a while, and leaves a service that runs."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import psycopg
from sqlalchemy.engine import make_url

from tests import postgres
from tests.faults.clock import Clock
from tests.faults.disk import Disk, no_growth
from tests.faults.service import NotStarted, Running


class NotSurvived(Exception):
    """The service did not do what it must under a fault; the message says what it did."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a fault may strike, on any store."""

    service: Running
    url: str
    chance: random.Random

    def wait(self, most: float) -> None:
        """Until a moment that nobody chose."""
        time.sleep(self.chance.uniform(0, most))

    def must_answer_reads(self) -> None:
        """Reads go on under faults that concern writes."""
        answer = self.service.get("/articles?limit=5")
        if answer.status_code != 200:
            raise NotSurvived(f"a read was answered with {answer.status_code}: {answer.text[:200]}")

    def must_live(self) -> None:
        """The process that serves has not ended."""
        if not self.service.is_up():
            raise NotSurvived("the service ended")

    def must_refuse_to_start(self) -> None:
        """On a store that cannot be used it says so in one line, and ends."""
        try:
            self.service.start()
        except NotStarted as refusal:
            lines = str(refusal).strip().splitlines()
            if len(lines) != 1 or "cannot be used" not in lines[0]:
                raise NotSurvived(f"on a store that cannot be used it said {refusal}") from None
        else:
            raise NotSurvived("it started on a store that cannot be used")


@dataclass(frozen=True, slots=True)
class OnDisk(Scene):
    """On a file."""

    disk: Disk
    clock: Clock


@dataclass(frozen=True, slots=True)
class OnServer(Scene):
    """On PostgreSQL."""

    server: postgres.Own

    def must_say_that_it_is_not_ready(self) -> None:
        """It lives, and names the store as what is the matter."""
        answer = self.service.get("/health/ready")
        if answer.status_code != 503 or "store" not in answer.text:
            raise NotSurvived(f"without its store it said {answer.status_code}: {answer.text[:200]}")
        if self.service.get("/health/live").status_code != 200:
            raise NotSurvived("without its store it no longer said that it lives")


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


def full_disk(scene: OnDisk) -> None:
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


def no_more_bytes(scene: OnDisk) -> None:
    """No file may grow for a while."""
    with no_growth(scene.service.pid):
        scene.must_answer_reads()
        scene.wait(0.6)
    scene.must_live()


def read_only(scene: OnDisk) -> None:
    """Killed, and started on a store that it may not write: it says so in one line and ends. Then all is as it was."""
    scene.service.kill(with_workers=True)
    with scene.disk.read_only():
        scene.must_refuse_to_start()
    scene.service.start()


def wrong_clock(scene: OnDisk) -> None:
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


def drop_connections(scene: OnServer) -> None:
    """The server ends all connections, at several moments."""
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    with psycopg.connect(scene.server.url.render_as_string(), autocommit=True) as connection:
        for _ in range(scene.chance.randint(1, 5)):
            connection.execute(ended, [make_url(scene.url).database])
            scene.wait(0.4)
    scene.must_live()
    scene.service.wait_until_ready()
    scene.must_answer_reads()


def stop_server(scene: OnServer) -> None:
    """The server stops as in a crash, and is away for a while; sometimes the service is killed meanwhile."""
    killed = scene.chance.random() < 0.3
    scene.server.stop(signal.SIGQUIT)
    try:
        scene.must_say_that_it_is_not_ready()
        scene.wait(1.5)
        scene.must_live()
        if killed:
            scene.service.kill(with_workers=True)
            scene.must_refuse_to_start()
    finally:
        scene.server.start()
    if killed:
        scene.service.start()
    scene.service.wait_until_ready()
    scene.must_answer_reads()


SceneT = TypeVar("SceneT", bound=Scene)
Kind = tuple[int, Callable[[SceneT], None]]
"""A fault, and its share of all of them."""

CLOCK = "clock jumps"

ON_DISK: dict[str, Kind[OnDisk]] = {
    "killed (-9)": (4, kill),
    "killed while starting": (2, kill_while_starting),
    "worker killed": (3, kill_worker),
    "disk full": (4, full_disk),
    "no file may grow": (3, no_more_bytes),
    "disk read-only": (1, read_only),
    CLOCK: (3, wrong_clock),
}
"""Every fault of a service on SQLite by its name."""

ON_SERVER: dict[str, Kind[OnServer]] = {
    "PostgreSQL drops connections": (4, drop_connections),
    "PostgreSQL stopped": (4, stop_server),
    "killed (-9) on PostgreSQL": (2, kill),
}
"""Every fault of a service on PostgreSQL by its name."""


def possible(disk: Disk) -> dict[str, Kind[OnDisk]]:
    """Those that can strike a file here, the others named in what is printed."""
    cannot = set()
    if not disk.is_own:
        cannot |= {"disk full"} | ({"disk read-only"} if os.geteuid() == 0 else set())
    return {name: fault for name, fault in ON_DISK.items() if name not in cannot}
