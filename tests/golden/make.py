"""Write a golden file for every kind of event that has none yet: python -m tests.golden.make

A golden file is a record as it is stored, whole. It is written once, when a kind or a schema
version of it is new, and then never again: stored bytes are for ever.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

import orjson

from adapters.codec import encode
from adapters.upcasts import schema_version
from domain.actor import Actor, ActorKind
from domain.conditions import AllOf, Comparison, Condition, Op
from domain.happened import Happened
from domain.kinds import EVENT_TYPES, kind_of
from domain.recorded import Source

HERE = Path(__file__).parent
FROZEN = HERE / "FROZEN"

PLAIN: Mapping[Any, Any] = {
    str: "text 글",
    int: 3,
    bool: True,
    float: 1800.5,
    datetime: datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC),
    date: date(2026, 3, 1),
    Condition: AllOf(all=(Comparison(attribute="priority", op=Op.IS, values=("high",)),)),
    Actor: Actor(kind=ActorKind.RULE, id="rule", rule_version=2),
}


def full(event: type[Any]) -> Any:
    """An event, or a record in one, of this type with every field filled in."""
    hints = get_type_hints(event)
    return event(**{field.name: _filled(hints[field.name]) for field in fields(event)})


def _filled(hint: Any) -> Any:
    if isinstance(hint, NewType):
        return _filled(hint.__supertype__)
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return list(hint)[-1]
    arguments = get_args(hint)
    match get_origin(hint):
        case origin if origin is Literal:
            return arguments[0]
        case origin if origin in (Union, UnionType):
            return _filled(next(a for a in arguments if a is not NoneType))
        case origin if origin in (dict, Mapping):
            return {_filled(arguments[0]): _filled(arguments[1])}
        case origin if origin is frozenset:
            return frozenset({_filled(arguments[0])})
        case origin if origin is tuple:
            return tuple(_filled(a) for a in arguments if a is not Ellipsis)
        case _ if isinstance(hint, type) and is_dataclass(hint):
            return full(hint)
        case _:
            pass
    raise AssertionError(f"do not know how to fill {hint}")


def path_of(event: type[Happened]) -> Path:
    """`ticket.closed@2.json`"""
    kind = kind_of(event)
    return HERE / f"{kind}@{schema_version(kind)}.json"


def digest(path: Path) -> str:
    """The line of FROZEN for this file."""
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}"


def main() -> None:
    """Write what is missing, and freeze it."""
    frozen = FROZEN.read_text().splitlines() if FROZEN.exists() else []
    source = Source(system="servicenow", case="INC0001", row=7)
    for event in EVENT_TYPES.values():
        path = path_of(event)
        if not path.exists():
            _, data = encode(full(event), "correlation", "causation", source)
            path.write_bytes(orjson.dumps(orjson.loads(data), option=orjson.OPT_INDENT_2) + b"\n")
            frozen.append(digest(path))
    FROZEN.write_text("\n".join(sorted(frozen, key=lambda line: line.split()[1])) + "\n")


if __name__ == "__main__":
    main()
