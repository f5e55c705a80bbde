"""Counts of commitments as the service gives them."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from app.domain.commitment import Form, Stage
from app.domain.entity import EntityType
from app.schemas.base import Wire

Side = Field(description="ISO 3166-1 alpha-2 code of a state, or the id of an entity without one.")


class Tally(Wire):
    """How many commitments."""

    count: int
    negated: int = Field(description="How many of them are refused, cancelled or denied.")
    stages: dict[Stage, int] = Field(description="How many of each stage, from the least firm; none is left out.")
    forms: dict[Form, int] = Field(description="How many of each form; none is left out.")


class MonthTally(Tally):
    """How many commitments the articles of a month state."""

    month: str | None = Field(description="Such as `2024-08`; null for articles of no known day.")


class KindTally(Wire):
    """How many commitments are of one form and stage."""

    form: Form
    stage: Stage
    count: int


class PairTally(Tally):
    """How many commitments have both sides among their parties."""

    sides: list[str] = Field(
        min_length=2, max_length=2, description="Each the ISO code of a state, or the id of an entity without one."
    )
    kinds: list[KindTally] = Field(description="How many of each form and stage together, of those that there are.")


class SummaryOut(Wire):
    """Counts of the commitments that the filters let through."""

    total: Tally
    extractors: list[str] = Field(
        description="Names and versions of what found them. More than one: `extractor` keeps them apart."
    )
    months: list[MonthTally] = Field(description="By the month of publication, the earliest first.")
    pairs: list[PairTally] = Field(description="Pairs with the most commitments first, at most `limit` of them.")
    pair_count: int = Field(description="How many pairs there are in all.")


class PartnerOut(Tally):
    """Whom an entity has commitments with."""

    side: str = Side
    id: str | None = Field(description="Id of the entity; null for a state that no article names.")
    name: str
    type: EntityType
    country: str | None = Field(description="ISO 3166-1 alpha-2 code, for a state.")
    first: date | None = Field(description="Day of the earliest article that states one.")
    last: date | None = Field(description="Day of the latest.")
