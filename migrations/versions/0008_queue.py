"""The queue of jobs on PostgreSQL, as the library that keeps it has it; jobs that wait are put into it."""

from alembic import op

from app.store import job_tasks

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        job_tasks.install(op.get_bind())
        job_tasks.put_all_tasks(op.get_bind())


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        job_tasks.remove(op.get_bind())
