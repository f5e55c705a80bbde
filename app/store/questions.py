"""Queries that are asked again and again, each put into a database's own words once.

On SQLite they go past SQLAlchemy to the driver: most of what is asked takes less time than SQLAlchemy does to ask it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.dialects import sqlite


class Question:
    """A query with values that are given by their names, for whatever connection."""

    def __init__(self, query: Select[Any]) -> None:
        self._query = query

    def rows(self, connection: Connection, **values: object) -> Sequence[Any]:
        """What the query finds; on SQLite rows are plain tuples, and days and times are as they are stored."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._query, values).all()
        driver: Any = connection.connection.driver_connection
        found: list[Any] = driver.execute(self._in_sqlite.statement, self._in_sqlite.arranged(values)).fetchall()
        return found

    @cached_property
    def _in_sqlite(self) -> InSqlite:
        return InSqlite(self._query)


class InSqlite:
    """A query in SQLite's own words."""

    def __init__(self, query: Select[Any]) -> None:
        dialect = sqlite.dialect()
        compiled = query.compile(dialect=dialect)
        known = compiled.params
        self.statement = str(compiled)
        self._values: list[tuple[str, Any, Callable[[Any], Any] | None]] = [
            (name, known[name], compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]

    def arranged(self, given: Mapping[str, object]) -> list[object]:
        """The values in the order in which the driver takes them."""
        values = ((given.get(name, known), written) for name, known, written in self._values)
        return [written(value) if written else value for value, written in values]
