"""Values of rows as COPY's text has them, where psycopg would look at every element of a list."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

Shape = Callable[[Any], str]


def shapes(ddl: Mapping[str, str]) -> list[tuple[int, Shape]]:
    """The columns of a table whose values have to be made into text, by place, and how.

    Everything else is psycopg's: it does numbers, texts and instants quickly.
    """
    found: list[tuple[int, Shape]] = []
    for place, declared in enumerate(ddl.values()):
        kind = declared.removesuffix(" NOT NULL")
        if kind == "jsonb":
            found.append((place, _json))
        elif kind.endswith("[]"):
            found.append((place, _ELEMENTS.get(kind.removesuffix("[]"), _texts)))
    return found


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _numbers(values: Sequence[Any]) -> str:
    return f"{{{','.join(map(str, values))}}}"


def _texts(values: Sequence[Any]) -> str:
    """Each in quotes: then nothing in it has a meaning, the word NULL included."""
    quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join([f'"{value}"' for value in quoted]) + "}"


_ELEMENTS: dict[str, Shape] = {
    "bigint": _numbers,
    "integer": _numbers,
    "double precision": _numbers,
}
"""Elements that need no quotes; instants are quoted like texts."""
