"""Columns and indexes that several tables have, and the tables of the classes that say what they hold."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Column, ColumnElement, ForeignKey, Index, Table
from sqlmodel import Field, SQLModel

from app.store.types import KEY


def of(table: str, *, primary: bool = False) -> Any:
    """A column that points at a row of another table and goes when that row goes."""
    target = ForeignKey(f"{table}.pk", ondelete="CASCADE")
    return Field(default=None, sa_column=Column(KEY, target, primary_key=primary, nullable=False))


def where(name: str, holds: ColumnElement[bool], *columns: str) -> Index:
    """An index of those rows alone for which something holds, which a query must say in the same words."""
    return Index(name, *columns, sqlite_where=holds, postgresql_where=holds)


def table_of(model: type[SQLModel]) -> Table:
    """The table that a class describes."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]
