"""What every model of the wire shares."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _written_out(value: object) -> object:
    """Pydantic by itself takes a number, also one in a string, for seconds since 1970."""
    if value is None or isinstance(value, date) or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)):
        return value
    raise ValueError("a day such as 2024-08-08 is wanted")


DayIn = Annotated[date, BeforeValidator(_written_out)]
"""A day that a client names."""


class Wire(BaseModel):
    """A record of the wire: frozen, and strict about its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SpanOut(Wire):
    """Words of the article's text."""

    start: int = Field(ge=0, description="Offset of the first character, in Unicode code points of `text`.")
    end: int = Field(gt=0, description="Offset after the last character.")
    text: str | None = Field(description="The words themselves: `text[start:end]` of the article.")


class SpeakerOut(SpanOut):
    """A source of a statement; `id` and `name` are null for an unnamed one."""

    id: str | None = Field(description="Id of the entity that speaks.")
    name: str | None = Field(description="Its name.")


ItemT = TypeVar("ItemT")


class Page(Wire, Generic[ItemT]):
    """One page of a list."""

    items: list[ItemT]
    next: str | None = Field(description="Path of the next page, with all filters; null on the last one.")
    total: int | None = Field(None, description="How many there are in all; only with `count=true`.")
