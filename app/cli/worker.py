"""`entente worker`: work off jobs, and nothing else."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.outcomes import Refusal
from app.cli.stores import migrated_database

if TYPE_CHECKING:
    from app.settings import Settings
    from app.store.database import Database


def worker(
    metrics_port: Annotated[
        int | None, typer.Option(help="Port of ENTENTE_HOST to tell metrics at; else ENTENTE_METRICS_PORT.")
    ] = None,
) -> None:
    """Work off the jobs that services took in, on all cores, until SIGTERM; any number may, on any machine.

    What is under way then is finished, for ENTENTE_DRAIN_SECONDS at most. Where a worker is killed another goes on with
    its job within 15 seconds; nothing is lost or stored twice.
    """
    from app.api.logs import configure_logging
    from app.ingest.extractors import extractor_maker, longest_task
    from app.ingest.jobs import Jobs
    from app.ingest.workers import Staff, TaskFailed, Workers
    from app.settings import all_cores, load_settings

    settings = load_settings(metrics_port=metrics_port)
    configure_logging(settings.log_level, settings.log_format)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    staff = Staff(settings.workers or all_cores(), settings.niceness, longest=longest_task(settings))
    make = extractor_maker(settings)
    with (
        migrated_database() as database,
        closing(Workers(staff, settings.database_url, make)) as workers,
        _telling(settings, database, workers.name),
    ):
        try:
            workers.warm()
        except TaskFailed as error:
            raise Refusal(str(error)) from None
        jobs = Jobs(database, workers)
        jobs.start()
        typer.echo(f"Entente works off the jobs of {database.location}. Ctrl+C stops it.")
        stop.wait()
        jobs.stop(settings.drain_seconds)


@contextmanager
def _telling(settings: Settings, database: Database, extractor: str) -> Iterator[None]:
    """Tell this worker's metrics at `/metrics` of the port that is set, if one is."""
    if not settings.metrics_port:
        yield
        return
    from prometheus_client import CollectorRegistry, start_http_server

    from app.api.metrics import Figures, build_of
    from app.ingest.metrics import EXTRACTION_SECONDS

    registry = CollectorRegistry()
    registry.register(EXTRACTION_SECONDS)
    registry.register(Figures(database, build_of(settings, extractor)))
    try:
        server, thread = start_http_server(settings.metrics_port, settings.host, registry)
    except OSError as error:
        reason = error.strerror or error
        raise Refusal(f"cannot tell metrics on {settings.host} port {settings.metrics_port}: {reason}") from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
