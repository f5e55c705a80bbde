"""Counts that every write keeps up to date: of commitments, and of the writes."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from app.store.tables.columns import table_of


class MonthTallyRow(SQLModel, table=True):
    """How many commitments of a form and stage a month's articles state; ``month`` is empty where no day is known."""

    __tablename__ = "month_tallies"
    __table_args__ = {"sqlite_with_rowid": False}

    month: str = Field(primary_key=True)
    form: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    negated: int = Field(sa_type=BigInteger)


class StateTallyRow(SQLModel, table=True):
    """The same of those commitments that a state has part in, by its ISO code."""

    __tablename__ = "state_tallies"
    __table_args__ = {"sqlite_with_rowid": False}

    state: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    form: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    negated: int = Field(sa_type=BigInteger)


class PairTallyRow(SQLModel, table=True):
    """How many commitments of a form and stage two sides have; both ways round, as in `PairRow`."""

    __tablename__ = "pair_tallies"
    __table_args__ = {"sqlite_with_rowid": False}

    one: str = Field(primary_key=True)
    other: str = Field(primary_key=True)
    form: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    negated: int = Field(sa_type=BigInteger)


class PairTotalRow(SQLModel, table=True):
    """The same of all forms and stages; one way round, with the side that is first by the alphabet as ``one``."""

    __tablename__ = "pair_totals"
    __table_args__ = {"sqlite_with_rowid": False}

    one: str = Field(primary_key=True)
    other: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    negated: int = Field(sa_type=BigInteger)


class ChangeRow(SQLModel, table=True):
    """One row that counts the writes, so that readers can tell whether anything changed."""

    __tablename__ = "changes"

    pk: int = Field(default=1, primary_key=True)
    count: int = 0


month_tallies = table_of(MonthTallyRow)
state_tallies = table_of(StateTallyRow)
pair_tallies = table_of(PairTallyRow)
pair_totals = table_of(PairTotalRow)
changes = table_of(ChangeRow)
