"""What many tests start from: an empty store, and the service on the seed article or on folders of a test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.settings import Settings, shipped
from app.store.database import Database
from tests.client import Client


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty store."""
    made = Database(f"sqlite:///{tmp_path / 'store.db'}", shipped("migrations"))
    made.migrate()
    yield made
    made.close()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The service on the seed article. Shared: its tests only read."""
    store = tmp_path_factory.mktemp("seeded") / "store.db"
    with Client(Settings(database_url=f"sqlite:///{store}", niceness=0)) as client:
        yield client


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """Starts the service on the test's own store, with the seeds of a folder; other settings by name."""
    with ExitStack() as stack:

        def start(seeds: Path, **settings: object) -> Client:
            url = f"sqlite:///{tmp_path / 'served.db'}"
            return stack.enter_context(Client(Settings(database_url=url, seeds=seeds, niceness=0, **settings)))  # type: ignore[arg-type]

        yield start
