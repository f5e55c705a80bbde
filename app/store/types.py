"""Types of columns that each database has in its own way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, LargeBinary, Text, cast, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

KEY = Integer().with_variant(BigInteger(), "postgresql")
"""Row numbers, of 64 bits: as SQLite's integers are anyhow."""


class _Json(UserDefinedType[Any]):
    """PostgreSQL's `json`, which keeps what it is given to the byte, and is read as text so that nobody parses it."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """The name of the type."""
        return "JSON"

    def column_expression(self, colexpr: ColumnElement[Any]) -> ColumnElement[Any]:
        """How it is read."""
        return type_coerce(cast(colexpr, Text), JsonBody())


class JsonBody(TypeDecorator[bytes]):
    """JSON as the bytes that are sent: to be asked about on PostgreSQL, just bytes on SQLite."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """What the database keeps it as."""
        return dialect.type_descriptor(_Json() if dialect.name == "postgresql" else LargeBinary())

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> Any:
        """What the driver takes."""
        return value.decode() if value is not None and dialect.name == "postgresql" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        """What the driver gives."""
        return value.encode() if isinstance(value, str) else value
