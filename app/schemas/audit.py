"""The log of writes as the service gives it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from app.schemas.base import Wire


class AuditOut(Wire):
    """A write that was let in."""

    number: int = Field(description="Later entries have higher numbers.")
    at: datetime
    who: str = Field(description="`key` and its prefix, `anonymous`, or `command line` and the user.")
    address: str = Field(description="Where the request came from.")
    action: str = Field(description="Method and path of the request.")
    target: str = Field(description="What was made or changed.")
    status: int = Field(description="Status of the answer; 0 on the command line.")
    request_id: str = Field(description="The `X-Request-ID` to look for in the logs.")
