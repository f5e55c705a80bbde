"""The words that full text is made of: those of articles, of what their commitments quote, of what was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, select

from app.store.tables import articles, commitment_evidence, commitments, statements

Texts = tuple[int, tuple[str, ...]]
"""What full text calls a row, and its words, in as many parts as the full text has."""


def texts_of(connection: Connection, pks: Sequence[int]) -> dict[Table, list[Texts]]:
    """The words of stored articles, by their row numbers, and of their commitments and statements.

    An article's are its title, all its evidence, its text. Evidence is cut out of the text, which alone is kept.
    """
    columns = (articles.c.pk, articles.c.recency, articles.c.title, articles.c.text)
    held = {row.pk: row for row in connection.execute(select(*columns).where(articles.c.pk.in_(pks)))}
    by_article: dict[int, list[str]] = defaultdict(list)
    by_commitment: dict[int, list[str]] = defaultdict(list)
    for row in _evidence(connection, pks):
        quote = held[row.article_pk].text[row.start : row.end]
        by_article[row.article_pk].append(quote)
        by_commitment[row.commitment_pk].append(quote)
    return {
        articles: [(row.recency, (row.title, _joined(by_article[pk]), row.text)) for pk, row in held.items()],
        commitments: [(pk, (_joined(quotes),)) for pk, quotes in by_commitment.items()],
        statements: list(_said(connection, pks)),
    }


def _evidence(connection: Connection, pks: Sequence[int]) -> Iterable[Row[Any]]:
    quoted, held = commitment_evidence.c, commitments.c
    query = select(held.article_pk, quoted.commitment_pk, quoted.start, quoted.end)
    query = query.join_from(commitments, commitment_evidence, quoted.commitment_pk == held.pk)
    in_order = (held.article_pk, held.position, quoted.position)
    return connection.execute(query.where(held.article_pk.in_(pks)).order_by(*in_order))


def _said(connection: Connection, pks: Sequence[int]) -> Iterator[Texts]:
    query = select(statements.c.pk, statements.c.document).where(statements.c.article_pk.in_(pks))
    for row in connection.execute(query.order_by(statements.c.pk)):
        if content := orjson.loads(row.document)["content"]:
            yield row.pk, (_joined(span["text"] for span in content),)


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(parts)
