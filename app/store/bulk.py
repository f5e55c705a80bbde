"""Many rows at once: by COPY on PostgreSQL (https://www.postgresql.org/docs/current/populate.html), else by INSERT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same columns."""
    if not rows:
        return
    names = list(rows[0])
    kinds = (table.c[name].type.dialect_impl(connection.dialect) for name in names)
    processors = [kind.bind_processor(connection.dialect) or _as_it_is for kind in kinds]
    made = (tuple(process(row[name]) for name, process in zip(names, processors, strict=True)) for row in rows)
    if connection.dialect.name == "postgresql":
        copy_rows(connection, table.name, names, made)
    else:
        columns, values = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({columns}) VALUES ({values})', list(made))  # noqa: S608


def copy_rows(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows by COPY, their values in the order of the columns; PostgreSQL alone has that."""
    names = ", ".join(f'"{column}"' for column in columns)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _as_it_is(value: Any) -> Any:
    return value
