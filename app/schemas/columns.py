"""What the models of the wire are as tables: columns for CSV, a schema for Parquet. Read off the models themselves."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from pydantic import BaseModel

if TYPE_CHECKING:
    import pyarrow

LEFT_OUT = frozenset({"links"})
"""Fields that tables do without."""

BETWEEN = "; "
"""Parts the values of one cell; those of a list within a list by a comma."""


@cache
def column_names(model: type[BaseModel]) -> tuple[str, ...]:
    """The columns of a model; those of what is below it are called `parties.id`."""
    return tuple(name for name, _ in _columns(model))


def flat_row(model: type[BaseModel], item: dict[str, Any]) -> list[object]:
    """The cells of an item: what is below it in columns of its own, the values of a list in one cell."""
    return [_cell(_value(item, path)) for _, path in _columns(model)]


@cache
def _columns(model: type[BaseModel]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((".".join(path), path) for path in _paths(model))


def _paths(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    for name, below in _fields(model):
        core = _item_type(below)
        if _is_model(core):
            yield from ((name, *path) for path in _paths(core))
        elif get_origin(core) is dict:
            yield from ((name, str(key)) for key in get_args(core)[0])
        else:
            yield (name,)


def _value(item: Any, path: tuple[str, ...]) -> Any:
    """What stands at the path; through a list, all that stand there."""
    for n, name in enumerate(path):
        if isinstance(item, list):
            return [_value(one, path[n:]) for one in item]
        item = item.get(name) if item is not None else None
    return item


def _cell(value: Any, between: str = BETWEEN) -> object:
    if isinstance(value, list):
        return between.join(str(_cell(one, ", ")) for one in value)
    if value is None:
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def arrow_table(model: type[BaseModel], items: Iterable[bytes]) -> pyarrow.Table:
    """Items, each as JSON and at least one, with the columns of `arrow_schema`; what these lack is left out."""
    import pyarrow.json

    lines = b"\n".join(items)
    as_read = arrow_schema(model, days_as_times=True)
    parsing = pyarrow.json.ParseOptions(explicit_schema=as_read, unexpected_field_behavior="ignore")
    reading = pyarrow.json.ReadOptions(block_size=len(lines) + 1, use_threads=False)
    return pyarrow.json.read_json(io.BytesIO(lines), reading, parsing).cast(arrow_schema(model))


def arrow_schema(model: type[BaseModel], *, days_as_times: bool = False) -> pyarrow.Schema:
    """The schema of Parquet files of these items; ``days_as_times`` as pyarrow's reader of JSON needs it."""
    import pyarrow

    day = pyarrow.timestamp("s") if days_as_times else pyarrow.date32()
    simple = {
        bool: pyarrow.bool_(),
        int: pyarrow.int64(),
        float: pyarrow.float64(),
        date: day,
        datetime: pyarrow.timestamp("us", "UTC"),
    }
    return pyarrow.schema([(name, _arrow(annotation, simple)) for name, annotation in _fields(model)])


def _arrow(annotation: Any, simple: Mapping[Any, Any]) -> Any:
    import pyarrow

    core = _without_none(annotation)
    if get_origin(core) is list:
        return pyarrow.list_(_arrow(get_args(core)[0], simple))
    if get_origin(core) is dict:
        keys, values = get_args(core)
        return pyarrow.struct([(str(key), _arrow(values, simple)) for key in keys])
    if _is_model(core):
        return pyarrow.struct([(name, _arrow(below, simple)) for name, below in _fields(core)])
    return simple.get(core, pyarrow.string())


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        if name not in LEFT_OUT:
            yield name, field.annotation


def _item_type(annotation: Any) -> Any:
    """The type without None, and of a list that of its items."""
    core = _without_none(annotation)
    return _item_type(get_args(core)[0]) if get_origin(core) is list else core


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType):
        (core,) = (choice for choice in get_args(annotation) if choice is not NoneType)
        return core
    return annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel) and not issubclass(annotation, Enum)
