"""Faults, one after the other, at random moments, on the real service with clients at work; and what became of it.

usage: python -m tests.faults.chaos [faults] [seed] [name of one fault]

SIGINT or SIGTERM ends it with the fault that is under way: what was found by then is printed.
"""

from __future__ import annotations

import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from app.settings import shipped
from app.store.database import Database
from tests.faults.audit import Findings, audit
from tests.faults.clients import Clients
from tests.faults.clock import Clock
from tests.faults.disk import Disk, small_disk
from tests.faults.kinds import CLOCK, ON_DISK, ON_SERVER, Kind, NotSurvived, OnDisk, OnServer, SceneT, possible
from tests.faults.ledger import Ledger
from tests.faults.service import NotStarted, Running
from tests.postgres import NoServer, Server, own_server

AT_WORK = 0.8
"""Seconds, at most, that clients write before a fault strikes."""

JOBS_WITHIN = 180
"""Seconds within which all jobs are done once the faults are over."""

MOST_TOLD = 40

Watch = Callable[[str], bool]
"""Is told of every fault that is over; says whether to go on."""

SAFE = {"listen_addresses": "", "shared_buffers": "32MB"}
"""Settings of the PostgreSQL server: what keeps acknowledged writes is as it comes."""


@dataclass(slots=True)
class Outcome:
    """How often a fault struck, how often all was well after it, and what was found after it."""

    times: int = 0
    survived: int = 0
    lost: int = 0
    duplicated: int = 0
    unsound: int = 0


@dataclass(slots=True)
class Report:
    """What each fault did, what was wrong in words, and what clients were told in all."""

    seed: int
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    ledgers: list[Ledger] = field(default_factory=list)
    unhandled: list[str] = field(default_factory=list)
    seconds: float = 0.0
    is_cut_short: bool = False

    @property
    def acknowledged(self) -> int:
        """Writes of which the service said that they are done."""
        return sum(ledger.acknowledged for ledger in self.ledgers)

    def take(self, name: str, findings: Findings) -> None:
        """Count what was found after a fault."""
        outcome = self.outcomes.setdefault(name, Outcome())
        outcome.times += 1
        outcome.survived += not findings
        outcome.lost += len(findings.lost)
        outcome.duplicated += len(findings.duplicated)
        outcome.unsound += len(findings.unsound)
        self.wrong += [f"{name}: {what}" for what in (*findings.lost, *findings.duplicated, *findings.unsound)]


def chaos(faults: int, seed: int, only: str | None = None, watch: Watch = lambda _: True) -> Report:
    """Strike so many times, a third of them on PostgreSQL where a server's programs are there.

    The seed draws the faults, their moments, and what clients do; threads do the rest.
    """
    report = Report(seed)
    started = time.monotonic()
    on_disk = {name: fault for name, fault in ON_DISK.items() if only in (None, name)}
    on_server = {name: fault for name, fault in ON_SERVER.items() if only in (None, name)}
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        left = faults
        if on_server:
            with suppress(NoServer), own_server(SAFE) as server:
                url = Server(server.url).empty()
                scene = OnServer(Running(url, folder / "server.txt"), url, random.Random(seed), server)
                times = left // 3 if on_disk else left
                _strike(report, scene, on_server, times, watch)
                left -= times
        if on_disk and not report.is_cut_short:
            with small_disk(folder / "disk") as disk:
                _strike_on_disk(report, folder, disk, left, on_disk, watch)
    report.seconds = time.monotonic() - started
    return report


def _strike_on_disk(
    report: Report, folder: Path, disk: Disk, times: int, kinds: Mapping[str, Kind[OnDisk]], watch: Watch
) -> None:
    url = f"sqlite:///{disk.folder / 'store.db'}"
    clock = Clock(folder / "clock")
    with_clock = (sys.executable, "-m", "tests.faults.clock", str(clock.file))
    service = Running(url, folder / "log.txt", with_clock)
    scene = OnDisk(service, url, random.Random(report.seed), disk, clock)
    _strike(report, scene, {name: fault for name, fault in possible(disk).items() if name in kinds}, times, watch)


