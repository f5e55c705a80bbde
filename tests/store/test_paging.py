"""Pages of a list while it is written: what was there all the time is seen once, and nothing is seen twice."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import count
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.store import queries, tables
from app.store.conditions import Filters
from app.store.database import Database
from app.store.queries import Window
from app.store.write import delete_article, put
from tests.making import PACT, an_article, pact_facts

FIRST = date(2025, 1, 1)
NUMBERS = count()

days = st.none() | st.integers(0, 3).map(lambda n: FIRST + timedelta(days=n))
changes = st.lists(st.tuples(st.sampled_from(["add", "remove"]), days, st.integers(0, 100)), max_size=3)


def add(database: Database, day: date | None) -> str:
    """Under a title of its own: an article that takes the id of one that has gone is another one all the same."""
    number = next(NUMBERS)
    article = an_article(f"{PACT} Number {number}.", f"Pact {number}", day)
    with database.write() as connection:
        return put(connection, article, pact_facts(article)).id


def stored(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(tables.articles.c.id)))


def seen_of(page: queries.Slice) -> list[str]:
    """The articles that the items of the page are, or stand in."""
    items: list[dict[str, Any]] = [orjson.loads(item) for item in page.items]
    return [item.get("article", item["id"]) for item in items]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(days, min_size=1, max_size=7),
    st.lists(changes, min_size=1, max_size=6),
    st.integers(1, 3),
    st.sampled_from(["published", "-published"]),
    st.sampled_from(
        [
            (tables.articles, []),
            (tables.articles, [("entity", ("peru",))]),
            (tables.commitments, [("between", (("CL", "PE"),))]),
            (tables.commitments, [("min_confidence", (0.5,))]),
        ]
    ),
)
@pytest.mark.parametrize("few", [0, 5000])
def test_pages_are_stable_while_articles_come_and_go(
    database: Database,
    few: int,
    at_first: list[date | None],
    meanwhile: list[list[tuple[str, date | None, int]]],
    limit: int,
    sort: str,
    asked: tuple[queries.Kind, Filters],
) -> None:
    table, filters = asked
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.store.narrowing.FEW", few)
        for held in stored(database):
            with database.write() as connection:
                delete_article(connection, held)
        always = {add(database, day) for day in at_first}
        seen: Counter[str] = Counter()
        after, steps = None, iter(meanwhile)
        while True:
            with database.read() as connection:
                page = queries.things(connection, table, filters, sort, Window(limit, after))
            seen.update(seen_of(page))
            if (after := page.after) is None:
                break
            for change, day, which in next(steps, []):
                there = stored(database)
                if change == "add":
                    add(database, day)
                elif there:
                    gone = there[which % len(there)]
                    always.discard(gone)
                    with database.write() as connection:
                        delete_article(connection, gone)
    assert [article for article, times in seen.items() if times > 1] == []
    assert always - set(seen) == set()
