"""Full text: which rows hold which words, kept up to date with them.

The rows of these tables are called by the `pk` of what they index; those of articles by their `recency`, so that the
newest come first without sorting. `fts5` and `tsvector` say what they are on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from types import ModuleType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Table,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import String, TypeDecorator

from app.store import fts5, tsvector
from app.store.tables import articles, commitments, entities, statements
from app.store.texts import texts_of
from app.store.words import Words

INDEXES = {
    articles: "fts_articles",
    entities: "fts_entities",
    commitments: "fts_commitments",
    statements: "fts_statements",
}
"""The full text of each list."""

FULL_TEXT = sql_table(INDEXES[articles], sql_column("rowid"))
"""The full text of articles."""

PREFIX = "fts_"
"""What the names of these tables begin with."""

DAY_BITS = 24
"""Articles of one day that `recency` tells apart, as a power of two."""

WEIGHTS = (4.0, 2.0, 1.0)
"""How much a word counts in the title, in evidence, in the text of an article."""

_KINDS: dict[str, ModuleType] = {"sqlite": fts5, "postgresql": tsvector}


def add_articles(connection: Connection, pks: Sequence[int]) -> None:
    """Index the words of articles and of their facts, which are all stored by now."""
    for table, rows in texts_of(connection, pks).items():
        if rows:
            _KINDS[connection.dialect.name].add(connection, INDEXES[table], rows)


def remove_article(connection: Connection, article_pk: int) -> None:
    """Take the words of an article and of its facts out again, while they are all still stored."""
    for table, rows in texts_of(connection, [article_pk]).items():
        if rows:
            _KINDS[connection.dialect.name].remove(connection, INDEXES[table], rows)


def put_entities(connection: Connection, names: Sequence[tuple[int, Iterable[str]]]) -> None:
    """Index entities, by row number, by their names; those they had before are forgotten."""
    if names:
        _KINDS[connection.dialect.name].put_entities(connection, names)


def remove_entity(connection: Connection, pk: int) -> None:
    """Forget an entity's names."""
    _KINDS[connection.dialect.name].remove_entities(connection, [pk])


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


class _Sought(TypeDecorator[Words]):
    """Words, in the database's own way of asking for them."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Words | None, dialect: Dialect) -> str | None:
        return _KINDS[dialect.name].query(value) if value else None


def _asked(words: Words | None, name: str = "words") -> ColumnElement[Words]:
    return bindparam(None, words, _Sought()) if words else bindparam(name, type_=_Sought())


class _HasWords(FunctionElement[bool]):
    """The row has the words: the list's key, the full text's name, and the words."""

    inherit_cache = True


@compiles(_HasWords, "sqlite")
def _has_words_in_fts5(element: _HasWords, compiler: SQLCompiler, **options: Any) -> str:
    key, index, words = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{key} IN (SELECT rowid FROM {index} WHERE {index} MATCH {words})"  # noqa: S608 (names of our own)


@compiles(_HasWords, "postgresql")
def _has_words_in_tsvector(element: _HasWords, compiler: SQLCompiler, **options: Any) -> str:
    key, index, words = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{key} IN (SELECT rowid FROM {index} WHERE {index}.words @@ CAST({words} AS tsquery))"  # noqa: S608


class _Matches(FunctionElement[bool]):
    """A row of the full text has the words: the full text's name, and the words."""

    inherit_cache = True


@compiles(_Matches, "sqlite")
def _matches_in_fts5(element: _Matches, compiler: SQLCompiler, **options: Any) -> str:
    index, words = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{index} MATCH {words}"


@compiles(_Matches, "postgresql")
def _matches_in_tsvector(element: _Matches, compiler: SQLCompiler, **options: Any) -> str:
    index, words = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{index}.words @@ CAST({words} AS tsquery)"


class _Score(FunctionElement[float]):
    """How well a row fits the words, the least being best."""

    type = Float()
    inherit_cache = True


@compiles(_Score, "sqlite")
def _score_in_fts5(element: _Score, compiler: SQLCompiler, **options: Any) -> str:
    index, _ = (compiler.process(clause, **options) for clause in element.clauses)
    return f"bm25({index}, {', '.join(map(str, WEIGHTS))})"


@compiles(_Score, "postgresql")
def _score_in_tsvector(element: _Score, compiler: SQLCompiler, **options: Any) -> str:
    """Weights of `ts_rank` are at most 1, the least first; 1 has longer texts count less."""
    index, words = (compiler.process(clause, **options) for clause in element.clauses)
    title, evidence, plain = (weight / max(WEIGHTS) for weight in WEIGHTS)
    weights = f"'{{{plain}, 0, {evidence}, {title}}}'"
    return f"CAST(-ts_rank({weights}, {index}.words, CAST({words} AS tsquery), 1) AS DOUBLE PRECISION)"


def has_words(table: Table, key: ColumnElement[int], words: Words) -> ColumnElement[bool]:
    """The row of the list has all the words; ``key`` is its column of the name that `key_name` gives."""
    return _HasWords(key, literal_column(INDEXES[table]), _asked(words))


def matches(table: Table, words: Words | None = None) -> ColumnElement[bool]:
    """The row of a list's full text has all the words: these, or those that the query is given as ``words``."""
    return _Matches(literal_column(INDEXES[table]), _asked(words))


def is_among(table: Table, words: Words | None = None) -> ColumnElement[bool]:
    """The same of a row that a term of them has found already; what the query is given is called ``all_words``.

    The plus keeps FTS5 from looking that term up anew for each row that has them all (https://sqlite.org/optoverview.html).
    """
    index = INDEXES[table]
    return _HasWords(literal_column(f"+{index}.rowid"), literal_column(index), _asked(words, "all_words"))


def score(table: Table, words: Words | None = None) -> ColumnElement[float]:
    """How well a row of the full text of articles fits the words, which are as in `matches`: the less, the better."""
    return _Score(literal_column(INDEXES[table]), _asked(words))


def key_name(table: Table) -> str:
    """The column of a list by which the full text calls its rows."""
    return "recency" if table is articles else "pk"
