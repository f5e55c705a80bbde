"""The `entente` command: thin, one function a command. What is heavy is imported where it is used."""

from __future__ import annotations

import sys

import typer

from app.cli import audit, backup, bulk, extract, feeds, keys, load, reextract, serve, stores, worker
from app.cli.outcomes import Refusal
from app.extraction.extractor import ExtractionFailed

app = typer.Typer(
    help="Read diplomatic and defence news, and serve who commits to cooperate with whom.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("migrate")(stores.migrate)
app.command("load")(load.load)
app.command("extract")(extract.extract)
app.command("extract-bulk")(bulk.extract_bulk)
app.command("reextract")(reextract.reextract)
app.command("parse")(extract.parse)
app.command("copy")(stores.copy_store)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("worker")(worker.worker)
app.add_typer(feeds.commands, name="feed")
app.add_typer(keys.commands, name="keys")
app.add_typer(audit.commands, name="audit")


def main() -> None:
    """Run the command. A refusal is one line on standard error and exit code 1, never a traceback."""
    from app.language.broken import BrokenModel
    from app.settings import SettingsError
    from app.store.database import StoreError

    try:
        app()
    except (Refusal, SettingsError, StoreError, ExtractionFailed, BrokenModel) as error:
        typer.echo(f"entente: {error}", err=True)
        sys.exit(1)


@app.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    typer.echo(f"entente {installed('entente-news')}")
