"""Full text: which rows hold which words, kept up to date with them.

On SQLite these are FTS5 tables (https://sqlite.org/fts5.html). Their row numbers are the `pk` of what they index; those
of articles their `recency`, so that the newest come first without sorting. They keep no text of their own, except for
entities, whose names change.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.store.tables import articles, commitments, entities, statements
from app.store.words import Term, Words

INDEXES = {
    articles: "fts_articles",
    entities: "fts_entities",
    commitments: "fts_commitments",
    statements: "fts_statements",
}
"""The full text of each list."""

PREFIX = "fts_"
"""What the names of these tables begin with."""

DAY_BITS = 24
"""Articles of one day that `recency` tells apart, as a power of two."""

_SOURCES = {
    "fts_articles": """
        SELECT a.recency, a.title,
            coalesce((SELECT group_concat(e.quote, char(10)) FROM commitment_evidence e
                JOIN commitments c ON c.pk = e.commitment_pk WHERE c.article_pk = a.pk), ''),
            a.text FROM articles a WHERE a.pk = :article""",
    "fts_commitments": """
        SELECT c.pk, group_concat(e.quote, char(10)) FROM commitments c
        JOIN commitment_evidence e ON e.commitment_pk = c.pk WHERE c.article_pk = :article GROUP BY c.pk""",
    "fts_statements": """
        SELECT s.pk, group_concat(p.text, char(10)) FROM statements s
        JOIN statement_spans p ON p.statement_pk = s.pk AND p.part = 'content'
        WHERE s.article_pk = :article GROUP BY s.pk""",
}
_COLUMNS = {"fts_articles": "title, evidence, text", "fts_commitments": "words", "fts_statements": "words"}


def add_article(connection: Connection, article_pk: int) -> None:
    """Index the words of an article and of its facts, which are all stored by now."""
    for index, columns in _COLUMNS.items():
        statement = f"INSERT INTO {index} (rowid, {columns}) {_SOURCES[index]}"
        connection.execute(text(statement), {"article": article_pk})


def remove_article(connection: Connection, article_pk: int) -> None:
    """Take the words of an article and of its facts out again, while they are all still stored."""
    for index, columns in _COLUMNS.items():
        rows = _SOURCES[index].replace("SELECT ", "SELECT 'delete', ", 1)
        statement = f"INSERT INTO {index} ({index}, rowid, {columns}) {rows}"
        connection.execute(text(statement), {"article": article_pk})


def put_entity(connection: Connection, pk: int, names: Iterable[str]) -> None:
    """Index an entity by its names; those it had before are forgotten."""
    remove_entity(connection, pk)
    statement = text("INSERT INTO fts_entities (rowid, names) VALUES (:pk, :names)")
    connection.execute(statement, {"pk": pk, "names": "\n".join(names)})


def remove_entity(connection: Connection, pk: int) -> None:
    """Forget an entity's names."""
    connection.execute(text("DELETE FROM fts_entities WHERE rowid = :pk"), {"pk": pk})


class Recencies:
    """Numbers for new articles: larger than those of earlier days and of the same day's earlier articles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last: dict[int, int] = {}

    def next(self, published: date | None) -> int:
        """The next number of a day."""
        day = (published.toordinal() if published else 0) << DAY_BITS
        if day not in self._last:
            column = articles.c.recency
            within = (column >= day) & (column < day + (1 << DAY_BITS))
            held = self._connection.scalar(select(func.max(column)).where(within))
            self._last[day] = day - 1 if held is None else int(held)
        self._last[day] += 1
        return self._last[day]


class _HasWords(FunctionElement[bool]):
    """The row has the words: the list's key, the full text's name, and the words."""

    inherit_cache = True


@compiles(_HasWords, "sqlite")
def _has_words_in_fts5(element: _HasWords, compiler: SQLCompiler, **options: Any) -> str:
    key, index, words = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{key} IN (SELECT rowid FROM {index} WHERE {index} MATCH {words})"  # noqa: S608 (names of our own)


def has_words(table: Table, key: ColumnElement[int], words: Words) -> ColumnElement[bool]:
    """The row of the list has all the words; ``key`` is its column of the name that `key_name` gives."""
    return _HasWords(key, literal_column(INDEXES[table]), bindparam(None, fts5_query(words)))


def key_name(table: Table) -> str:
    """The column of a list by which the full text calls its rows."""
    return "recency" if table is articles else "pk"


def fts5_query(words: Words) -> str:
    """The words as FTS5 has them: every term in quotation marks, so that nothing in it is an operator."""
    return " AND ".join(_fts5_term(term) for term in words.terms)


def _fts5_term(term: Term) -> str:
    return f'"{" ".join(term.tokens)}"' + ("*" if term.is_prefix else "")
