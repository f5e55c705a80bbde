"""Jobs that are worked off, and feeds that are polled."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("pk", KEY, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("leased_by", sa.String(), nullable=True),
        sa.Column("leased_until", TIME, nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("jobs_by_state", "jobs", ["state", "pk"])
    for table, column in (
        ("job_records", sa.Column("content", sa.LargeBinary(), nullable=False)),
        ("job_refusals", sa.Column("reason", sa.String(), nullable=False)),
    ):
        op.create_table(
            table,
            sa.Column("job_pk", KEY, nullable=False),
            sa.Column("line", sa.Integer(), nullable=False),
            column,
            sa.ForeignKeyConstraint(["job_pk"], ["jobs.pk"], ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("job_pk", "line"),
        )
    op.create_table(
        "feeds",
        sa.Column("pk", KEY, nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("home_page", sa.String(), nullable=True),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("polled_at", TIME, nullable=True),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("url"),
    )
    op.create_index("feeds_by_due", "feeds", ["due_at"])
    op.create_table(
        "feed_entries",
        sa.Column("feed_pk", KEY, nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("article", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["feed_pk"], ["feeds.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed_pk", "url"),
    )
    op.create_index("feed_entries_by_state", "feed_entries", ["feed_pk", "state", "due_at"])


def downgrade() -> None:
    for table in ("feed_entries", "feeds", "job_refusals", "job_records", "jobs"):
        op.drop_table(table)
