"""How questions are read: by an index, whatever the filter, so that a table may grow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, event, select
from sqlmodel import SQLModel

from app.store import fulltext, partners, queries, search, summary, tables
from app.store.commonness import CommonTerms
from app.store.conditions import FILTERS, Filters
from app.store.database import Database
from app.store.queries import Window
from app.store.words import read_words
from tests.store.several import fill

VALUES: dict[str, Any] = {
    "between": ("PE", "CL"),
    "country": "PE",
    "type": "person",
    "stage": "agreed",
    "form": "economic",
    "plover": "SUPPORT",
    "cameo": "05",
    "negated": False,
    "min_confidence": 0.5,
    "q": read_words("fishing"),
    "language": "en",
    "extractor": "by hand 1",
    "source": "Reef Post",
    "published_from": date(2025, 1, 1),
    "published_to": date(2025, 12, 31),
    "date_from": date(2025, 1, 1),
    "date_to": date(2025, 12, 31),
}
"""A value for each filter; the others take ids of entities."""

on_sqlite = pytest.mark.stores("sqlite")

GROWING = {table.name for table in SQLModel.metadata.sorted_tables} - {"changes"} | {*fulltext.INDEXES.values()}


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """On PostgreSQL, which reads the whole of what is small, one that does so only where no index serves."""
    fill(database)
    with database.read() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        yield connection


@contextmanager
def plans(connection: Connection) -> Iterator[list[str]]:
    """Collects how the database reads each question asked in the block, in SQLite's words."""
    steps: list[str] = []
    if connection.dialect.name == "sqlite":
        told: list[str] = []  # by SQLite itself, with values; what its full text asks stands behind dashes
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(told.append)
        yield steps
        driver.set_trace_callback(None)
        for statement in (each for each in told if not each.startswith("--")):
            steps += [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")]
        return
    asked: list[tuple[str, Any]] = []

    def note(_1: Any, _2: Any, statement: str, parameters: Any, _3: Any, _4: Any) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    yield steps
    event.remove(connection, "before_cursor_execute", note)
    for statement, parameters in asked:
        ((plan,),) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        steps += _steps(plan[0]["Plan"])


def _steps(node: dict[str, Any]) -> Iterator[str]:
    """How PostgreSQL reads tables, below one node of a plan."""
    if table := node.get("Relation Name"):
        through = (node, *node.get("Plans", ()))  # a bitmap of an index stands below the table that it is of
        by_index = any("Index Cond" in part or "Recheck Cond" in part for part in through)
        yield f"{'SEARCH' if by_index else 'SCAN'} {table}"
    for below in node.get("Plans", ()):
        yield from _steps(below)


def scanned(steps: list[str]) -> list[str]:
    """Steps that read a whole table, or the whole of an index."""
    return [
        step for step in steps if (found := re.match(r"SCAN (\w+)\b(?! VIRTUAL)", step)) and _real(found[1]) in GROWING
    ]


def _real(name: str) -> str:
    """The table behind an alias such as `commitment_actors_1`."""
    return re.sub(r"_\d+$", "", name)


EVERY_FILTER = [(table, name) for table, filters in FILTERS.items() for name in filters]


@pytest.mark.parametrize(("table", "name"), EVERY_FILTER, ids=lambda v: v if isinstance(v, str) else v.name)
def test_no_filter_alone_scans_a_table(connection: Connection, table: queries.Kind, name: str) -> None:
    sort = "name" if table is tables.entities else "-published"
    with plans(connection) as steps:
        queries.things(connection, table, [(name, (VALUES.get(name, "peru"),))], sort, Window(50))
    assert steps
    assert scanned(steps) == []


def test_a_scan_would_be_noticed(connection: Connection) -> None:
    with plans(connection) as steps:
        connection.execute(select(tables.commitments.c.pk).where(tables.commitments.c.action == "signed"))
    assert scanned(steps)


@pytest.mark.parametrize("sort", ["-published", "published"])
@on_sqlite
def test_country_pair_with_stage_form_and_days_is_read_off_one_index(connection: Connection, sort: str) -> None:
    names = ("between", "stage", "form", "published_from", "published_to")
    filters: Filters = [(name, (VALUES[name],)) for name in names]
    with plans(connection) as steps:
        queries.things(connection, tables.commitments, filters, sort, Window(50))
    assert scanned(steps) == []
    assert any("pairs_by_sides (one=? AND other=? AND published>? AND published<?)" in step for step in steps)


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("country", "actors_by_actor"),
        ("party", "actors_by_actor"),
        ("stage", "commitments_by_stage"),
    ],
)
@on_sqlite
def test_lists_of_one_value_are_read_in_order(connection: Connection, name: str, index: str) -> None:
    """Nothing but what is of one day, or of no known day, is sorted."""
    with plans(connection) as steps:
        queries.things(connection, tables.commitments, [(name, (VALUES.get(name, "peru"),))], "-published", Window(1))
    assert any(index in step for step in steps)
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps


