"""Full text on SQLite: FTS5 tables (https://sqlite.org/fts5.html).

They keep no text of their own, except for entities, whose names change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

from app.store.words import Term, Words

_SOURCES = {
    "fts_articles": """
        SELECT a.recency, a.title,
            coalesce((SELECT group_concat(e.quote, char(10)) FROM commitment_evidence e
                JOIN commitments c ON c.pk = e.commitment_pk WHERE c.article_pk = a.pk), ''),
            a.text FROM articles a WHERE a.pk = :article""",
    "fts_commitments": """
        SELECT c.pk, group_concat(e.quote, char(10)) FROM commitments c
        JOIN commitment_evidence e ON e.commitment_pk = c.pk WHERE c.article_pk = :article GROUP BY c.pk""",
    "fts_statements": """
        SELECT s.pk, group_concat(p.text, char(10)) FROM statements s
        JOIN statement_spans p ON p.statement_pk = s.pk AND p.part = 'content'
        WHERE s.article_pk = :article GROUP BY s.pk""",
}
_COLUMNS = {"fts_articles": "title, evidence, text", "fts_commitments": "words", "fts_statements": "words"}


def add_articles(connection: Connection, pks: Sequence[int]) -> None:
    """Index the words of articles and of their facts, which are all stored by now."""
    for index, columns in _COLUMNS.items():
        statement = f"INSERT INTO {index} (rowid, {columns}) {_SOURCES[index]}"
        for pk in pks:
            connection.execute(text(statement), {"article": pk})


def remove_article(connection: Connection, article_pk: int) -> None:
    """Take the words of an article and of its facts out again, while they are all still stored."""
    for index, columns in _COLUMNS.items():
        rows = _SOURCES[index].replace("SELECT ", "SELECT 'delete', ", 1)
        statement = f"INSERT INTO {index} ({index}, rowid, {columns}) {rows}"
        connection.execute(text(statement), {"article": article_pk})


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
