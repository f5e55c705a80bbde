"""What many tests start from: an empty store, and the service on the seed article or on folders of a test's own.

Tests of the API and of the store run on each of the `STORES`; with `@pytest.mark.stores("sqlite")` on that alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from app.settings import Settings, shipped
from app.store.database import Database
from tests import postgres
from tests.client import Client

STORES = ("sqlite", "postgresql")
ON_EACH = ("api", "store", "ingest")
"""Folders of tests that run on each."""

REQUIRED = "ENTENTE_TEST_POSTGRES_REQUIRED"
"""Where this is set, as in `.ci/run`, tests fail that have no PostgreSQL to run on."""

NewStore = Callable[[], str]
"""Gives the address of a new store; it has its schema on PostgreSQL, and is no file yet on SQLite."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "store_kind" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("stores")
    on_each = metafunc.definition.path.parent.name in ON_EACH
    kinds = marker.args if marker else STORES if on_each else STORES[:1]
    metafunc.parametrize("store_kind", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def store_kind(request: pytest.FixtureRequest) -> str:
    """The kind of store that the test runs on."""
    found: str = request.param
    return found


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server for the run."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(postgres.server())
        except postgres.NoServer as missing:
            (pytest.fail if REQUIRED in os.environ else pytest.skip)(str(missing))
        yield started


@pytest.fixture(scope="module")
def new_stores(
    store_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewStore]:
    """New stores for the tests of a module to share."""
    with _stores(store_kind, request, tmp_path_factory) as make:
        yield make


@pytest.fixture
def new_store(
    store_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewStore]:
    """New stores for one test."""
    with _stores(store_kind, request, tmp_path_factory) as make:
        yield make


@contextmanager
def _stores(
    store_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewStore]:
    if store_kind == "sqlite":
        yield lambda: f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.db'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    made: list[str] = []

    def make() -> str:
        made.append(server.fresh())
        return made[-1]

    yield make
    for address in made:
        server.drop(address)


@pytest.fixture
def store_url(new_store: NewStore) -> str:
    """The address of the test's own store."""
    return new_store()


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    """An empty store."""
    made = Database(store_url, shipped("migrations"))
    made.migrate()
    yield made
    made.close()


@pytest.fixture(scope="session")
def seeded(
    store_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Client]:
    """The service on the seed article. Shared: its tests only read."""
    with (
        _stores(store_kind, request, tmp_path_factory) as make,
        Client(Settings(database_url=make(), niceness=0)) as client,
    ):
        yield client


@pytest.fixture
def serve(store_url: str) -> Iterator[Callable[..., Client]]:
    """Starts the service on the test's own store, with the seeds of a folder; other settings by name."""
    with ExitStack() as stack:

        def start(seeds: Path, **settings: object) -> Client:
            made = Settings(database_url=store_url, seeds=seeds, niceness=0, **settings)  # type: ignore[arg-type]
            return stack.enter_context(Client(made))

        yield start
