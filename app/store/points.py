"""One thing by its id, in microseconds: what a GET of it answers was written when it last changed."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Select, Table, bindparam, select

from app.store.database import Database
from app.store.queries import Document, Kind
from app.store.tables import articles, commitments, entities, statements


class Points:
    """Reads documents on the thread that it is asked on, without waiting for anything but the disk."""

    def __init__(self, database: Database) -> None:
        self._instant = database.instant()
        kinds: tuple[Table, ...] = (articles, entities, statements, commitments)
        self._statements = {table: database.compiled(_document(table)) for table in kinds}

    def state(self) -> int | None:
        """Another number after every write to the store by anyone; None where it cannot be read."""
        return self._instant.state()

    def document(self, table: Kind, thing: str) -> Document | None:
        """The document of the thing with this id, if there is one. A fact changes when its article does.

        Raises `StoreError`.
        """
        row = self._instant.row(self._statements[table], thing)
        return Document(row[0], datetime.fromisoformat(row[1]).replace(tzinfo=UTC)) if row else None

    def close(self) -> None:
        """Let go of the store."""
        self._instant.close()


def _document(table: Table) -> Select[tuple[bytes, datetime]]:
    modified_at = (table if "modified_at" in table.c else articles).c.modified_at
    query = select(table.c.document, modified_at).where(table.c.id == bindparam("id"))
    return query if table is modified_at.table else query.join(articles, articles.c.pk == table.c.article_pk)
