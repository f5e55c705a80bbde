"""Runs the migrations on the connection that the store hands over, inside its transaction."""

from alembic import context
from sqlmodel import SQLModel

from app.store import tables  # noqa: F401 (fills the metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite cannot alter columns in place
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
