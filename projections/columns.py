"""Derives the SQL columns of a table from its row record, so that the two cannot differ."""

from dataclasses import is_dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_TYPES: dict[Any, str] = {
    str: "text",
    int: "bigint",
    float: "double precision",
    bool: "boolean",
    datetime: "timestamptz",
    date: "date",
}


def columns_of(row: type[Any]) -> dict[str, str]:
    """Column name to SQL type with its constraint, in the order of the record's fields.

    `tuple[str, ...]` becomes `text[]`, a dict or a tuple of records `jsonb`, an enumeration of
    strings `text`; whatever may not be None is NOT NULL. Raises TypeError for a type that no column
    can hold.
    """
    return {name: _column(hint) for name, hint in get_type_hints(row).items()}


def _column(hint: Any) -> str:
    if get_origin(hint) in (Union, UnionType):
        inner = [arg for arg in get_args(hint) if arg is not NoneType]
        if len(inner) == 1:
            return _sql_type(inner[0])
        raise TypeError(f"a column holds one type, not {hint}")
    return f"{_sql_type(hint)} NOT NULL"


def _sql_type(hint: Any) -> str:
    plain = getattr(hint, "__supertype__", hint)  # a NewType is stored as what it stands for
    origin = get_origin(plain) or plain
    if origin is tuple:
        inner = get_args(plain)[0]
        return "jsonb" if is_dataclass(inner) else f"{_sql_type(inner)}[]"
    if origin is dict:
        return "jsonb"
    if origin is Literal:
        return _sql_type(type(get_args(plain)[0]))
    for known, sql in _TYPES.items():
        if plain is known:
            return sql
    if isinstance(plain, type) and issubclass(plain, str):
        return "text"
    raise TypeError(f"no SQL type for {hint!r}")
