"""The central promise, over every stored fact: its words stand in the article's text where it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, select

from app.domain.article import Article
from app.extraction.extractor import extract
from app.store import tables
from app.store.database import Database
from app.store.write import put

CLAUSES = [
    "Kenya and Uganda signed a trade agreement on Monday.",
    "President Ana Ruiz of Peru said that “the two countries” would deepen military ties.",
    "“We will meet again”, the Fijian minister said,\nadding: “soon”.",
    "Tonga’s leader invited his Samoan counterpart to visit.",
    "According to Malta's ministry, aid 🇲🇹 will be sent to Chad.",
]
ANYTHING = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
"""But NULs, which taking an article in removes, and which PostgreSQL refuses."""

ARTICLES = st.lists(st.one_of(st.sampled_from(CLAUSES), ANYTHING), min_size=1, max_size=8)


def test_every_stored_span_holds_the_words_of_the_text(database: Database) -> None:
    seen: set[str] = set()

    @given(ARTICLES, st.sampled_from([" ", "\n\n"]))
    @settings(deadline=None, max_examples=60)
    def holds(parts: list[str], between: str) -> None:
        article = Article(between.join(parts))
        with rolled_back(database) as connection:
            put(connection, article, extract(article))
            for name, row in spans(connection):
                seen.add(name)
                assert article.text[row.start : row.end] == row.words, name

    holds()
    assert seen == {"mentions", "statement_spans", "commitment_speakers", "commitment_evidence"}


@contextmanager
def rolled_back(database: Database) -> Iterator[Connection]:
    """A transaction of which nothing stays."""
    try:
        with database.write() as connection:
            yield connection
            raise InterruptedError
    except InterruptedError:
        pass


def spans(connection: Connection) -> Iterator[tuple[str, Any]]:
    """Every row that quotes the text, with the name of its table."""
    table: Table
    for table in (tables.mentions, tables.statement_spans, tables.commitment_speakers, tables.commitment_evidence):
        words = table.c.quote if "quote" in table.c else table.c.text
        query = select(table.c.start, table.c.end, words.label("words"))
        yield from ((table.name, row) for row in connection.execute(query))
