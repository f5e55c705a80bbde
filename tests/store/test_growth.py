"""What storing an article takes does not grow with the store."""

from __future__ import annotations

import sqlite3
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import Connection, event

from app.store.database import Database
from app.store.write import Incoming, put_many
from tests.making import PACT, an_article, pact_facts

BATCH = 16
GROWN = 8
"""Batches of which the store consists when it is looked at again."""

MOST = 1.2


def made() -> Any:
    """Articles of the same states, the hardest for what is known of each."""
    for number in range(10_000):
        article = an_article(
            f"{PACT} Round {number} of the talks about plan {number * 7919 % 10_007}.", f"Round {number}"
        )
        yield Incoming(article, pact_facts(article), bytes((number * n) % 256 for n in range(200)))


class Work:
    """What is asked of SQLite: statements, rows changed, and steps of its machine, in hundreds."""

    def __init__(self, connection: Connection) -> None:
        self.statements = self.steps = 0
        self._driver: Any = connection.connection.driver_connection
        assert isinstance(self._driver, sqlite3.Connection)
        self._before = self._driver.total_changes
        self._driver.set_progress_handler(self._step, 100)
        event.listen(connection, "before_cursor_execute", self._statement)

    def done(self) -> tuple[int, int, int]:
        self._driver.set_progress_handler(None, 0)
        return self.statements, self._driver.total_changes - self._before, self.steps

    def _step(self) -> int:
        self.steps += 1
        return 0

    def _statement(self, *_: object) -> None:
        self.statements += 1


@pytest.mark.stores("sqlite")
def test_storing_an_article_asks_no_more_of_a_larger_store(database: Database) -> None:
    articles = made()
    taken = []
    for _ in range(GROWN):
        with database.write() as connection:
            work = Work(connection)
            put_many(connection, list(islice(articles, BATCH)))
            taken.append(work.done())
    for kind, first, last in zip(("statements", "rows", "steps"), taken[1], taken[-1], strict=True):
        assert last <= first * MOST, f"{kind}: {first} at the start, {last} at the end: {taken}"
