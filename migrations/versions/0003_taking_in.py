"""Near duplicates."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

INDEX = "CREATE VIRTUAL TABLE fts_stories USING fts5(keys, content='', detail=none, columnsize=0, tokenize='ascii')"

# Articles stored before carry the link to their near duplicates too, though they have no signature.
LINK = """
UPDATE articles SET
    document = CAST(json_set(CAST(document AS TEXT), '$.links.same_story', '/articles/'||id||'/same-story') AS BLOB),
    listing = CAST(json_set(CAST(listing AS TEXT), '$.links.same_story', '/articles/'||id||'/same-story') AS BLOB)
"""
UNLINK = """
UPDATE articles SET
    document = CAST(json_remove(CAST(document AS TEXT), '$.links.same_story') AS BLOB),
    listing = CAST(json_remove(CAST(listing AS TEXT), '$.links.same_story') AS BLOB)
"""


def upgrade() -> None:
    op.create_table(
        "signatures",
        sa.Column("article_pk", KEY, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("band_keys", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article_pk"], ["articles.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_pk"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(INDEX)
        op.execute(LINK)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(UNLINK)
        op.execute("DROP TABLE fts_stories")
    op.drop_table("signatures")
