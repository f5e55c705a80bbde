"""Reads: one thing by its id, and pages of lists by keyset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    func,
    literal,
    select,
    tuple_,
)

from app.schemas.documents import with_text
from app.store import tables
from app.store.conditions import Condition, Filters
from app.store.gathered import among
from app.store.narrowing import reading, sorted_only
from app.store.position import Position, check_position
from app.store.questions import Question
from app.store.tables import appearances, articles, commitments, entities, statements

AT_ONCE = 500
"""Rows that are read together where a whole list is."""

Kind = Table
"""What is asked for, by its table in `tables`."""


@dataclass(frozen=True, slots=True)
class Order:
    """Columns that together are different in every row; where the first is null, the row comes last."""

    columns: tuple[ColumnElement[Any], ...]
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list: ``limit`` rows after a position, or from the start."""

    limit: int
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """A page: the JSON of its items, and the position after which the next one begins, if there is more."""

    items: list[bytes]
    after: Position | None


@dataclass(frozen=True, slots=True)
class Document:
    """What a GET of one thing answers, and when that last changed."""

    body: bytes
    modified_at: datetime


SORTS: dict[Kind, dict[str, str]] = {
    articles: {"published": "published", "ingested_at": "ingested_at"},
    entities: {"name": "name", "article_count": "article_count", "last_seen": "last_seen"},
    commitments: {"published": "published", "confidence": "confidence", "date": "date_start"},
    statements: {"published": "published"},
}
"""What each list can be sorted by, and the column that has it."""


_CHANGES = Question(select(tables.changes.c.count))


def change_count(connection: Connection) -> int:
    """A number that grows with every write."""
    ((count,),) = _CHANGES.rows(connection)
    return int(count)


def document(connection: Connection, table: Kind, thing: str) -> Document | None:
    """The document of the thing with this id, if there is one. A fact changes when its article does."""
    row = connection.execute(DOCUMENTS[table], {"id": thing}).one_or_none()
    return read_document(table, row) if row else None


def _document_query(table: Kind) -> Select[Any]:
    """What the document of the thing called ``id`` is made of, and when it last changed."""
    if table is articles:
        query = select(articles.c.modified_at, articles.c.listing, articles.c.text)
    elif "modified_at" in table.c:
        query = select(table.c.modified_at, table.c.document)
    else:
        query = select(articles.c.modified_at, table.c.document).join_from(
            table, articles, articles.c.pk == table.c.article_pk
        )
    return query.where(table.c.id == bindparam("id"))


DOCUMENTS = {table: _document_query(table) for table in SORTS}


def read_document(table: Kind, row: Sequence[Any]) -> Document:
    """The document that a row of `DOCUMENTS` makes."""
    return Document(with_text(row[1], row[2]) if table is articles else row[1], time_of(row[0]))


def time_of(stored: str | datetime) -> datetime:
    """A time of the store; SQLite's driver alone gives times as they are kept."""
    return (datetime.fromisoformat(stored) if isinstance(stored, str) else stored).replace(tzinfo=UTC)


def modified_at(connection: Connection, table: Kind, thing: str) -> datetime | None:
    """When the article or entity with this id last changed; None where there is none."""
    row = connection.execute(select(table.c.modified_at).where(table.c.id == thing)).one_or_none()
    return time_of(row.modified_at) if row else None


def things(connection: Connection, table: Kind, filters: Filters, sort: str, window: Window) -> Slice:
    """A page of articles, entities, statements or commitments; ``sort`` is a key of `SORTS`, with `-` descending."""
    query, order = listing(connection, table, filters, sort)
    rows, after = _page(connection, query, order, window)
    return Slice(bodies(connection, table, [row.pk for row in rows]), after)


def stream(connection: Connection, table: Kind, filters: Filters, sort: str) -> Iterator[bytes]:
    """All things of the list, in its order, without holding more than a few of them."""
    query, order = listing(connection, table, filters, sort)
    rest = replace(order, columns=order.columns[1:])
    known = order.columns[0].is_not(None) if order.nullable else None
    parts = [_ordered(query, order, None, known)]
    if order.nullable:
        parts.append(_ordered(query, rest, None, order.columns[0].is_(None)))
    for part in parts:
        rows = connection.execution_options(yield_per=AT_ONCE).execute(part)
        for some in rows.partitions():
            yield from bodies(connection, table, [row.pk for row in some])


def listing(connection: Connection, table: Kind, filters: Filters, sort: str) -> tuple[Select[Any], Order]:
    """The row numbers of the things that the filters let through, and the order of the list."""
    name = SORTS[table][sort.removeprefix("-")]
    read = reading(connection, table, filters, name)
    columns = (read.columns[name], table.c.id)
    keys = tuple(map(sorted_only, columns)) if read.sorts else columns
    query = select(table.c.pk.label("pk")).select_from(read.source).where(*read.conditions)
    return query, Order(keys, sort.startswith("-"), nullable=bool(table.c[name].nullable))


