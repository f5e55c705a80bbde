"""`entente extract-bulk`: the facts of very many articles on a Ray cluster."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.outcomes import INTERRUPTED, UNREADABLE, Refusal
from app.extraction.extractor import ExtractorName

if TYPE_CHECKING:
    from app.ingest.bulk_extraction import Standing

SECONDS_BETWEEN_LINES = 10.0


def extract_bulk(
    source: Annotated[
        str,
        typer.Argument(
            metavar="PATTERN",
            help="Parquet files: a file, a folder, or a pattern such as 's3://bucket/news/**/*.parquet'.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the results; all machines of the cluster must share it.")],
    workers: Annotated[int, typer.Option(min=0, help="Actors that extract; 0: one for each processor.")] = 0,
    extractor: Annotated[
        ExtractorName | None, typer.Option(help="What finds the facts; else ENTENTE_EXTRACTOR.")
    ] = None,
) -> None:
    """Extract the facts of many articles on a Ray cluster, into Parquet with the columns of the exports.

    Each input gets a folder of results when all of it is done, and is passed over from then on, so that the same
    command goes on after a stop. `entente load --facts` loads the results. Rows that cannot be read are named on
    standard error and kept in articles.failures.jsonl beside the results; the exit code is 3 then.
    """
    from app.ingest.bulk_extraction import BulkExtraction, NotShared
    from app.ingest.bulk_inputs import NoInputs, find_inputs, look
    from app.ingest.extractors import extractor_maker, longest_task
    from app.ingest.on_ray import Cluster, ClusterFailed
    from app.settings import load_settings

    settings = load_settings()
    make = extractor_maker(settings, extractor)
    telling = _Telling()
    out = out.absolute()
    try:
        inputs = find_inputs(source)
        out.mkdir(parents=True, exist_ok=True)
        cluster = Cluster(out, make, longest_task(settings), workers or None)
        standing = BulkExtraction(out, make().name, telling.tell).run(look(inputs), cluster.run)
    except KeyboardInterrupt:
        typer.echo("entente: stopped; what is done stays, and the same command goes on from there", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except (NoInputs, ClusterFailed, NotShared) as refusal:
        raise Refusal(str(refusal)) from None
    except OSError as error:
        raise Refusal(f"{error.filename}: {error.strerror}") from None
    telling.faults(standing)
    typer.echo(
        f"{standing.files} files done, {standing.done_before} were done before: "
        f"{standing.articles} articles, {standing.words} words, {standing.refused} refused"
    )
    if standing.faults:
        raise typer.Exit(UNREADABLE)


class _Telling:
    """Says on standard error what could not be read as soon as it is known, and now and then how far it is."""

    def __init__(self) -> None:
        self._told = 0
        self._began = self._last = time.monotonic()

    def tell(self, standing: Standing) -> None:
        self.faults(standing)
        now = time.monotonic()
        if now - self._last > SECONDS_BETWEEN_LINES:
            self._last = now
            settled = standing.articles + standing.refused
            rate = standing.words / (now - self._began)
            typer.echo(f"entente: {settled} of {standing.rows_in_all} articles, {rate:.0f} words/s", err=True)

    def faults(self, standing: Standing) -> None:
        for fault in standing.faults[self._told :]:
            typer.echo(f"entente: {fault}", err=True)
        self._told = len(standing.faults)
