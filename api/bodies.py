"""The request body of each command, derived from the command's own record.

The wire is stricter than the record: unknown fields are errors, text is whole Unicode of bounded
length, whole numbers are ones that every reader of JSON keeps, instants carry a zone, durations
are seconds. A new command needs nothing here; `api/words.py` may describe a new field.
"""

import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StrictBool,
    StringConstraints,
    WithJsonSchema,
    create_model,
)
from pydantic import Field as Described
from pydantic.fields import FieldInfo

from api.conditions import CONDITION_SCHEMA, read_condition
from api.saved_views import Column, Filter, Sorting
from api.text import clean, read_instant
from api.words import ABOUT, About, example_of
from domain.checks import SAFE_INTEGER
from domain.conditions import Condition
from domain.configuration.saved_view import ColumnName, SortName, ViewFilter
from domain.ticket.messages import Attachment

LONGEST_TEXT = 100_000
MOST_ITEMS = 1_000
LONGEST_DURATION = 100 * 366 * 86_400  # a century, in seconds


def _exact(number: object) -> object:
    """A whole number that a float cannot hold exactly must not become another one unseen."""
    if isinstance(number, int) and abs(number) > SAFE_INTEGER:
        raise ValueError(f"must be a whole number of at most {SAFE_INTEGER}")
    return number


