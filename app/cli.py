"""The `entente` command: thin, one function a command. What is heavy is imported where it is used."""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Read diplomatic and defence news, and serve who commits to cooperate with whom.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

UNREADABLE = 3
"""Exit code where some records could not be read; the others were."""


class Refusal(Exception):
    """The command cannot go on; the message is one line for the user."""


def main() -> None:
    """Run the command. A refusal is one line on standard error and exit code 1, never a traceback."""
    from app.settings import SettingsError
    from app.store.database import StoreError

    try:
        app()
    except (Refusal, SettingsError, StoreError) as error:
        typer.echo(f"entente: {error}", err=True)
        sys.exit(1)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; else ENTENTE_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, 0 for a free one; else ENTENTE_PORT.")] = None,
) -> None:
    """Migrate the database, load the seeds, and serve. SIGTERM lets requests under way finish and exits with 0."""
    import uvicorn

    from app.api.logs import configure_logging
    from app.main import create_app
    from app.settings import load_settings, shipped
    from app.store.database import Database

    settings = load_settings(host=host, port=port)
    configure_logging(settings.log_level)
    Database(settings.database_url, shipped("migrations")).migrate()
    listening = _listen(settings.host, settings.port)
    address = f"http://{_in_url(settings.host)}:{listening.getsockname()[1]}"
    typer.echo(f"Entente serves {settings.database_url} at {address}/")
    typer.echo(f"  the facts          {address}/commitments")
    typer.echo(f"  to try it          {address}/docs")
    typer.echo(f"  to read about it   {address}/redoc")
    typer.echo(f"  whether it is well {address}/health/ready")
    typer.echo("Ctrl+C stops it.")
    config = uvicorn.Config(
        create_app(settings),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.drain_seconds,
    )
    # uvicorn raises the signal again once it has drained, so that a caller sees it; an orderly stop is exit code 0.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    if not server.started:
        raise Refusal("the service did not start; the log above says why")


@app.command()
def load(paths: Annotated[list[Path], typer.Argument(help="Markdown files, or folders of them.")]) -> None:
    """Load articles into the database. What is there already is left as it is."""
    from rich.console import Console
    from rich.progress import track

    from app.extraction.extractor import EntenteExtractor
    from app.ingest.files import UnreadableFile, read_markdown
    from app.ingest.load import load_article
    from app.settings import load_settings, shipped
    from app.store.database import Database

    database = Database(load_settings().database_url, shipped("migrations"))
    database.migrate()
    extractor = EntenteExtractor()
    files = [file for path in paths for file in (sorted(path.rglob("*.md")) if path.is_dir() else [path])]
    if not files:
        raise Refusal(f"no Markdown files (*.md) in {', '.join(map(str, paths))}")
    new = known = broken = 0
    for file in track(files, "Loading", console=Console(stderr=True), transient=True):
        try:
            stored = load_article(database, extractor, read_markdown(file))
        except UnreadableFile as fault:
            typer.echo(f"entente: {fault}", err=True)
            broken += 1
        else:
            new += stored.created
            known += not stored.created
    typer.echo(f"{new} new, {known} known already, {broken} unreadable")
    if broken:
        raise typer.Exit(UNREADABLE)


@app.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    typer.echo(f"entente {installed('entente-news')}")


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens, so that an address that cannot be had is known before anything starts."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        raise Refusal(f"cannot listen on {host} port {port}: {error.strerror or error}") from None
    listening.set_inheritable(True)
    return listening


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
