"""The full text follows what is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from app.domain.entity import EntityType
from app.domain.facts import Facts
from app.store import fulltext, queries, tables
from app.store.database import Database
from app.store.queries import Window
from app.store.words import read_words
from app.store.write import delete_article, put, replace_article
from tests.making import PACT, FactsOf, an_article, pact_facts


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


MARKED = "Chile and Peru signed a \u2067fishing\u2069 pact for 20\u20bd. Rosa Quispe\u061c of Peru said it would last."
LISTED = {tables.articles: "fishing", tables.commitments: "fishing", tables.entities: "quispe"}


def put_marked(database: Database) -> None:
    """An article whose words and names stand beside marks of direction."""
    article = an_article(MARKED)
    facts = (
        FactsOf(article)
        .names("Rosa Quispe\u061c", EntityType.PERSON, "PE")
        .commits("signed a \u2067fishing\u2069 pact", ("rosa-quispe\u061c", "PE"), ("rosa-quispe\u061c", "CL"))
        .made()
    )
    with database.write() as connection:
        put(connection, article, facts)


def test_marks_of_direction_part_words(database: Database) -> None:
    put_marked(database)
    assert {table.name: found(database, table, word) for table, word in LISTED.items()} == dict.fromkeys(
        (table.name for table in LISTED), 1
    )
    assert found(database, tables.articles, "20") == 1


@pytest.mark.stores("sqlite")
def test_marks_of_direction_part_words_of_an_older_store_once_it_is_migrated(database: Database) -> None:
    put_marked(database)
    database.downgrade("0008")
    with database.read() as connection:
        for table, word in LISTED.items():
            index = fulltext.INDEXES[table]
            asked = text(f"SELECT count(*) FROM {index} WHERE {index} MATCH :word")
            assert connection.execute(asked, {"word": word}).scalar_one() == 0
    database.migrate()
    assert {table.name: found(database, table, word) for table, word in LISTED.items()} == dict.fromkeys(
        (table.name for table in LISTED), 1
    )
    check_indexes(database)
