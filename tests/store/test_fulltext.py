"""The full text follows what is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from app.domain.facts import Facts
from app.store import fulltext, queries, tables
from app.store.database import Database
from app.store.queries import Window
from app.store.words import read_words
from app.store.write import delete_article, put, replace_article
from tests.making import PACT, an_article, pact_facts


def found(database: Database, table: queries.Kind, typed: str) -> int:
    with database.read() as connection:
        return queries.count(connection, table, [("q", (read_words(typed),))])


def check_indexes(database: Database) -> None:
    """FTS5 compares the index with itself; entities keep their content, which is compared too."""
    with database.write() as connection:
        if connection.dialect.name != "sqlite":
            return
        for index in fulltext.INDEXES.values():
            connection.execute(text(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')"))


def test_words_go_with_their_article(database: Database) -> None:
    with database.write() as connection:
        stored = put(connection, an_article(), pact_facts(an_article())).id
    lists = {
        tables.articles: "pact",
        tables.commitments: "fishing",
        tables.statements: "last",
        tables.entities: "quispe",
    }
    assert {table.name: found(database, table, word) for table, word in lists.items()} == dict.fromkeys(
        (table.name for table in lists), 1
    )
    with database.write() as connection:
        delete_article(connection, stored)
    assert {table.name: found(database, table, word) for table, word in lists.items()} == dict.fromkeys(
        (table.name for table in lists), 0
    )
    check_indexes(database)


def test_words_of_a_corrected_article_are_those_of_its_new_text(database: Database) -> None:
    with database.write() as connection:
        stored = put(connection, an_article(), pact_facts(an_article())).id
    mended = replace(an_article(PACT.replace("fishing", "mining")), published=date(2025, 5, 5))
    with database.write() as connection:
        replace_article(connection, stored, mended, Facts("none"))
    assert (found(database, tables.articles, "fishing"), found(database, tables.articles, "mining")) == (0, 1)
    check_indexes(database)


def test_articles_of_one_day_keep_their_order_of_arrival(database: Database) -> None:
    days = [date(2025, 1, 2), None, date(2025, 1, 1), date(2025, 1, 2), None]
    for n, day in enumerate(days):
        article = an_article(f"{PACT} Number {n}.", f"Pact {n}", day)
        with database.write() as connection:
            put(connection, article, pact_facts(article))
    with database.read() as connection:
        rows = connection.execute(tables.articles.select().order_by(tables.articles.c.recency.desc()))
        assert [row.title for row in rows] == ["Pact 3", "Pact 0", "Pact 2", "Pact 4", "Pact 1"]


@pytest.mark.parametrize(
    ("typed", "hit"),
    [
        ("pact", True),
        ("PACT", True),
        ("pac", False),
        ("pac*", True),
        ('"a fishing"', True),
        ('"fishing a"', False),
        ("fishing -", True),
    ],
)
def test_words_phrases_and_prefixes(database: Database, typed: str, hit: bool) -> None:
    with database.write() as connection:
        put(connection, an_article(), pact_facts(an_article()))
    with database.read() as connection:
        page = queries.things(connection, tables.articles, [("q", (read_words(typed),))], "published", Window(5))
    assert bool(page.items) == hit
