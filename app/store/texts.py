"""The words that full text is made of: those of articles, of what their commitments quote, of what was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import orjson
from sqlalchemy import Connection, Table, select

from app.store.quotes import read_quotes
from app.store.tables import articles, commitments, statements

Texts = tuple[int, tuple[str, ...]]
"""What full text calls a row, and its words, in as many parts as the full text has."""


def texts_of(connection: Connection, pks: Sequence[int]) -> dict[Table, list[Texts]]:
    """The words of stored articles, by their row numbers, and of their commitments and statements.

    An article's are its title, all its evidence, its text. Evidence is cut out of the text, which alone is kept.
    """
    columns = (articles.c.pk, articles.c.recency, articles.c.title, articles.c.text, articles.c.quotes)
    held = connection.execute(select(*columns).where(articles.c.pk.in_(pks))).all()
    numbers = _numbers(connection, pks)
    of_articles: list[Texts] = []
    of_commitments: list[Texts] = []
    for row in held:
        quoted = [[row.text[q.start : q.end] for q in each.quotes] for each in read_quotes(row.quotes)]
        of_articles.append((row.recency, (row.title, _joined(chain.from_iterable(quoted)), row.text)))
        of_commitments += zip(numbers[row.pk], ((_joined(own),) for own in quoted), strict=True)
    return {articles: of_articles, commitments: of_commitments, statements: list(_said(connection, pks))}


def _numbers(connection: Connection, pks: Sequence[int]) -> dict[int, list[int]]:
    """The row numbers of the articles' commitments, in their order."""
    held = commitments.c
    numbers: dict[int, list[int]] = defaultdict(list)
    query = select(held.article_pk, held.pk).where(held.article_pk.in_(pks))
    for article_pk, pk in connection.execute(query.order_by(held.article_pk, held.position)):
        numbers[article_pk].append(pk)
    return numbers


def _said(connection: Connection, pks: Sequence[int]) -> Iterator[Texts]:
    query = select(statements.c.pk, statements.c.document).where(statements.c.article_pk.in_(pks))
    for row in connection.execute(query.order_by(statements.c.pk)):
        if content := orjson.loads(row.document)["content"]:
            yield row.pk, (_joined(span["text"] for span in content),)


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(parts)
