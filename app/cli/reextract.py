"""`entente reextract`: the facts of stored articles anew."""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from app.cli.outcomes import INTERRUPTED, UNREADABLE, Faults
from app.cli.progress import with_progress


def reextract(
    stale: Annotated[
        bool, typer.Option("--stale", help="Only articles whose facts another extractor or version found.")
    ] = False,
    after: Annotated[str, typer.Option(metavar="ID", help="Only articles whose ids come after this one.")] = "",
) -> None:
    """Find the facts of the stored articles anew; the service may be running. Facts that stay keep their ids."""
    from app.ingest.extractors import extractor_maker, longest_task
    from app.ingest.reextract import reextract as read_anew
    from app.ingest.workers import Staff, Workers
    from app.settings import all_cores, load_settings, shipped
    from app.store.database import Database
    from app.store.reextraction import Scope, Turnover, count_in

    settings = load_settings()
    database = Database(settings.database_url, shipped("migrations"))
    make = extractor_maker(settings)
    database.migrate()
    staff = Staff(settings.workers or all_cores(), longest=longest_task(settings))
    workers = Workers(staff, settings.database_url, make)
    scope = Scope(workers.name if stale else None, after)
    with database.read() as connection:
        total = count_in(connection, scope)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    faults, articles, changed = Faults(), 0, Turnover()
    try:
        for outcome in with_progress(read_anew(database, workers, scope), "Reading anew", total):
            if outcome.failed:
                faults.unextracted(outcome.article, outcome.failed)
                continue
            faults.in_a_row = 0
            after, articles, changed = outcome.article, articles + 1, changed + outcome.turnover
    except KeyboardInterrupt:
        go_on = "--stale" if stale else f"--after {after}"
        typer.echo(f"entente: stopped; to go on: entente reextract {go_on}", err=True)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        workers.close()
        typer.echo(f"{articles} articles: {changed.kept} facts stayed, {changed.new} are new, {changed.gone} are gone")
    if faults.count:
        raise typer.Exit(UNREADABLE)
