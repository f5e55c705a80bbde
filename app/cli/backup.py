"""`entente backup` and `entente restore`: the store in a file, and out of it again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def backup(file: Annotated[Path, typer.Argument(help="The file to write; one of that name is replaced.")]) -> None:
    """Write the whole store to one file, checked before it gets its name; services may read and write meanwhile.

    On PostgreSQL pg_dump makes it, which must be installed.
    """
    from app.settings import load_settings, shipped
    from app.store.backup import back_up

    settings = load_settings()
    back_up(settings.database_url, shipped("migrations"), file)
    typer.echo(f"{file}: {file.stat().st_size:,} bytes, whole")


def restore(
    file: Annotated[Path, typer.Argument(help="What `entente backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of a store on SQLite that is there, and not in use.")
    ] = False,
) -> None:
    """Make the store of a backup, and bring its schema up to date. Stop services and workers first.

    The file is checked before anything is touched, and what was there stays until the new store is whole. On PostgreSQL
    the database must be empty; pg_restore fills it, and must be installed.
    """
    from app.settings import load_settings, shipped
    from app.store.backup import restore as restored

    settings = load_settings()
    restored(settings.database_url, shipped("migrations"), file, replace=replace)
    typer.echo(f"the store is what {file} holds")