def _strike(report: Report, scene: SceneT, kinds: Mapping[str, Kind[SceneT]], times: int, watch: Watch) -> None:
    """Strike one service so many times, with clients of its own."""
    if not kinds:
        return
    ledger = Ledger()
    report.ledgers.append(ledger)
    scene.service.start()
    clients = Clients(lambda: scene.service.address, ledger, report.seed)
    try:
        for name in scene.chance.choices(list(kinds), [share for share, _ in kinds.values()], k=times):
            since = time.monotonic()
            report.take(name, _struck(ledger, scene, clients, kinds[name][1]))
            if not watch(f"{name}: {time.monotonic() - since:.1f} s"):
                report.is_cut_short = True
                break
        scene.service.wait_until_ready()
        was_ahead = CLOCK in report.outcomes
        report.wrong += _unfinished(ledger, scene.service.address, may_be_gone=was_ahead)
    finally:
        clients.end()
        scene.service.kill(with_workers=True)
    report.unhandled += _unhandled(scene.service)


def _struck(ledger: Ledger, scene: SceneT, clients: Clients, fault: Callable[[SceneT], None]) -> Findings:
    """Strike while clients are at work; what is wrong after it."""
    scene.service.wait_until_ready()
    clients.resume()
    scene.wait(AT_WORK)
    meanwhile = []
    try:
        fault(scene)
    except (NotSurvived, NotStarted, httpx.TransportError) as error:
        meanwhile = [f"{type(error).__name__}: {error}"]
        if not scene.service.is_up():
            scene.service.start()
    clients.pause()
    with closing(Database(scene.url, shipped("migrations"))) as database:
        found = audit(database, ledger, scene.service.address, scene.chance)
    found.unsound += meanwhile
    return found


def _unfinished(ledger: Ledger, address: str, *, may_be_gone: bool) -> list[str]:
    """Jobs that do not end, or whose counts are not those of what was handed in.

    By a clock that was a year ahead they were done so long ago that nobody asks for them any more; their articles are
    looked for all the same.
    """
    until = time.monotonic() + JOBS_WITHIN
    wrong = []
    with httpx.Client(base_url=address, timeout=30) as client:
        for job, total in ledger.jobs.items():
            answer = client.get(f"/jobs/{job}").json()
            while answer.get("state", "done") != "done" and time.monotonic() < until:
                time.sleep(0.1)
                answer = client.get(f"/jobs/{job}").json()
            if may_be_gone and answer.get("status") == 404:
                continue
            counts = [answer.get(name) for name in ("total", "new", "known", "refused")]
            if answer.get("state") != "done" or counts != [total, total, 0, 0]:
                wrong.append(f"the job {job} of {total} records: {answer}")
    return wrong


def _unhandled(service: Running) -> list[str]:
    """What the service logged of errors that it did not expect."""
    return [line["traceback"] for line in service.logged() if line.get("message") == "unhandled"]


def printed(report: Report) -> str:
    """The table."""
    console = Console(width=120, file=StringIO(), record=True)
    table = Table(title=f"Faults that struck the service at random moments (seed {report.seed})")
    table.add_column("fault")
    for column in ("faults", "survived", "lost", "duplicated", "unsound"):
        table.add_column(column, justify="right")
    total: Counter[str] = Counter()
    for name in (*ON_DISK, *ON_SERVER):
        outcome = report.outcomes.get(name)
        if outcome is None:
            table.add_row(name, "none")
            continue
        counts = {column: getattr(outcome, column) for column in ("times", "survived", "lost", "duplicated", "unsound")}
        total.update(counts)
        table.add_row(name, *map(str, counts.values()))
    table.add_section()
    table.add_row("all", *(str(total[column]) for column in ("times", "survived", "lost", "duplicated", "unsound")))
    console.print(table)
    refused, unanswered = (
        sum(getattr(ledger, name) for ledger in report.ledgers) for name in ("refused", "unanswered")
    )
    must, jobs = (sum(len(getattr(ledger, name)) for ledger in report.ledgers) for name in ("must", "jobs"))
    said = (
        f"{report.acknowledged} writes acknowledged, {refused} refused with 503, {unanswered} cut off; "
        f"{must} articles must be there, {jobs} jobs; {report.seconds:.0f} s."
    )
    return "\n".join([console.export_text(), said, *report.wrong[:MOST_TOLD], *sorted(set(report.unhandled))[:3]])


def main() -> None:
    """Strike, print the table; exit code 1 where anything was lost, duplicated or unsound."""
    faults = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}", flush=True)  # noqa: T201
    signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda given, _: signals.append(given))

    def tell(line: str) -> bool:
        print(line, file=sys.stderr, flush=True)  # noqa: T201
        return not signals

    report = chaos(faults, seed, sys.argv[3] if len(sys.argv) > 3 else None, tell)
    print(printed(report))  # noqa: T201
    sys.exit(bool(report.wrong))


if __name__ == "__main__":
    main()
