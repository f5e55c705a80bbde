"""What the service says of itself: its index, its health, its problems."""

from __future__ import annotations

from pydantic import Field

from app.schemas.base import Wire


class Index(Wire):
    """The way in."""

    name: str
    version: str
    description: str
    links: dict[str, str] = Field(description="Paths of everything else.")


class Live(Wire):
    """The process is up."""

    status: str = Field(examples=["up"])


class Readiness(Wire):
    """Whether the service can answer, and what is missing."""

    status: str = Field(description="`ready` or `not ready`.")
    checks: dict[str, str] = Field(
        description="`store`, `migrations`, `queue`, `seeds` and `model`: `ok`, or what is the matter."
    )
    warnings: list[str] = Field(description="What is wrong but stops nothing, such as a seed file that is broken.")


class Fault(Wire):
    """One thing that is wrong with a request."""

    pointer: str = Field(description="Where: `query/limit`, or a JSON pointer into the body.")
    detail: str


class Problem(Wire):
    """An error, after RFC 9457."""

    type: str = Field(description="What kind of problem; `about:blank` where the status says it all.")
    title: str
    status: int
    detail: str
    instance: str = Field(description="Path of the request.")
    request_id: str = Field(description="The `X-Request-ID` to look for in the logs.")
    errors: list[Fault] | None = Field(None, description="For a request that does not validate: each fault.")
