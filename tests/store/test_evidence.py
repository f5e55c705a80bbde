"""The central promise, over every stored fact: its words stand in the article's text where it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from app.domain.article import Article
from app.extraction.extractor import extract
from app.store import tables
from app.store.database import Database
from app.store.quotes import read_quotes
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
            for kind, start, end, words in spans(connection):
                seen.add(kind)
                assert article.text[start:end] == words, kind
            assert places_of_evidence(connection) == [
                span for kind, *span, _ in spans(connection) if kind == "evidence"
            ]

    holds()
    assert seen == {"mentions", "speakers", "cue", "content", "evidence"}


@contextmanager
def rolled_back(database: Database) -> Iterator[Connection]:
    """A transaction of which nothing stays."""
    try:
        with database.write() as connection:
            yield connection
            raise InterruptedError
    except InterruptedError:
        pass


def spans(connection: Connection) -> Iterator[tuple[str, int, int, str]]:
    """Every quotation of the text in a document, with what it is: offsets and words."""
    for table in (tables.appearances, tables.statements, tables.commitments):
        for body in connection.scalars(select(table.c.document).order_by(table.c.article_pk, table.c.position)):
            for kind, quoted in orjson.loads(body).items():
                if kind in ("mentions", "speakers", "cue", "content", "evidence"):
                    yield from ((kind, q["start"], q["end"], q.get("quote", q.get("text"))) for q in quoted)


def places_of_evidence(connection: Connection) -> list[list[int]]:
    """What search cuts evidence out by."""
    kept = connection.scalars(select(tables.articles.c.quotes).order_by(tables.articles.c.pk))
    return [[quote.start, quote.end] for body in kept for each in read_quotes(body) for quote in each.quotes]
