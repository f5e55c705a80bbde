"""`entente audit`: read the log of writes, and shorten it."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.stores import migrated_database

if TYPE_CHECKING:
    from app.store.audit import AuditEntry

commands = typer.Typer(help="The log of writes: who, from where, what, when.", no_args_is_help=True)

DAY = ["%Y-%m-%d"]


@commands.command("list")
def list_writes(
    since: Annotated[
        datetime | None, typer.Option(formats=DAY, help="The first day (UTC) whose entries are printed.")
    ] = None,
) -> None:
    """Print the entries as JSON Lines, the newest last, with the fields of `/audit`."""
    from app.schemas.audit import AuditOut
    from app.schemas.documents import to_bytes
    from app.store import audit

    with migrated_database() as database, database.read() as connection:
        for number, entry in audit.entries_since(connection, since.replace(tzinfo=UTC) if since else None):
            typer.echo(to_bytes(AuditOut(number=number, **asdict(entry))))


@commands.command("prune")
def prune(
    before: Annotated[datetime, typer.Option(formats=DAY, help="The first day (UTC) whose entries stay.")],
) -> None:
    """Delete the entries of days before one, and say how many there were. That is an entry, too."""
    from app.store import audit

    with migrated_database() as database, database.write() as connection:
        count = audit.delete_before(connection, before.replace(tzinfo=UTC))
        told = f"{count} {'entry' if count == 1 else 'entries'} from before {before:%Y-%m-%d}"
        audit.record(connection, by_command_line("prune audit", told))
    typer.echo(f"deleted {told}")


def by_command_line(action: str, target: str) -> AuditEntry:
    """The entry of what a command does just now."""
    from app.store.audit import AuditEntry

    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as containers have it
        user = "unknown"
    return AuditEntry(datetime.now(UTC), f"command line: {user}", "local", action, target, 0, "")
