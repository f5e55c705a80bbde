"""A store kept in one file, and a store made of such a file again: SQLite here, PostgreSQL in `dumps`.

A backup is whole and checked, or it is not there; a store is restored whole, or left as it was.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from app.store.backend import StoreError
from app.store.database import Database

PAGES = 4096
"""Pages of one step of copying, between which Ctrl+C is heard."""

MOST_FINDINGS = 3
"""Of what is wrong with a damaged file, how much is told."""

MAGIC = b"SQLite format 3\0"
"""What a file of SQLite begins with (https://sqlite.org/fileformat.html, section 1.3)."""


def back_up(url: str, migrations: Path, file: Path) -> None:
    """Write a backup of the store at an address to a file; services may read and write meanwhile.

    The backup is of the moment at which it began. One that had the name is replaced. Raises `StoreError`.
    """
    made = make_url(url)
    if made.get_backend_name() != "sqlite":
        from app.store import dumps

        dumps.dump(made, migrations, file)
        return
    store = _file_of(made)
    if not store.is_file():
        raise StoreError(f"there is no database {store}")
    if file.exists() and file.samefile(store):
        raise StoreError(f"{file} is the store itself: name another file")
    _require_ours(store, migrations)
    with part_of(file) as part:
        _copy(store, part)
        _check(part, f"the store {store}")


def restore(url: str, migrations: Path, file: Path, *, replace: bool = False) -> None:
    """Put a backup in the place of the store at an address, its schema brought up to date.

    ``replace`` allows for a store that is there already, which must not be in use. Raises `StoreError`, and leaves
    what was there as it was.
    """
    made = make_url(url)
    if not file.is_file():
        raise StoreError(f"there is no file {file}")
    if made.get_backend_name() != "sqlite":
        from app.store import dumps

        dumps.restore(made, migrations, file, replace=replace)
        return
    store = _file_of(made)
    if store.exists() and file.samefile(store):
        raise StoreError(f"{file} is the store itself: name its backup")
    _require_sqlite(file)
    _require_ours(file, migrations)
    _require_place(store, replace)
    with part_of(store, beside=".restoring") as part:
        _copy(file, part)
        _check(part, f"the file {file}")
        with closing(Database(f"sqlite:///{part}", migrations)) as copied:
            copied.migrate()
        _in_one_file(part)
        if store.exists():
            shutil.copymode(store, part)
            with _unused(store):
                part.replace(store)


@contextmanager
def part_of(file: Path, beside: str = ".part") -> Iterator[Path]:
    """A file beside another, for what is not whole yet; it takes the other's name at the end, on the disk for good.

    Where the block raises, or has moved the part itself, nothing is left of it. Raises `StoreError`.
    """
    part = file.with_name(file.name + beside)
    try:
        _remove(part)
        part.touch(mode=0o600)
        yield part
        if part.exists():
            _keep(part)
            part.replace(file)
        _keep(file.parent)
    except OSError as error:
        raise StoreError(f"{error.filename or file}: {error.strerror or error}") from error
    except sqlite3.Error as error:
        raise StoreError(f"{file} cannot be written: {error}") from error
    finally:
        _remove(part)


def _file_of(url: URL) -> Path:
    if not url.database or url.database.startswith((":memory:", "file:")):
        raise StoreError(f"the database {url.render_as_string()} is no file that could be kept")
    return Path(url.database)


def _require_sqlite(file: Path) -> None:
    with file.open("rb") as stream:
        begins = stream.read(len(MAGIC))
    if begins.startswith(b"PGDMP"):
        raise StoreError(
            f"{file} is a dump of PostgreSQL, and the store is one of SQLite: restore it into an empty database of "
            "PostgreSQL, and have `entente copy` bring that here"
        )
    if begins != MAGIC:
        raise StoreError(f"{file} is no backup: `entente backup` makes them")


def _require_ours(file: Path, migrations: Path) -> None:
    """Raise `StoreError` unless the file is a store whose schema this version knows."""
    with closing(Database(f"sqlite:///{file}", migrations)) as database:
        try:
            if not database.is_migrated():
                raise StoreError(f"{file} is a database of something else: it has no articles of Entente's")
            database.require_known()
        except DatabaseError as error:
            raise StoreError(f"{file} is damaged: {error.orig}") from error


def _require_place(store: Path, replace: bool) -> None:
    """Raise `StoreError` where a store is there that is not to be replaced, or is in use."""
    if not store.exists():
        if (log := store.with_name(store.name + "-wal")).exists():
            raise StoreError(f"{log} lies there without its store, and would spoil another: move it away")
        return
    if not replace:
        raise StoreError(f"there is a store {store} already: --replace puts the backup in its place")
    with _unused(store):
        pass


@contextmanager
def _unused(store: Path) -> Iterator[None]:
    """Nobody else has the store open in the block. Raises `StoreError` where somebody has.

    Leaving the write-ahead log needs a lock that no other connection allows, and removes the log, which must not lie
    beside another file than its own (https://sqlite.org/howtocorrupt.html, section 1.4).
    """
    with closing(sqlite3.connect(store, isolation_level=None, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise StoreError(f"the store {store} is in use: stop its services and workers first") from error
        except sqlite3.DatabaseError:
            _remove_logs(store)  # the store is broken, which is what backups are for
        yield


def _copy(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment. Writers to it do not wait, and what they write is left out."""
    with (
        closing(sqlite3.connect(source, isolation_level=None)) as reading,
        closing(sqlite3.connect(target, isolation_level=None)) as writing,
    ):
        reading.execute("BEGIN")
        try:
            reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
            reading.backup(writing, pages=PAGES)
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{source} is damaged: {error}") from error
    _in_one_file(target)


def _in_one_file(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _check(database: Path, called: str) -> None:
    """Raise `StoreError` unless everything in it is whole and refers to what is there."""
    with closing(sqlite3.connect(database)) as connection:
        try:
            found = [row[0] for row in connection.execute(f"PRAGMA integrity_check({MOST_FINDINGS})") if row[0] != "ok"]
            if not found:
                lost = connection.execute("PRAGMA foreign_key_check").fetchmany(MOST_FINDINGS)
                found = [f"row {row[1]} of {row[0]} refers to a row of {row[2]} that is not there" for row in lost]
        except sqlite3.DatabaseError as error:
            found = [str(error)]
    if found:
        raise StoreError(f"{called} is damaged: {'; '.join(' '.join(each.split()) for each in found)}")


def _keep(path: Path) -> None:
    """Have the disk keep what was written to a file, or which names a folder holds."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _remove(part: Path) -> None:
    part.unlink(missing_ok=True)
    _remove_logs(part)


def _remove_logs(database: Path) -> None:
    for end in ("-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            database.with_name(database.name + end).unlink()
