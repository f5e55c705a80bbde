"""One thing by its id, and the facts of one article, in microseconds: they were written as a GET answers them."""

from __future__ import annotations

from datetime import datetime

from app.store.database import Database
from app.store.queries import (
    DOCUMENTS,
    FACTS,
    Document,
    Kind,
    Slice,
    Window,
    facts_page,
    first_position,
    read_document,
    time_of,
)


class Points:
    """Reads documents on the thread that it is asked on; `on_loop` tells whether that may be an event loop's."""

    def __init__(self, database: Database) -> None:
        self._instant = instant = database.instant()
        self._documents = {table: instant.question(query) for table, query in DOCUMENTS.items()}
        self._facts = {table: instant.question(query) for table, query in FACTS.items()}

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
        for row in self._documents[table](id=thing):
            return read_document(table, row)
        return None

    def facts(self, table: Kind, article: str, window: Window) -> tuple[Slice, datetime] | None:
        """A page of an article's entities, statements or commitments, and when the article last changed.

        None where there is no such article. Raises `StoreError`.
        """
        rows = self._facts[table](article=article, position=first_position(window), most=window.limit + 1)
        return (facts_page(rows, window.limit), time_of(rows[0][2])) if rows else None

    def close(self) -> None:
        """Let go of the store."""
        self._instant.close()