def bodies(connection: Connection, table: Kind, pks: Sequence[int]) -> list[bytes]:
    """What lists show of the things with these row numbers, in their order."""
    found: dict[int, bytes] = dict(_BODIES[table].rows(connection, pks=pks))
    return [found[pk] for pk in pks]


def _shown(table: Kind) -> Select[Any]:
    body = table.c.listing if table is articles else table.c.document
    return select(table.c.pk, body).where(among(table.c.pk, "pks"))


_BODIES = {table: Question(_shown(table)) for table in (articles, entities, statements, commitments)}


def count(connection: Connection, table: Kind, filters: Filters) -> int:
    """How many things the filters let through."""
    read = reading(connection, table, filters, next(iter(SORTS[table].values())))
    query = select(func.count()).select_from(read.source).where(*read.conditions)
    return connection.execute(query).scalar_one()


def facts_query(table: Kind) -> Select[Any]:
    """The facts of the article called ``article`` after a ``position``, at most ``most``, in the order of its text.

    Each with when the article last changed; where there are none, a row of the article alone.
    """
    facts = appearances if table is entities else table
    of_article = and_(facts.c.article_pk == articles.c.pk, facts.c.position > bindparam("position"))
    query = select(facts.c.position, facts.c.document, articles.c.modified_at)
    joined = query.select_from(articles.outerjoin(facts, of_article)).where(articles.c.id == bindparam("article"))
    return joined.order_by(facts.c.position).limit(bindparam("most", type_=Integer))


FACTS = {table: facts_query(table) for table in (entities, statements, commitments)}


def facts_of_article(connection: Connection, table: Kind, article: str, window: Window) -> Slice:
    """A page of an article's entities, statements or commitments (by their table), in the order of its text."""
    asked = {"article": article, "position": first_position(window), "most": window.limit + 1}
    return facts_page(connection.execute(FACTS[table], asked).all(), window.limit)


def first_position(window: Window) -> int:
    """The position after which the page begins."""
    if window.after is None:
        return -1
    check_position(window.after, [int])
    return int(window.after[0])


def facts_page(rows: Sequence[Sequence[Any]], limit: int) -> Slice:
    """The page that rows of `facts_query` are, which may have one more than the page."""
    facts = [row for row in rows if row[0] is not None]
    page = facts[:limit]
    return Slice([row[1] for row in page], [page[-1][0]] if len(facts) > limit else None)


def count_of_article(connection: Connection, table: Kind, article: str) -> int:
    """How many entities, statements or commitments an article has."""
    facts = appearances if table is entities else table
    query = select(func.count()).select_from(facts).where(facts.c.article_pk == _pk_of(articles, article))
    return connection.execute(query).scalar_one()


def _pk_of(table: Kind, thing: str) -> ColumnElement[int]:
    return select(table.c.pk).where(table.c.id == thing).scalar_subquery()


def _page(
    connection: Connection, query: Select[Any], order: Order, window: Window
) -> tuple[Sequence[Row[Any]], Position | None]:
    """Rows of the page; those where the first sort column is null are a list of their own behind the others."""
    if window.after is not None:
        check_position(window.after, [c.type.python_type for c in order.columns], [0] if order.nullable else [])
    keys = [column.label(f"key_{n}") for n, column in enumerate(order.columns)]
    query = query.add_columns(*keys).limit(window.limit + 1)
    rows: list[Row[Any]] = []
    if window.after is None or window.after[0] is not None:
        first = order.columns[0].is_not(None) if order.nullable else None
        rows += connection.execute(_ordered(query, order, window.after, first))
    if order.nullable and len(rows) <= window.limit:
        rest = replace(order, columns=order.columns[1:])
        after = window.after[1:] if window.after and window.after[0] is None else None
        nulls = _ordered(query, rest, after, order.columns[0].is_(None)).limit(window.limit + 1 - len(rows))
        rows += connection.execute(nulls)
    page = rows[: window.limit]
    return page, [_plain(value) for value in page[-1][-len(keys) :]] if len(rows) > window.limit else None


def _ordered(query: Select[Any], order: Order, after: Position | None, only: Condition | None) -> Select[Any]:
    columns = order.columns
    if only is not None:
        query = query.where(only)
    if after is not None:
        position = tuple_(*(literal(_typed(c, value), c.type) for c, value in zip(columns, after, strict=True)))
        query = query.where(tuple_(*columns) < position if order.descending else tuple_(*columns) > position)
    return query.order_by(*(column.desc() if order.descending else column for column in columns))


def _plain(value: Any) -> Any:
    """Times are UTC, which PostgreSQL says and SQLite does not."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _typed(column: ColumnElement[Any], value: Any) -> Any:
    kind = column.type.python_type
    return kind.fromisoformat(value) if issubclass(kind, date) else value
