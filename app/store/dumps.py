"""Backups of a store on PostgreSQL: made by pg_dump, and restored by pg_restore, which come with its client.

https://www.postgresql.org/docs/current/app-pgdump.html and app-pgrestore.html
"""

from __future__ import annotations

import os
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, inspect, text

from app.store.backend import StoreError, in_one_line
from app.store.backup import part_of
from app.store.database import Database

MAGIC = b"PGDMP"
"""What a dump in PostgreSQL's custom format begins with."""

PLAIN = ("--no-owner", "--no-privileges")
"""A store is restored by whoever is to have it."""


def dump(url: URL, migrations: Path, file: Path) -> None:
    """Write a dump, of the moment at which it began. Raises `StoreError`."""
    with closing(Database(_address(url), migrations)) as database:
        if not database.is_migrated():
            raise StoreError(f"the database {database.location} holds no store")
        database.require_known()
    with part_of(file) as part:
        _run("pg_dump", "--format=custom", *PLAIN, f"--file={part}", "--dbname", _plain(url), url=url)
        _revision(part)


def restore(url: URL, migrations: Path, file: Path, *, replace: bool) -> None:
    """Restore a dump into an empty database, in one transaction. Raises `StoreError`."""
    with file.open("rb") as stream:
        begins = stream.read(len(MAGIC))
    if begins != MAGIC:
        raise StoreError(
            f"{file} is no dump of PostgreSQL: `entente backup` makes them; a backup of a store on SQLite is one that "
            "`entente copy` brings here"
        )
    revision = _revision(file)
    with closing(Database(_address(url), migrations)) as database:
        database.require_known(revision, str(file))
        with database.read() as connection:
            held = inspect(connection).get_table_names()
        if held:
            how = "this never replaces one; create an empty database" if replace else "name an empty one"
            raise StoreError(f"the database {database.location} holds tables already ({held[0]}): {how}")
        _run("pg_restore", "--single-transaction", "--exit-on-error", *PLAIN, "--dbname", _plain(url), file, url=url)
        database.migrate()
        with database.write() as connection:
            connection.execute(text("ANALYZE"))


def _revision(file: Path) -> str:
    """The schema that a dump says it has. Raises `StoreError` where it is damaged or no store's."""
    said = _run("pg_restore", "--data-only", "--table=alembic_version", "--file=-", file)
    lines = said.splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith("COPY ")), None)
    if start is None:
        raise StoreError(f"{file} is a dump of something else: it has no articles of Entente's")
    return lines[start + 1]


def _run(program: str, *arguments: str | Path, url: URL | None = None) -> str:
    """Run a program of PostgreSQL's; what it prints. Its address is passed without the password, which others see."""
    environment = {**os.environ}
    if url is not None and url.password:
        environment["PGPASSWORD"] = str(url.password)
    try:
        done = subprocess.run(  # noqa: S603 (a program of PostgreSQL's, without a shell)
            [program, *map(str, arguments)], env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise StoreError(
            f"there is no program {program} here: it comes with PostgreSQL's client (Debian: postgresql-client), and "
            "must not be older than the server"
        ) from None
    if done.returncode:
        first = done.stderr.strip().splitlines()[:2] or [f"it ended with {done.returncode}"]
        raise StoreError(f"{program} failed: {in_one_line(ValueError(' '.join(first)))}")
    return done.stdout


def _address(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql", password=None).render_as_string()
