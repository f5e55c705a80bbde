"""Counts of commitments are kept: by month, by state and month, by pair of sides.

Pairs say whether the commitment has more sides, since those pairs of a state's commitments that it is no part of are
counted one by one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEYS = {
    "month_tallies": ("month", "form", "stage"),
    "state_tallies": ("state", "month", "form", "stage"),
    "pair_tallies": ("one", "other", "form", "stage"),
}
MONTH = "coalesce(substr(CAST(published AS TEXT), 1, 7), '')"
COUNTS = "count(*), count(*) FILTER (WHERE negated)"
FILL = {
    "month_tallies": f"SELECT {MONTH}, form, stage, {COUNTS} FROM commitments GROUP BY 1, 2, 3",  # noqa: S608
    "state_tallies": f"""WITH kinds AS MATERIALIZED (
            SELECT pk, {MONTH} AS month, form, stage, negated FROM commitments ORDER BY pk)
        SELECT a.actor, k.month, k.form, k.stage, {COUNTS}
        FROM commitment_actors a JOIN kinds k ON k.pk = a.commitment_pk WHERE a.as_state GROUP BY 1, 2, 3, 4""",  # noqa: S608
    "pair_tallies": f"SELECT one, other, form, stage, {COUNTS} FROM commitment_pairs GROUP BY 1, 2, 3, 4",  # noqa: S608
}
"""Columns that an index has are read off it, since the commitments themselves are large."""

MARK = """UPDATE commitment_pairs SET several = true WHERE commitment_pk IN (
    SELECT commitment_pk FROM commitment_pairs GROUP BY commitment_pk HAVING count(*) > 2)"""


def upgrade() -> None:
    for name, keys in KEYS.items():
        texts = [sa.Column(key, sa.String(), nullable=False) for key in keys]
        counts = [sa.Column(count, sa.BigInteger(), nullable=False) for count in ("number", "negated")]
        op.create_table(name, *texts, *counts, sa.PrimaryKeyConstraint(*keys), sqlite_with_rowid=False)
        op.execute(f"INSERT INTO {name} {FILL[name]}")
    op.add_column("commitment_pairs", sa.Column("several", sa.Boolean(), nullable=False, server_default=sa.false()))
    if op.get_bind().dialect.name == "postgresql":  # so that an older version that still runs cannot leave it out
        op.alter_column("commitment_pairs", "several", server_default=None)
    op.execute(MARK)
    holds = sa.column("several").is_(sa.true())
    op.create_index(
        "pairs_of_several", "commitment_pairs", ["one", "commitment_pk"], sqlite_where=holds, postgresql_where=holds
    )


def downgrade() -> None:
    op.drop_index("pairs_of_several", "commitment_pairs")
    op.drop_column("commitment_pairs", "several")
    for name in KEYS:
        op.drop_table(name)
