"""Full text on SQLite: FTS5 tables (https://sqlite.org/fts5.html).

They keep no text of their own, except for entities, whose names change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text

from app.store.texts import Texts
from app.store.words import Term, Words

SEPARATORS = "\u061c\u2066\u2067\u2068\u2069" + "".join(map(chr, [*range(0x20BA, 0x20C1), *range(0x2E3C, 0x2E5E)]))
"""Marks of direction, currencies and punctuation that came after the tables of SQLite's tokenizer, which takes what it
does not know for letters."""

TOKENIZER = f"""unicode61 remove_diacritics 2 separators '{SEPARATORS}'"""

_COLUMNS = {
    "fts_articles": ("title", "evidence", "text"),
    "fts_commitments": ("words",),
    "fts_statements": ("words",),
}


def add(connection: Connection, index: str, rows: Sequence[Texts]) -> None:
    """Index rows by their words."""
    _tell(connection, index, rows, {})


def remove(connection: Connection, index: str, rows: Sequence[Texts]) -> None:
    """Forget rows, whose words must be those that they were indexed by (https://sqlite.org/fts5.html, section 6.2)."""
    _tell(connection, index, rows, {index: "'delete'"})


def _tell(connection: Connection, index: str, rows: Sequence[Texts], command: Mapping[str, str]) -> None:
    columns = _COLUMNS[index]
    names = ", ".join((*command, "rowid", *columns))
    values = ", ".join((*command.values(), ":rowid", *(f":{column}" for column in columns)))
    given = [{"rowid": key, **dict(zip(columns, parts, strict=True))} for key, parts in rows]
    connection.execute(text(f"INSERT INTO {index} ({names}) VALUES ({values})"), given)  # noqa: S608 (names of our own)


def put_entities(connection: Connection, names: Sequence[tuple[int, Iterable[str]]]) -> None:
    """Index entities, by row number, by their names; those they had before are forgotten."""
    remove_entities(connection, [pk for pk, _ in names])
    statement = text("INSERT INTO fts_entities (rowid, names) VALUES (:pk, :names)")
    connection.execute(statement, [{"pk": pk, "names": "\n".join(own)} for pk, own in names])


def remove_entities(connection: Connection, pks: Sequence[int]) -> None:
    """Forget the names of entities."""
    connection.execute(text("DELETE FROM fts_entities WHERE rowid = :pk"), [{"pk": pk} for pk in pks])


def query(words: Words) -> str:
    """The words as FTS5 has them: every term in quotation marks, so that nothing in it is an operator."""
    return " AND ".join(_term(term) for term in words.terms)


def _term(term: Term) -> str:
    return f'"{" ".join(term.tokens)}"' + ("*" if term.is_prefix else "")