Text = Annotated[
    str, StringConstraints(strict=True, max_length=LONGEST_TEXT), AfterValidator(clean)
]
Whole = Annotated[int, Described(strict=True, ge=-SAFE_INTEGER, le=SAFE_INTEGER)]
Real = Annotated[float, BeforeValidator(_exact), Described(strict=True, allow_inf_nan=False)]
Instant = Annotated[
    datetime,
    BeforeValidator(read_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def _day(text: object) -> date:
    if isinstance(text, date) and not isinstance(text, datetime):
        return text
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError("must be a day, such as 2026-03-01")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("is not in the calendar") from None


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


def _duration(seconds: object) -> timedelta:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ValueError("must be a number of seconds")  # noqa: TRY004 - pydantic reports ValueError
    if not 0 <= seconds <= LONGEST_DURATION:
        raise ValueError(f"must be between 0 and {LONGEST_DURATION} seconds")
    return timedelta(seconds=seconds)


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(timedelta.total_seconds),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": LONGEST_DURATION}),
]

Conditions = Annotated[Any, BeforeValidator(read_condition), WithJsonSchema(CONDITION_SCHEMA)]
"""A condition on tickets."""


class Body(BaseModel):
    """A body: unknown fields are errors, defaults are written out."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=False)


class AttachmentBody(Body):
    """A file beside a message, as the answer to its upload described it."""

    blob: Annotated[
        Text,
        StringConstraints(pattern=r"^[0-9a-f]{64}$"),
        Described(description="SHA-256 of the file's content, in hex.", examples=["0" * 64]),
    ]
    name: Annotated[
        Annotated[Text, StringConstraints(max_length=1_000)] | None,
        Described(description="What to call it; as it was uploaded unless given."),
    ] = None
    media_type: Annotated[
        Text | None, Described(description="What the file is; if given, as it is known here.")
    ] = None
    size: Annotated[
        Whole | None, Described(description="Bytes; if given, as it is known here.")
    ] = None


_LEAVES: dict[Any, Any] = {
    str: Text,
    bool: StrictBool,
    int: Whole,
    float: Real,
    datetime: Instant,
    timedelta: Duration,
    date: Day,
    UUID: UUID,
    Condition: Conditions,
    ViewFilter: Filter,
    SortName: Sorting,
    ColumnName: Column,
    Attachment: AttachmentBody,
    types.NoneType: None,
    Any: Any,
}


_SENT = "Body"
"""Ends the name of what is sent: a record may be answered, too, and looks otherwise then."""


def body_of(
    command: type[Any],
    without: frozenset[str] = frozenset(),
    optional: frozenset[str] = frozenset(),
    *,
    prefix: str = "",
) -> type[Body]:
    """The body that carries `command`, `without` the fields that the address carries.

    `optional` fields may be left out although the record needs them: somebody fills them in.
    `prefix` tells it from the body of the command's own route.
    """
    return _model(command, f"{prefix}{command.__name__}{_SENT}", without, optional)


def values_of(body: BaseModel, record: type[Any]) -> dict[str, Any]:
    """The arguments that construct `record` from its body; nested records are constructed."""
    hints = _hints(record)  # type: ignore[arg-type]
    return {name: _back(getattr(body, name), hints[name]) for name in type(body).model_fields}


@cache
def _hints(record: type[Any]) -> dict[str, Any]:
    return get_type_hints(record)


def _model(
    record: type[Any],
    name: str,
    without: frozenset[str] = frozenset(),
    optional: frozenset[str] = frozenset(),
) -> type[Body]:
    hints = get_type_hints(record, include_extras=True)
    wire: dict[str, Any] = {
        field.name: (
            Union[_on_the_wire(hints[field.name]), None]  # noqa: UP007 - made at run time
            if field.name in optional
            else _on_the_wire(hints[field.name]),
            _described(
                field, hints[field.name], _about(record, field), optional=field.name in optional
            ),
        )
        for field in fields(record)
        if field.name not in without
    }
    made: type[Body] = create_model(name, __base__=Body, __doc__=record.__doc__, **wire)
    return made


def _about(record: type[Any], field: "Field[Any]") -> About | None:
    """What the field means, perhaps to this kind of thing alone; a record begins with its thing."""
    thing = fields(record)[0].name
    return ABOUT.get(f"{thing}.{field.name}") or ABOUT.get(field.name)


def _described(field: "Field[Any]", hint: Any, about: About | None, *, optional: bool) -> FieldInfo:
    default: Any = None if optional else ...
    if field.default is not MISSING:
        default = field.default
    words: dict[str, Any] = {
        "description": about.text if about else field.name.replace("_", " ").capitalize() + ".",
        "examples": [about.example if about else example_of(hint)],
    }
    if field.default_factory is not MISSING:
        made: FieldInfo = Described(default_factory=field.default_factory, **words)
        return made
    info: FieldInfo = Described(default=default, **words)
    return info


def _on_the_wire(hint: Any) -> Any:
    if hint in _LEAVES:
        return _LEAVES[hint]
    if isinstance(hint, NewType):
        return _on_the_wire(hint.__supertype__)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _on_the_wire(arguments[0])
    if origin in (Union, types.UnionType):
        return Union[tuple(_on_the_wire(argument) for argument in arguments)]  # noqa: UP007 - made at run time
    if origin is Literal or (isinstance(hint, type) and issubclass(hint, Enum)):
        return hint
    if is_dataclass(hint) and isinstance(hint, type):
        return _model(hint, f"{hint.__name__}{_SENT}")
    if origin is tuple and arguments[-1] is not ...:
        return tuple[tuple(_on_the_wire(argument) for argument in arguments)]  # type: ignore[misc]
    if origin in (tuple, frozenset, list):
        inner = _on_the_wire(arguments[0])
        return Annotated[
            origin[(inner, ...) if origin is tuple else inner], Described(max_length=MOST_ITEMS)
        ]
    if origin in (dict, Mapping):
        key, value = (_on_the_wire(argument) for argument in arguments)
        return Annotated[dict[key, value], Described(max_length=MOST_ITEMS)]  # type: ignore[valid-type]
    raise TypeError(f"A command field of type {hint} has no form on the wire yet.")


def _back(value: Any, hint: Any) -> Any:
    """A wire value as the record wants it: only nested bodies differ from it."""
    match value:
        case AttachmentBody():
            return value  # looked up, not believed
        case BaseModel():
            record = _record_in(hint, type(value).__name__.removesuffix(_SENT))
            return record(**values_of(value, record))
        case tuple() | list() | frozenset() if any(isinstance(item, BaseModel) for item in value):
            inner: Iterable[Any] = (_back(item, hint) for item in value)
            return type(value)(inner)
        case dict() if any(isinstance(item, BaseModel) for item in value.values()):
            return {key: _back(item, hint) for key, item in value.items()}
        case _:
            return value


def _record_in(hint: Any, name: str) -> type[Any]:
    """The record called `name` inside a type such as `tuple[Window, ...] | None`."""
    if isinstance(hint, type) and is_dataclass(hint) and hint.__name__ == name:
        return hint
    for argument in get_args(hint):
        found = _record_in(argument, name) if argument is not ... else None
        if found is not None:
            return found
    return None  # type: ignore[return-value]
