"""Bulk extraction on a Ray cluster: pieces to actors, each with the extractor loaded once."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.ingest.bulk_extraction import Reading, Report, extract_piece
from app.ingest.bulk_inputs import Piece
from app.ingest.workers import MakeExtractor

MOST_BLOCKS = 4096
"""Into how many blocks Ray Data divides the pieces; it keeps a record of each."""


class ClusterFailed(Exception):
    """There is no Ray, or the cluster did not do the work; the message says why."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """What the actors need to know, and how many there may be (None: one for each processor)."""

    out: Path
    make: MakeExtractor
    longest: float
    actors: int | None = None

    def run(self, pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Report]]:
        """Have every piece done, in whatever order; a machine that fails loses no more than the pieces it was at.

        Uses the cluster that RAY_ADDRESS names or that was started on this machine, else one of this machine alone.
        Raises `ClusterFailed`.
        """
        data = _connected()
        actors = self.actors or _processors()
        given = data.from_items(list(map(asdict, pieces)), override_num_blocks=min(len(pieces), MOST_BLOCKS))
        pool = data.ActorPoolStrategy(size=min(actors, len(pieces)), max_tasks_in_flight_per_actor=1)
        done = given.map(_Actor, fn_constructor_args=(self,), compute=pool, num_cpus=1)
        try:
            for row in done.iter_rows():
                yield (
                    Piece(**{name: row[name] for name in Piece.__slots__}),
                    Report(**{name: row[name] for name in Report.__slots__}),
                )
        except _failures() as error:
            raise ClusterFailed(f"the cluster stopped: {str(error).strip().splitlines()[-1]}") from error


class _Actor:
    """Does pieces one after the other. Where a row kills it, Ray gives the piece to another that it starts."""

    def __init__(self, cluster: Cluster) -> None:
        self._out = cluster.out
        self._reading = Reading(cluster.make(), cluster.longest)
        self._reading.extractor.warm()

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        report = extract_piece(self._reading, Piece(**row), self._out)
        return row | asdict(report)


def _connected() -> Any:
    """Ray Data, connected to a cluster and quiet. Raises `ClusterFailed`."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anyone
    try:
        import ray
        import ray.data
    except ImportError:
        raise ClusterFailed("Ray is not installed: pip install 'entente-news[ray]'") from None
    if not ray.is_initialized():
        try:
            ray.init(log_to_driver=False, logging_level=logging.ERROR, include_dashboard=False)
        except Exception as error:
            raise ClusterFailed(f"no Ray cluster can be had: {error}") from error
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return ray.data


def _processors() -> int:
    import ray

    resources: dict[str, float] = ray.cluster_resources()
    return max(1, int(resources.get("CPU", 1)))


def _failures() -> tuple[type[Exception], ...]:
    import ray.exceptions

    return (ray.exceptions.RayError,)
