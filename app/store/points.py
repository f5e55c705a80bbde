"""One thing by its id, and the facts of one article, in microseconds: they were written as a GET answers them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Select, Table, bindparam, select

from app.store.database import Database
from app.store.queries import FACTS, Document, Kind, Slice, Window, facts_page, first_position
from app.store.tables import articles, commitments, entities, statements


class Points:
    """Reads documents on the thread that it is asked on; `on_loop` tells whether that may be an event loop's."""

    def __init__(self, database: Database) -> None:
        self._instant = instant = database.instant()
        kinds: tuple[Table, ...] = (articles, entities, statements, commitments)
        self._documents = {table: instant.question(_document(table)) for table in kinds}
        self._facts = {table: instant.question(query) for table, query in FACTS.items()}
        self._modified_at = instant.question(select(articles.c.modified_at).where(articles.c.id == bindparam("id")))

    @property
    def on_loop(self) -> bool:
        """Whether a read waits for nothing but the disk, and takes microseconds."""
        return self._instant.on_loop

    def state(self) -> int | None:
        """Another number after every write to the store by anyone; None where it cannot be read."""
        return self._instant.state()

    def document(self, table: Kind, thing: str) -> Document | None:
        """The document of the thing with this id, if there is one. A fact changes when its article does.

        Raises `StoreError`.
        """
        for body, modified_at in self._documents[table](id=thing):
            return Document(body, _time(modified_at))
        return None

    def facts(self, table: Kind, article: str, window: Window) -> tuple[Slice, datetime] | None:
        """A page of an article's entities, statements or commitments, and when the article last changed.

        None where there is no such article. Raises `StoreError`.
        """
        with self._instant.snapshot():
            changed = self._modified_at(id=article)
            if not changed:
                return None
            rows = self._facts[table](article=article, position=first_position(window), most=window.limit + 1)
        return facts_page(rows, window.limit), _time(changed[0][0])

    def close(self) -> None:
        """Let go of the store."""
        self._instant.close()


def _time(stored: str | datetime) -> datetime:
    """SQLite's driver gives times as they are kept."""
    return (datetime.fromisoformat(stored) if isinstance(stored, str) else stored).replace(tzinfo=UTC)


def _document(table: Table) -> Select[tuple[bytes, datetime]]:
    modified_at = (table if "modified_at" in table.c else articles).c.modified_at
    query = select(table.c.document, modified_at).where(table.c.id == bindparam("id"))
    return query if table is modified_at.table else query.join(articles, articles.c.pk == table.c.article_pk)
