"""`entente load`: articles into the database, with their facts."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from app.cli.outcomes import INTERRUPTED, UNREADABLE, Refusal


def load(
    paths: Annotated[list[Path], typer.Argument(help="Files of articles, or folders of them.", exists=True)],
    workers: Annotated[int, typer.Option(min=0, help="Processes that extract facts; 0: as many as cores.")] = 0,
    with_facts: Annotated[
        bool, typer.Option("--facts", help="The folders are results of extract-bulk: take their facts as they are.")
    ] = False,
) -> None:
    """Load articles into the database. What is there already is left as it is, so that a load can be run again.

    What is refused is written, with the reason, to PATH.failures.jsonl, which can be loaded once it is mended; the exit
    code is 3 then.
    """
    from app.ingest.bulk import ARTICLES, RESULTS, load_inputs
    from app.ingest.extractors import extractor_maker, longest_task
    from app.ingest.progress import LoadingBar
    from app.ingest.workers import Staff, Workers
    from app.settings import all_cores, load_settings, shipped
    from app.store.database import Database

    form = RESULTS if with_facts else ARTICLES
    if with_facts and (empty := next((path for path in paths if not form.files(path)), None)):
        raise Refusal(f"{empty} holds no results of extract-bulk that are done")
    settings = load_settings()
    make = extractor_maker(settings)
    staff = Staff(workers or settings.workers or all_cores(), longest=longest_task(settings))
    database = Database(settings.database_url, shipped("migrations"), bulk=True)
    database.migrate()
    with (
        closing(database),
        closing(Workers(staff, settings.database_url, make)) as reading,
        LoadingBar() as bar,
    ):
        try:
            tally = load_inputs(database, reading, paths, bar.show, form)
        except KeyboardInterrupt:
            bar.close()
            typer.echo("entente: stopped; what was stored stays, and the same command goes on from there", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except OSError as error:
            raise Refusal(f"{error.filename}: {error.strerror}") from None
    typer.echo(f"{tally.new} new, {tally.known} known already, {tally.refused} refused")
    for failures in tally.failures:
        typer.echo(f"entente: what was refused, and why, is in {failures}", err=True)
    if tally.refused:
        raise typer.Exit(UNREADABLE)
