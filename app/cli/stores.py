"""The store itself: its schema brought up to date, and the whole of it copied to another."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.outcomes import INTERRUPTED, Refusal

if TYPE_CHECKING:
    from app.store.database import Database


@contextmanager
def migrated_database() -> Iterator[Database]:
    """The database of the settings, its schema up to date."""
    from app.settings import load_settings, shipped
    from app.store.database import Database

    with closing(Database(load_settings().database_url, shipped("migrations"))) as database:
        database.migrate()
        yield database


def migrate() -> None:
    """Bring the schema of the database up to date, and do nothing else: before services of a new version start."""
    with migrated_database() as database:
        typer.echo(f"{database.location} is up to date")


def copy_store(
    source: Annotated[str, typer.Argument(metavar="FROM", help="Address of the database that is copied.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Address of an empty database.")],
) -> None:
    """Copy a whole store from one database to another, of either kind, and compare both.

    A copy that was stopped goes on when it is run again; until it is whole no service takes it. The addresses are those
    that ENTENTE_DATABASE_URL takes. Services may read meanwhile; what they write to FROM after the start is not copied.
    """
    from rich.console import Console
    from rich.progress import Progress

    from app.settings import shipped
    from app.store.copying import Copy
    from app.store.database import Database

    _require_file(source)
    with (
        closing(Database(_usable("FROM", source), shipped("migrations"))) as read,
        closing(Database(_usable("TO", target), shipped("migrations"), bulk=True)) as written,
        Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar,
    ):
        task = bar.add_task("starting", total=None)

        def show(doing: str, done: int, total: int) -> None:
            bar.update(task, description=doing, completed=done, total=total)

        try:
            sums = Copy(read, written, show).run()
        except KeyboardInterrupt:
            bar.stop()
            typer.echo("entente: stopped; the same command goes on from there", err=True)
            raise typer.Exit(INTERRUPTED) from None
    for table, found in sums.items():
        typer.echo(f"{table}: {found.rows} rows, the same in both ({found.digest[:12]})")


def _usable(name: str, url: str) -> str:
    from app.settings import PASSWORD, usable_database

    try:
        return usable_database(url)
    except ValueError as error:
        shown = PASSWORD.sub(r"\1***@", url)
        raise Refusal(f"{name} is {shown!r}: {error}") from None


def _require_file(url: str) -> None:
    """SQLite makes a file that is not there, and nobody copies what is not there."""
    path = Path(url.removeprefix("sqlite:///").partition("?")[0])
    if url.startswith("sqlite:///") and not url.startswith("sqlite:///file:") and not path.is_file():
        raise Refusal(f"there is no database {path}")
