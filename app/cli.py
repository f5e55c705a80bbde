"""The `entente` command: thin, one function a command. What is heavy is imported where it is used."""

from __future__ import annotations

import errno
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app import cli_audit, cli_backup, cli_bulk, cli_keys, cli_worker
from app.extraction.extractor import ExtractionFailed, ExtractorName

if TYPE_CHECKING:
    from app.ingest.records import Record, UnreadableFile
    from app.ingest.subscriptions import Subscriptions
    from app.ingest.workers import TaskFailed
    from app.store.database import Database

ItemT = TypeVar("ItemT")

app = typer.Typer(
    help="Read diplomatic and defence news, and serve who commits to cooperate with whom.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
)

INTERRUPTED = 130
"""Exit code after Ctrl+C, as shells have it."""

feed_commands = typer.Typer(help="Follow the feeds of outlets.", no_args_is_help=True)
app.add_typer(feed_commands, name="feed")
app.add_typer(cli_keys.commands, name="keys")
app.add_typer(cli_audit.commands, name="audit")
app.command("worker")(cli_worker.worker)
app.command("extract-bulk")(cli_bulk.extract_bulk)
app.command("backup")(cli_backup.backup)
app.command("restore")(cli_backup.restore)

UNREADABLE = 3
"""Exit code where some records could not be read; the others were."""


MOST_FAILURES = 3
"""Articles in a row for which the extractor may fail before a command gives up."""


class Refusal(Exception):
    """The command cannot go on; the message is one line for the user."""


@dataclass
class Faults:
    """Articles that came to nothing, each named on standard error."""

    count: int = 0
    in_a_row: int = 0

    def unreadable(self, fault: UnreadableFile) -> None:
        """A record that could not be read."""
        typer.echo(f"entente: {fault}", err=True)
        self.count += 1

    def unextracted(self, article: str | int, failure: ExtractionFailed | TaskFailed) -> None:
        """An article whose extraction failed. Raises `Refusal` where that goes on and on."""
        typer.echo(f"entente: {article}: {failure}", err=True)
        self.count += 1
        self.in_a_row += 1
        if self.in_a_row == MOST_FAILURES:
            sys.stdout.buffer.flush()
            raise Refusal(f"the extraction of {MOST_FAILURES} articles in a row failed")


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


@app.command()
def migrate() -> None:
    """Bring the schema of the database up to date, and do nothing else: before services of a new version start."""
    with migrated_database() as database:
        typer.echo(f"{database.location} is up to date")


@app.command()
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
    from app.ingest.workers import Staff, Workers, all_cores
    from app.settings import load_settings, shipped
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


@app.command()
def extract(
    paths: Annotated[
        list[Path], typer.Argument(help="Files or folders of articles; - reads JSON Lines from standard input.")
    ],
    extractor: Annotated[
        ExtractorName | None, typer.Option(help="What finds the facts; else ENTENTE_EXTRACTOR.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add what made each fact: the rule, the clause and the rows of tables.")
    ] = False,
) -> None:
    """Print the facts of articles as JSON Lines, in the order of the input. No database is used."""
    from app.ingest.extractors import extractor_maker
    from app.ingest.files import UnreadableFile
    from app.schemas.documents import explained_article, extracted_article, to_bytes
    from app.settings import load_settings

    finding = extractor_maker(load_settings(), extractor)()
    faults = Faults()
    for found in _with_progress(_records(paths), "Extracting"):
        if isinstance(found, UnreadableFile):
            faults.unreadable(found)
            continue
        article = found.article
        record_id = article.slug if found.id is None else found.id
        try:
            if explain:
                line = to_bytes(explained_article(record_id, article, finding.explain(article)))
            else:
                line = to_bytes(extracted_article(record_id, article, finding.extract(article)))
        except ExtractionFailed as failure:
            faults.unextracted(record_id, failure)
            continue
        faults.in_a_row = 0
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
    if faults.count:
        raise typer.Exit(UNREADABLE)


@feed_commands.command("add")
def add_feed(url: Annotated[str, typer.Argument(help="Address of an RSS, Atom or JSON feed.")]) -> None:
    """Follow a feed: `feed poll`, and the running service, load what it announces."""
    from app.ingest.feeds import NotAFeed
    from app.ingest.fetch import FetchError

    async def add(following: Subscriptions) -> None:
        feed, new = await following.add(url)
        told = "followed from now on" if new else "followed already"
        typer.echo(f"{feed.title or url}: {len(feed.entries)} articles announced, {told}")

    try:
        _with_feeds(add)
    except FetchError as error:
        raise Refusal(str(error)) from None
    except NotAFeed as error:
        raise Refusal(f"{url}: {error.reason}") from None


@feed_commands.command("poll")
def poll_feeds(
    urls: Annotated[list[str] | None, typer.Argument(help="Feeds to poll now; else those that are due.")] = None,
) -> None:
    """Ask feeds for what is new, and load it. The exit code is 3 where something could not be had."""
    from app.ingest.subscriptions import Report, UnknownFeed

    report = Report()

    async def poll(following: Subscriptions) -> None:
        nonlocal report
        report = await following.poll(urls or None)

    try:
        _with_feeds(poll)
    except UnknownFeed as unknown:
        raise Refusal(f"{unknown.args[0]} is not followed; `entente feed add` follows it") from None
    for url, reason in report.problems:
        typer.echo(f"entente: {url}: {reason}", err=True)
    typer.echo(
        f"{report.feeds} feeds polled, {report.unchanged} unchanged: {report.new} new, {report.known} known already"
    )
    if report.problems:
        raise typer.Exit(UNREADABLE)