@on_sqlite
@pytest.mark.parametrize(("negated", "index"), [(True, "commitments_by_negated"), (False, "commitments_by_published")])
def test_what_is_negated_has_an_index_and_the_rest_is_read_in_order(
    connection: Connection, negated: bool, index: str
) -> None:
    with plans(connection) as steps:
        queries.things(connection, tables.commitments, [("negated", (negated,))], "-published", Window(50))
    assert any(index in step for step in steps)
    assert not any("TEMP B-TREE" in step for step in steps)


@on_sqlite
def test_much_is_read_in_the_order_of_the_list(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.store.narrowing.FEW", 0)
    with plans(connection) as steps:
        queries.things(connection, tables.commitments, [("min_confidence", (0.5,))], "-published", Window(50))
    assert any("commitments_by_published" in step for step in steps)
    assert not any("TEMP B-TREE" in step for step in steps)


@pytest.mark.parametrize("facts", queries.FACTS, ids=lambda table: table.name)
@on_sqlite
def test_facts_of_an_article_are_read_in_order(connection: Connection, facts: queries.Kind) -> None:
    with plans(connection) as steps:
        queries.facts_of_article(connection, facts, "2025-03-04-pact-at-sea", Window(50))
    assert scanned(steps) == []
    assert not any("TEMP B-TREE" in step for step in steps)


@pytest.mark.parametrize("names", [(), ("stage",), ("country",), ("country", "form", "negated")])
def test_summary_of_all_and_of_a_state_counts_no_commitments(connection: Connection, names: tuple[str, ...]) -> None:
    with plans(connection) as steps:
        summary.summary(connection, [(name, (VALUES[name],)) for name in names], 10)
    of_pairs = "pair_tallies" if names else "pair_totals"
    counted = {"month_tallies", of_pairs}  # as many rows as there are months with a kind, and pairs with one or without
    assert [step for step in scanned(steps) if not counted & set(step.split())] == []
    assert any("tallies" in step for step in steps)


@on_sqlite
def test_summary_of_some_days_is_read_off_indexes(connection: Connection) -> None:
    with plans(connection) as steps:
        summary.summary(connection, [("published_from", (VALUES["published_from"],))], 10)
    assert any("SCAN commitments USING COVERING INDEX commitments_by_kind" in step for step in steps)
    assert any("SCAN commitment_pairs USING COVERING INDEX pairs_by_sides" in step for step in steps)


@on_sqlite
def test_partners_of_a_state_are_read_off_what_is_kept(connection: Connection) -> None:
    with plans(connection) as steps:
        partners.partners(connection, "peru", [], Window(50))
    assert scanned(steps) == []
    assert any("SEARCH pair_tallies USING PRIMARY KEY (one=?)" in step for step in steps)
    ends = "SEARCH commitment_pairs USING COVERING INDEX pairs_by_sides (one=? AND other=?"
    assert sum(ends in step for step in steps) == 2


@pytest.mark.parametrize("filters", [[], [("source", ("Reef Post",))]])
@pytest.mark.parametrize(("many", "typed"), [(0, "fishing"), (3, "fishing peru"), (5000, "fishing")])
def test_search_scans_no_table(connection: Connection, many: int, typed: str, filters: Filters) -> None:
    with plans(connection) as steps:
        search.find_articles(connection, CommonTerms(many), read_words(typed), filters, Window(50))
    assert any("articles" in step for step in steps)
    assert scanned(steps) == []
