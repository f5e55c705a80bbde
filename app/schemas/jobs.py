"""Jobs as the service gives them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from app.schemas.base import Wire


class RefusedRecord(Wire):
    """A record that gave no article."""

    line: int = Field(description="Its line in what was sent, from 1.")
    reason: str


class JobLinks(Wire):
    """Where to ask again."""

    self: str


class JobOut(Wire):
    """How far a job has come."""

    id: str
    state: str = Field(description="`queued`, `running` or `done`.")
    created_at: datetime
    finished_at: datetime | None
    total: int = Field(description="Records that were sent.")
    new: int = Field(description="Articles that were stored.")
    known: int = Field(description="Articles whose text was there; they may have gained a source.")
    refused: int = Field(description="Records that gave no article.")
    refusals: list[RefusedRecord] = Field(description="The first thousand of these, with the reasons.")
    links: JobLinks