@feed_commands.command("list")
def list_feeds() -> None:
    """Print the feeds that are followed, and how each is doing."""
    from app.store import feeds

    with migrated_database() as database, database.read() as connection:
        for feed in feeds.all_feeds(connection):
            counts = ", ".join(f"{n} {state}" for state, n in sorted(feeds.entry_counts(connection, feed.pk).items()))
            when = f"polled {feed.polled_at:%Y-%m-%d %H:%M}" if feed.polled_at else "not polled yet"
            problem = f"; failed {feed.failures} times: {feed.problem}" if feed.problem else ""
            typer.echo(f"{feed.url}  {feed.title}: {when}; {counts or 'nothing announced'}{problem}")


@feed_commands.command("remove")
def remove_feed(url: Annotated[str, typer.Argument(help="Address of a feed that is followed.")]) -> None:
    """Follow a feed no longer. Its articles stay."""
    from app.store import feeds

    with migrated_database() as database, database.write() as connection:
        if not feeds.remove_feed(connection, url):
            raise Refusal(f"{url} is not followed")


@app.command()
def parse(
    file: Annotated[Path, typer.Argument(help="A text file; - reads standard input.")],
    pretokenized: Annotated[bool, typer.Option(help="The input is CoNLL-U: keep its words and sentences.")] = False,
) -> None:
    """Print how a text is read, as CoNLL-U: words, tags, lemmas, heads, and names in the last column."""
    from app.language.conllu import NotCoNLLU, parsed_lines, text_lines
    from app.language.pipeline import load_pipeline
    from app.settings import load_settings

    try:
        pipeline = load_pipeline(load_settings().language_model)
        raw = sys.stdin.buffer.read() if file == Path("-") else file.read_bytes()
        text = raw.decode("utf-8")
        for line in parsed_lines(pipeline, text.splitlines()) if pretokenized else text_lines(pipeline, text):
            sys.stdout.write(line + "\n")
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror or error}") from None
    except (UnicodeDecodeError, NotCoNLLU) as error:
        raise Refusal(f"{file}: {error}") from None


@app.command()
def reextract(
    stale: Annotated[
        bool, typer.Option("--stale", help="Only articles whose facts another extractor or version found.")
    ] = False,
    after: Annotated[str, typer.Option(metavar="ID", help="Only articles whose ids come after this one.")] = "",
) -> None:
    """Find the facts of the stored articles anew; the service may be running. Facts that stay keep their ids."""
    from app.ingest.extractors import extractor_maker, longest_task
    from app.ingest.reextract import reextract as read_anew
    from app.ingest.workers import Staff, Workers, all_cores
    from app.settings import load_settings, shipped
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
        for outcome in _with_progress(read_anew(database, workers, scope), "Reading anew", total):
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


@app.command("copy")
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


@app.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    typer.echo(f"entente {installed('entente-news')}")


@contextmanager
def migrated_database() -> Iterator[Database]:
    """The database of the settings, its schema up to date."""
    from app.settings import load_settings, shipped
    from app.store.database import Database

    with closing(Database(load_settings().database_url, shipped("migrations"))) as database:
        database.migrate()
        yield database


def _with_feeds(do: Callable[[Subscriptions], Awaitable[None]]) -> None:
    """Do something with the feeds of the database. Raises `Refusal` where fetching is turned off."""
    import asyncio
    from datetime import timedelta

    from app.ingest.extractors import extractor_maker, longest_task
    from app.ingest.fetch import Fetcher
    from app.ingest.intake import Intake
    from app.ingest.subscriptions import Subscriptions
    from app.ingest.workers import Staff, Workers, all_cores
    from app.settings import load_settings

    settings = load_settings()
    if not settings.fetch:
        raise Refusal("fetching is turned off by ENTENTE_FETCH=false")

    async def run() -> None:
        async with Fetcher() as fetcher:
            intake = Intake(database, workers, fetcher)
            await do(Subscriptions(database, intake, fetcher, timedelta(minutes=settings.feed_interval)))

    staff = Staff(settings.workers or all_cores(), longest=longest_task(settings))
    with (
        migrated_database() as database,
        closing(Workers(staff, settings.database_url, extractor_maker(settings))) as workers,
    ):
        asyncio.run(run())


def _records(paths: list[Path]) -> Iterator[Record | UnreadableFile]:
    """The articles of files; those of JSON Lines exactly as given, character for character."""
    import gzip

    from app.ingest.files import files_under, read_files
    from app.ingest.records import read_records

    for path in paths:
        if path == Path("-"):
            yield from read_records(sys.stdin.buffer, "standard input")
            continue
        for file in files_under(path):
            if file.name.endswith((".jsonl", ".jsonl.gz")) and file.is_file():
                with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
                    yield from read_records(stream, file)
            else:
                yield from read_files(file)


def _with_progress(items: Iterable[ItemT], doing: str, total: int | None = None) -> Iterator[ItemT]:
    """The items, ``total`` where that is known, with a bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    return iter(
        track(items, doing, total, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    )


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
