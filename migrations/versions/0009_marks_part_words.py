"""Marks of direction part words on SQLite: names that stand beside one are found.

The full text of names is made anew here; that of articles, commitments and statements is by the next revision.
"""

from alembic import op

from app.store import fts5

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _index_names(fts5.TOKENIZER)


def downgrade() -> None:
    _index_names("unicode61 remove_diacritics 2")


def _index_names(tokenizer: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(f"""CREATE VIRTUAL TABLE fts_names USING fts5(names, prefix='2 3', tokenize="{tokenizer}")""")
    op.execute("INSERT INTO fts_names (rowid, names) SELECT rowid, names FROM fts_entities ORDER BY rowid")
    op.execute("DROP TABLE fts_entities")
    op.execute("ALTER TABLE fts_names RENAME TO fts_entities")
