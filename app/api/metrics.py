"""`GET /metrics`: what the service does and holds, as Prometheus reads it.

Labels have few values, none of them chosen by a client: a request counts under the template of its route. Processes
that serve together share a folder of counters, and whichever is asked answers for all.
"""

from __future__ import annotations

import asyncio
import os
import platform
import threading
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString
from starlette.types import Scope

from app.api.counters import extracting, is_alive, mark_serving, serving, shared_folder
from app.extraction.extractor import DISTRIBUTION, ExtractorName
from app.ingest.metrics import INTAKE
from app.language.shipped import model_version
from app.settings import Settings
from app.store.database import Database, StoreError
from app.store.size import Backlog, backlog_of, bytes_of, rows_of

NO_ROUTE = "none"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD = "other"

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
REQUEST_SECONDS = "entente_request_seconds"
REQUESTS = "Requests by template of their route, method and status, with the seconds until they were answered."
LABELS = ("route", "method", "status")

FLUSH_SECONDS = 0.5
"""How soon those that count together are told."""

NO_ANSWER = "none"
"""The status of a request whose client went away before it was answered."""

SHARE_OF_TIME = 0.01
"""The part of the time that writing rows may take: they are counted anew no sooner than that allows."""


class Requests(Collector):
    """Counts requests, in less time than the library's own histogram takes: it would show in answers that are kept."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, ...], list[float]] = {}  # by labels: one count a bucket, then the sum of seconds
        self._found: dict[tuple[int, str, int | None], list[float]] = {}
        self._file: MmapedDict | None = None

    def add(self, scope: Scope, method: str, status: int | None, seconds: float) -> None:
        """Count one that is over. ``scope`` has its route, if it found one; routes last as long as the service."""
        route = scope.get("route")
        counts = self._found.get((id(route), method, status)) or self._find(route, method, status)
        counts[bisect_left(BOUNDS, seconds)] += 1
        counts[-1] += seconds

    def _find(self, route: object, method: str, status: int | None) -> list[float]:
        is_known = method in METHODS
        labels = (template_of(route), method if is_known else OTHER_METHOD, str(status or NO_ANSWER))
        counts = self._counts.setdefault(labels, [0.0] * (len(BOUNDS) + 2))
        if is_known:
            self._found[id(route), method, status] = counts
        return counts

    def collect(self) -> Iterable[Metric]:
        """The histogram of this process."""
        family = HistogramMetricFamily(REQUEST_SECONDS, REQUESTS, labels=LABELS)
        for labels, counts in list(self._counts.items()):
            *buckets, total = list(counts)
            family.add_metric(labels, list(zip(BUCKETS, accumulate(buckets), strict=True)), total)
        yield family

    def write(self, folder: Path) -> None:
        """Write what was counted to this process' file in the folder, as the library's own metrics are kept."""
        if self._file is None:
            path = folder / f"histogram_requests-{os.getpid()}.db"
            self._file = MmapedDict(str(path))  # type: ignore[no-untyped-call]
        for labels, counts in list(self._counts.items()):
            *buckets, total = list(counts)
            for bound, count in zip(BUCKETS, buckets, strict=True):
                self._keep("_bucket", (*LABELS, "le"), (*labels, bound), count)
            self._keep("_sum", LABELS, labels, total)

    def _keep(self, suffix: str, names: tuple[str, ...], labels: tuple[str, ...], value: float) -> None:
        assert self._file
        key = mmap_key(REQUEST_SECONDS, REQUEST_SECONDS + suffix, list(names), list(labels), REQUESTS)
        self._file.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]


BUCKETS = (*map(floatToGoString, BOUNDS), "+Inf")


def template_of(route: object) -> str:
    """The path of a route as it was declared; clients have no part in it."""
    return getattr(route, "path", None) or NO_ROUTE


class Figures(Collector):
    """What is told when it is asked for: the store, what waits there, the processes, and what this is."""

    def __init__(self, database: Database, build: dict[str, str]) -> None:
        self._database = database
        self._build = {**build, "python": platform.python_version()}
        self._counting = threading.Lock()
        self._rows: dict[str, int] = {}
        self._count_again = 0.0

    def collect(self) -> Iterable[Metric]:
        """Every figure. Those of a store that cannot be used are left out."""
        yield _labelled("entente_build_info", "What serves here; always 1.", [(self._build, 1)])
        yield from _processes()
        up = GaugeMetricFamily("entente_store_up", "Whether the store can be read.")
        try:
            with self._database.read() as connection:
                size, backlog = bytes_of(connection), backlog_of(connection)
            yield from _of_store(self._counted(), size, backlog)
            up.add_metric((), 1)
        except StoreError:
            up.add_metric((), 0)
        yield up

    def _counted(self) -> dict[str, int]:
        with self._counting:
            started = time.monotonic()
            if started >= self._count_again:
                with self._database.read() as connection:
                    self._rows = rows_of(connection)
                ended = time.monotonic()
                self._count_again = ended + (ended - started) / SHARE_OF_TIME
            return self._rows


def build_of(settings: Settings, extractor: str | None) -> dict[str, str]:
    """What serves here, as labels; ``extractor`` is the name of what finds facts, where anything does."""
    model = "none"
    if extractor and settings.extractor is ExtractorName.ENTENTE:
        model = model_version(settings.language_model)
    return {"version": version(DISTRIBUTION), "extractor": extractor or "none", "model": model}


class Metrics:
    """Everything that is told of a service."""

    def __init__(self, figures: Figures) -> None:
        self.requests = Requests()
        self._figures = figures

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """All metrics in the format that the scraper accepts, and its media type."""
        registry = CollectorRegistry()
        registry.register(self._figures)
        if folder := shared_folder():
            self.requests.write(folder)
            _bury_dead(folder)
            MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
        else:
            for metric in (self.requests, *INTAKE):
                registry.register(metric)
        encode, media_type = choose_encoder(accept)
        return encode(registry), media_type

    @asynccontextmanager
    async def told(self) -> AsyncIterator[None]:
        """While the block runs, those that count together know that this process serves, and what it counts."""
        folder = shared_folder()
        if folder is None:
            yield
            return
        mark_serving(folder)
        writing = asyncio.create_task(self._write_on(folder), name="metrics")
        try:
            yield
        finally:
            writing.cancel()
            self.requests.write(folder)

    async def _write_on(self, folder: Path) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            self.requests.write(folder)


def _bury_dead(folder: Path) -> None:
    """Forget what processes that are gone had under way; what they counted stays."""
    for pid in {int(path.stem.rpartition("_")[2]) for path in folder.glob("gauge_live*.db")}:
        if not is_alive(pid):
            mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]


def _labelled(name: str, meaning: str, rows: list[tuple[dict[str, str], float]]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=list(rows[0][0]))
    for labels, value in rows:
        family.add_metric(list(labels.values()), value)
    return family


def _of_store(rows: dict[str, int], size: int, backlog: Backlog) -> Iterator[Metric]:
    stored = [({"kind": kind}, float(count)) for kind, count in rows.items()]
    yield _labelled("entente_store_rows", "Things that are stored, by kind.", stored)
    yield GaugeMetricFamily("entente_store_bytes", "What the database takes on its disk.", size)
    yield GaugeMetricFamily("entente_jobs_open", "Jobs that are not done.", backlog.jobs)
    waiting = "Records of these jobs that are neither stored nor refused."
    yield GaugeMetricFamily("entente_job_records_waiting", waiting, backlog.records)


def _processes() -> Iterator[Metric]:
    """The usual figures of processes, summed over those that serve and over those that these have started."""
    parts = {"service": serving(), "extraction": extracting()}
    yield _labelled(
        "entente_processes",
        "Processes that serve, and that extract.",
        [({"part": part}, float(len(pids))) for part, pids in parts.items()],
    )
    families: dict[str, Metric] = {}
    for part, pids in parts.items():
        for pid in pids:
            for one in ProcessCollector(pid=partial(int, pid), registry=None).collect():
                family = families.setdefault(one.name, Metric(one.name, one.documentation, one.type))
                for sample in one.samples:
                    _add(family, sample.name, part, sample.value)
    yield from families.values()


SMALLEST = ("process_start_time_seconds", "process_max_fds")
"""Figures of which the smallest counts, not the sum."""


def _add(family: Metric, name: str, part: str, value: float) -> None:
    labels = {"part": part}
    for at, sample in enumerate(family.samples):
        if sample.labels == labels:
            both = min(sample.value, value) if name in SMALLEST else sample.value + value
            family.samples[at] = sample._replace(value=both)
            return
    family.add_sample(name, labels, value)
