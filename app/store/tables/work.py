"""What is waiting to be done: jobs with their records, feeds with what they announced."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import DateTime, Index
from sqlmodel import Field, SQLModel

from app.store.tables.columns import of, table_of
from app.store.types import KEY


class JobRow(SQLModel, table=True):
    """Articles handed in at once, to be worked off; whoever works it off has it until ``leased_until``."""

    __tablename__ = "jobs"
    __table_args__ = (Index("jobs_by_state", "state", "pk"),)

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    id: str = Field(unique=True)
    state: str
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    finished_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    leased_by: str | None = None
    leased_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    total: int = 0
    new: int = 0
    known: int = 0
    refused: int = 0


class JobRecordRow(SQLModel, table=True):
    """A record of a job that is not worked off yet."""

    __tablename__ = "job_records"

    job_pk: int = of("jobs", primary=True)
    line: int = Field(primary_key=True)
    content: bytes


class JobRefusalRow(SQLModel, table=True):
    """A record of a job that gave no article, and why."""

    __tablename__ = "job_refusals"

    job_pk: int = of("jobs", primary=True)
    line: int = Field(primary_key=True)
    reason: str


class FeedRow(SQLModel, table=True):
    """A feed that is polled when it is due; ``etag`` and ``last_modified`` are what its server said of it last."""

    __tablename__ = "feeds"
    __table_args__ = (Index("feeds_by_due", "due_at"),)

    pk: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    url: str = Field(unique=True)
    title: str
    home_page: str | None
    added_at: datetime = Field(sa_type=DateTime(timezone=True))
    polled_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    due_at: datetime = Field(sa_type=DateTime(timezone=True))
    etag: str | None = None
    last_modified: str | None = None
    failures: int = 0
    problem: str | None = None


class FeedEntryRow(SQLModel, table=True):
    """An article that a feed announced, and what became of it: `waiting`, `taken`, `refused`, or `failed` for good."""

    __tablename__ = "feed_entries"
    __table_args__ = (Index("feed_entries_by_state", "feed_pk", "state", "due_at"),)

    feed_pk: int = of("feeds", primary=True)
    url: str = Field(primary_key=True)
    title: str
    published: date | None
    state: str
    tries: int = 0
    due_at: datetime = Field(sa_type=DateTime(timezone=True))
    reason: str | None = None
    article: str | None = None


jobs = table_of(JobRow)
job_records = table_of(JobRecordRow)
job_refusals = table_of(JobRefusalRow)
feeds = table_of(FeedRow)
feed_entries = table_of(FeedEntryRow)
