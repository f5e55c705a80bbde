"""Which articles tell the same story in much the same words.

The band keys of all signatures are an index of FTS5, which writes many scattered keys in few, sequential pages: an
ordinary index of 25 random keys for each article would write 25 pages for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, text

from app.domain.likeness import SAME_STORY, band_keys, similarity
from app.store.tables import articles, signatures

MOST_CANDIDATES = 1000
"""Articles that are compared with one; boilerplate that thousands share is no story."""

INDEX = "fts_stories"

_ADD = text(f"INSERT INTO {INDEX} (rowid, keys) VALUES (:pk, :keys)")  # noqa: S608
_REMOVE = text(f"INSERT INTO {INDEX} ({INDEX}, rowid, keys) VALUES ('delete', :pk, :keys)")  # noqa: S608
_CANDIDATES = text(f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH :query LIMIT :limit")  # noqa: S608


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
        connection.execute(insert(signatures), rows)
        connection.execute(_ADD, [{"pk": pk, "keys": own} for pk, _, own in keys])


def unsign(connection: Connection, pk: int) -> None:
    """Forget it."""
    keys = connection.scalar(select(signatures.c.band_keys).where(signatures.c.article_pk == pk))
    if keys is not None:
        connection.execute(_REMOVE, {"pk": pk, "keys": keys})
        connection.execute(signatures.delete().where(signatures.c.article_pk == pk))


def same_story(connection: Connection, article: str, limit: int) -> list[Telling]:
    """Other articles that tell the story of the one with this id, the most similar first."""
    query = select(signatures).join(articles, articles.c.pk == signatures.c.article_pk)
    own = connection.execute(query.where(articles.c.id == article)).one_or_none()
    if own is None:
        return []
    asked = {"query": " OR ".join(f'"{key}"' for key in own.band_keys.split()), "limit": MOST_CANDIDATES + 1}
    candidates = [pk for pk in connection.scalars(_CANDIDATES, asked) if pk != own.article_pk]
    rows = connection.execute(select(signatures).where(signatures.c.article_pk.in_(candidates)))
    likeness = {row.article_pk: similarity(own.signature, row.signature) for row in rows}
    found = sorted((pk for pk, like in likeness.items() if like >= SAME_STORY), key=lambda pk: (-likeness[pk], pk))
    chosen = found[:limit]
    listings = {
        row.pk: row.listing
        for row in connection.execute(select(articles.c.pk, articles.c.listing).where(articles.c.pk.in_(chosen)))
    }
    return [Telling(listings[pk], likeness[pk]) for pk in chosen]
