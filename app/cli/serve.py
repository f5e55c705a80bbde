"""`entente serve`: the service on its address."""

from __future__ import annotations

import errno
import socket
from contextlib import closing, nullcontext
from typing import Annotated

import typer

from app.cli.outcomes import Refusal


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; else ENTENTE_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, 0 for a free one; else ENTENTE_PORT.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that serve; else ENTENTE_SERVE_WORKERS.")] = None,
) -> None:
    """Migrate the database, load the seeds, and serve. SIGTERM lets requests under way finish and exits with 0."""
    from app.api.access import Access
    from app.api.counters import shared_by_processes
    from app.api.logs import configure_logging
    from app.settings import load_settings, shipped
    from app.store.database import Database

    settings = load_settings(host=host, port=port, serve_workers=workers)
    configure_logging(settings.log_level, settings.log_format)
    Access.of(settings)  # so that settings that contradict one another are known before anything is touched
    with closing(Database(settings.database_url, shipped("migrations"))) as database:
        if settings.read_only:
            database.require_current()
        else:
            database.migrate()
    listening = _listen(settings.host, settings.port)
    address = f"http://{_in_url(settings.host)}:{listening.getsockname()[1]}"
    typer.echo(f"Entente serves {database.location} at {address}/")
    typer.echo(f"  the facts          {address}/commitments")
    typer.echo(f"  to try it          {address}/docs")
    typer.echo(f"  to read about it   {address}/redoc")
    typer.echo(f"  whether it is well {address}/health/ready")
    typer.echo("Ctrl+C stops it.")
    with shared_by_processes() if settings.serve_workers > 1 else nullcontext():
        from app import serving

        try:
            serving.serve(settings, listening)
        except serving.NotStarted:
            raise Refusal("the service did not start; the log above says why") from None


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens, so that an address that cannot be had is known before anything starts."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        other = "; --port names another, 0 takes a free one" if error.errno == errno.EADDRINUSE else ""
        raise Refusal(f"cannot listen on {host} port {port}: {error.strerror or error}{other}") from None
    listening.set_inheritable(True)
    return listening


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
