"""`entente keys`: make, list and revoke the keys of those who may use the service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app.cli.audit import by_command_line
from app.cli.outcomes import Refusal
from app.cli.stores import migrated_database
from app.store.scopes import Scope

commands = typer.Typer(help="Keys of those who may use the service.", no_args_is_help=True)


@commands.command("create")
def create(
    scope: Annotated[Scope, typer.Option(help="What it allows; each allows what those before it do.")],
    name: Annotated[str, typer.Option(help="Whom or what it is for, as lists and the audit log show it.")] = "",
    days: Annotated[int, typer.Option(min=0, max=36500, help="Days after which it expires; 0: never.")] = 0,
) -> None:
    """Make a key and print it, alone on the last line. It is shown this once; the database keeps its digest."""
    from app.store import audit, keys

    now = datetime.now(UTC)
    with migrated_database() as database, database.write() as connection:
        made = keys.create_key(connection, scope, name, timedelta(days=days) if days else None, now)
        prefix = made.split("_")[1]
        audit.record(connection, by_command_line("create key", f"{prefix} ({scope.value})"))
    typer.echo(f"Key {prefix}, which may {scope.value}. Keep it: it cannot be shown again.", err=True)
    typer.echo(made)


@commands.command("list")
def list_all() -> None:
    """Print the keys, without their secrets."""
    from app.store import keys

    now = datetime.now(UTC)
    with migrated_database() as database, database.read() as connection:
        for key in keys.list_keys(connection):
            state = "good" if key.is_good(now) else "revoked" if key.revoked_at else "expired"
            until = f", until {key.expires_at:%Y-%m-%d}" if key.expires_at else ""
            made = f"made {key.created_at:%Y-%m-%d}"
            typer.echo(f"{key.prefix}  {key.scope.value:5}  {state:7}  {made}{until}  {key.name}".rstrip())


@commands.command("revoke")
def revoke(prefix: Annotated[str, typer.Argument(help="The first part of the key, as `keys list` shows it.")]) -> None:
    """Let nobody in with a key any more. Browsers that were logged in with it are logged out."""
    from app.store import audit, keys

    now = datetime.now(UTC)
    with migrated_database() as database, database.write() as connection:
        try:
            keys.revoke_key(connection, prefix, now)
        except keys.UnknownKey:
            raise Refusal(f"no key begins with {prefix!r}; `entente keys list` shows them") from None
        audit.record(connection, by_command_line("revoke key", prefix))
    typer.echo(f"{prefix} is revoked")
