"""Which articles tell the same story in much the same words.

On SQLite the band keys of all signatures are an index of FTS5, which writes many scattered keys in few, sequential
pages: an ordinary index of 25 random keys for each article would write 25 pages for it. On PostgreSQL they are arrays
with a GIN index, which does likewise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, TextClause, select, text

from app.domain.likeness import SAME_STORY, band_keys, similarity
from app.store.bulk import insert_rows
from app.store.tables import articles, signatures

MOST_CANDIDATES = 1000
"""Articles that are compared with one; boilerplate that thousands share is no story."""

INDEX = "fts_stories"


@dataclass(frozen=True, slots=True)
class _Statements:
    """What is said to one kind of database; ``asked`` is how it wants the keys that are looked for."""

    add: TextClause
    remove: TextClause
    candidates: TextClause
    asked: Callable[[list[str]], object]


_OF = {
    "sqlite": _Statements(
        text(f"INSERT INTO {INDEX} (rowid, keys) VALUES (:pk, :keys)"),  # noqa: S608
        text(f"INSERT INTO {INDEX} ({INDEX}, rowid, keys) VALUES ('delete', :pk, :keys)"),  # noqa: S608
        text(f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH :query ORDER BY rowid LIMIT :limit"),  # noqa: S608
        lambda keys: " OR ".join(f'"{key}"' for key in keys),
    ),
    "postgresql": _Statements(
        text(f"INSERT INTO {INDEX} (rowid, keys) VALUES (:pk, string_to_array(:keys, ' '))"),  # noqa: S608
        text(f"DELETE FROM {INDEX} WHERE rowid = :pk"),  # noqa: S608
        text(f"SELECT rowid FROM {INDEX} WHERE keys && :query ORDER BY rowid LIMIT :limit"),  # noqa: S608
        list,
    ),
}


@dataclass(frozen=True, slots=True)
class Telling:
    """Another article that tells the story: its listing as JSON, and how similar its words are, from 0 to 1."""

    listing: bytes
    similarity: float


def sign(connection: Connection, signed: Iterable[tuple[int, bytes]]) -> None:
    """Remember the signatures of articles, by their row numbers."""
    keys = [(pk, signature, " ".join(band_keys(signature))) for pk, signature in signed]
    if keys:
        rows = [{"article_pk": pk, "signature": signature, "band_keys": own} for pk, signature, own in keys]
        insert_rows(connection, signatures, rows)
        index_keys(connection, [(pk, own) for pk, _, own in keys])


def index_keys(connection: Connection, keys: Iterable[tuple[int, str]]) -> None:
    """Have signatures be found, by the row numbers of their articles and the keys of their bands."""
    connection.execute(_OF[connection.dialect.name].add, [{"pk": pk, "keys": own} for pk, own in keys])


def unsign(connection: Connection, pk: int) -> None:
    """Forget it."""
    keys = connection.scalar(select(signatures.c.band_keys).where(signatures.c.article_pk == pk))
    if keys is not None:
        connection.execute(_OF[connection.dialect.name].remove, {"pk": pk, "keys": keys})
        connection.execute(signatures.delete().where(signatures.c.article_pk == pk))


def same_story(connection: Connection, article: str, limit: int) -> list[Telling]:
    """Other articles that tell the story of the one with this id, the most similar first."""
    query = select(signatures).join(articles, articles.c.pk == signatures.c.article_pk)
    own = connection.execute(query.where(articles.c.id == article)).one_or_none()
    if own is None:
        return []
    statements = _OF[connection.dialect.name]
    asked = {"query": statements.asked(own.band_keys.split()), "limit": MOST_CANDIDATES + 1}
    candidates = [pk for pk in connection.scalars(statements.candidates, asked) if pk != own.article_pk]
    rows = connection.execute(select(signatures).where(signatures.c.article_pk.in_(candidates)))
    likeness = {row.article_pk: similarity(own.signature, row.signature) for row in rows}
    found = sorted((pk for pk, like in likeness.items() if like >= SAME_STORY), key=lambda pk: (-likeness[pk], pk))
    chosen = found[:limit]
    listings = {
        row.pk: row.listing
        for row in connection.execute(select(articles.c.pk, articles.c.listing).where(articles.c.pk.in_(chosen)))
    }
    return [Telling(listings[pk], likeness[pk]) for pk in chosen]
