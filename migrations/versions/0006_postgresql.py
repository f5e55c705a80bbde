"""What PostgreSQL has of its own.

Full text, near duplicates, and a notification of changes. SQLite has had the first two since they came.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.store import fulltext, tsvector

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FULL_TEXTS = ("fts_articles", "fts_commitments", "fts_statements", "fts_entities")
TEXTS = {
    "fts_articles": """SELECT recency, title, coalesce((
        SELECT string_agg(e.quote, chr(10) ORDER BY c.position, e.position)
        FROM commitments c JOIN commitment_evidence e ON e.commitment_pk = c.pk WHERE c.article_pk = a.pk), ''), text
        FROM articles a""",
    "fts_commitments": """SELECT commitment_pk, string_agg(quote, chr(10) ORDER BY position)
        FROM commitment_evidence GROUP BY commitment_pk""",
    "fts_statements": """SELECT statement_pk, string_agg(text, chr(10) ORDER BY position)
        FROM statement_spans WHERE part = 'content' GROUP BY statement_pk""",
}
"""What the full text of each list is made of."""
STORIES = (
    "CREATE TABLE fts_stories (rowid BIGINT PRIMARY KEY, keys TEXT[] NOT NULL)",
    "INSERT INTO fts_stories (rowid, keys) SELECT article_pk, string_to_array(band_keys, ' ') FROM signatures",
    "CREATE INDEX fts_stories_keys ON fts_stories USING gin (keys)",
)
NOTIFY = (
    """CREATE FUNCTION entente_notify() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_notify(''entente_changes'', NEW.count::text); RETURN NULL; END'""",
    """CREATE TRIGGER changes_notify AFTER UPDATE ON changes FOR EACH ROW
    WHEN (OLD.count <> NEW.count) EXECUTE FUNCTION entente_notify()""",
)
AT_ONCE = 500


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for name in FULL_TEXTS:
        op.execute(f"CREATE TABLE {name} (rowid BIGINT PRIMARY KEY, words tsvector NOT NULL)")
        # Kept in the row: else the table looks so small that the planner reads all of it, unpacking every vector.
        op.execute(f"ALTER TABLE {name} ALTER words SET STORAGE MAIN")
    _fill()
    for name in FULL_TEXTS:
        op.execute(f"CREATE INDEX {name}_words ON {name} USING gin (words)")
    for statement in (*STORIES, *NOTIFY):
        op.execute(statement)


def _fill() -> None:
    connection = op.get_bind()
    for name, query in TEXTS.items():
        for rows in _batches(sa.text(query)):
            tsvector.add(connection, name, [(row[0], tuple(row[1:])) for row in rows])
    names = """SELECT pk, name || coalesce((SELECT string_agg(chr(10) || alias, '')
        FROM json_array_elements_text(document->'aliases') alias), '') AS names FROM entities"""
    for entities in _batches(sa.text(names)):
        fulltext.put_entities(connection, [(row.pk, [row.names]) for row in entities])


def _batches(query: sa.TextClause) -> Iterator[Sequence[sa.Row[Any]]]:
    rows = op.get_bind().execute(query).all()
    yield from (rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE))


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP TRIGGER changes_notify ON changes")
    op.execute("DROP FUNCTION entente_notify")
    for name in (*FULL_TEXTS, "fts_stories"):
        op.drop_table(name)
