"""Figures of taking in, for Prometheus: how long extraction takes, what waits for it, what fails."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

EXTRACTION_SECONDS = Histogram(
    "entente_extraction_seconds",
    "Seconds that a worker process took to find the facts of an article which was then stored.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
    registry=None,
)
EXTRACTIONS_WAITING = Gauge(
    "entente_extractions_waiting",
    "Articles of requests under way that wait for their extraction, or are being extracted.",
    multiprocess_mode="livesum",
    registry=None,
)
EXTRACTIONS_FAILED = Counter(
    "entente_extractions_failed",
    "Extractions for requests that came to nothing: `busy` for want of room, `broken` since a worker or its model was.",
    ("reason",),
    registry=None,
)
for reason in ("busy", "broken"):
    EXTRACTIONS_FAILED.labels(reason)

INTAKE: tuple[MetricWrapperBase, ...] = (EXTRACTION_SECONDS, EXTRACTIONS_WAITING, EXTRACTIONS_FAILED)
