"""What two sides have in all is kept, too, so that who has most is told without adding up all kinds of all pairs."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sides = [sa.Column(side, sa.String(), nullable=False) for side in ("one", "other")]
    counts = [sa.Column(count, sa.BigInteger(), nullable=False) for count in ("number", "negated")]
    op.create_table("pair_totals", *sides, *counts, sa.PrimaryKeyConstraint("one", "other"), sqlite_with_rowid=False)
    op.execute(
        "INSERT INTO pair_totals SELECT one, other, sum(number), sum(negated) FROM pair_tallies"
        " WHERE one < other GROUP BY one, other"
    )


def downgrade() -> None:
    op.drop_table("pair_totals")
