"""Custom fields of tickets: what they are called, what may stand in them, which must be filled in.

All definitions of a workspace are in one stream, because resolving a ticket asks for all that are
required. A field that nobody has defined is free: any name, any value.
"""

import re
from collections.abc import Mapping
from dataclasses import field as default
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Literal, TypeAlias, assert_never

from domain.happened import Happened
from domain.ids import FieldName
from domain.record import record
from domain.ticket.aspects import Aspect, field_aspect
from domain.ticket.words import FieldValue

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class FieldKind(StrEnum):
    """What may stand in a field."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    DATE = "date"


@record
class Choice:
    """A value to choose. `label` is how it reads, by language; none: as the value itself."""

    value: str
    label: Mapping[str, str] = default(default_factory=dict)


@record
class FieldCreated(Happened):
    """Tickets have this field from now on. `label` is its name as people read it, by language."""

    kind: Literal["field.created"] = "field.created"
    field: FieldName
    label: Mapping[str, str]
    value_kind: FieldKind
    choices: tuple[Choice, ...]
    required_to_resolve: bool
    order: int


@record
class FieldRelabelled(Happened):
    """People read another name; the field itself stays."""

    kind: Literal["field.relabelled"] = "field.relabelled"
    field: FieldName
    label: Mapping[str, str]
    previous: Mapping[str, str]


@record
class FieldChoicesSet(Happened):
    """There is another choice; values that tickets have stay as they are."""

    kind: Literal["field.choices_set"] = "field.choices_set"
    field: FieldName
    choices: tuple[Choice, ...]
    previous: tuple[Choice, ...]


@record
class FieldRequired(Happened):
    """No ticket is resolved while it is empty."""

    kind: Literal["field.required"] = "field.required"
    field: FieldName


@record
class FieldMadeOptional(Happened):
    """Tickets may be resolved without it."""

    kind: Literal["field.made_optional"] = "field.made_optional"
    field: FieldName


@record
class FieldReordered(Happened):
    """It stands elsewhere among the fields."""

    kind: Literal["field.reordered"] = "field.reordered"
    field: FieldName
    order: int
    previous: int


@record
class FieldRetired(Happened):
    """It takes no new values; those that tickets have stay."""

    kind: Literal["field.retired"] = "field.retired"
    field: FieldName


@record
class FieldRestored(Happened):
    """It takes values again."""

    kind: Literal["field.restored"] = "field.restored"
    field: FieldName


FieldEvent: TypeAlias = (
    FieldCreated
    | FieldRelabelled
    | FieldChoicesSet
    | FieldRequired
    | FieldMadeOptional
    | FieldReordered
    | FieldRetired
    | FieldRestored
)


@record
class Field:
    """A definition. `version` is that of all definitions when this one changed last."""

    version: int = 0
    label: Mapping[str, str] = default(default_factory=dict)
    kind: FieldKind = FieldKind.TEXT
    choices: tuple[Choice, ...] = ()
    required_to_resolve: bool = False
    order: int = 0
    retired: bool = False

    @property
    def exists(self) -> bool:
        return self.version > 0

    def misfit(self, value: FieldValue) -> str | None:
        """What is wrong with a value, None when nothing is; empty fits."""
        if value is None:
            return None
        if self.retired:
            return "is retired and takes no new values"
        match self.kind:
            case FieldKind.TEXT:
                return None if isinstance(value, str) else "holds text"
            case FieldKind.NUMBER:
                number = isinstance(value, int | float) and not isinstance(value, bool)
                return None if number else "holds a number"
            case FieldKind.FLAG:
                return None if isinstance(value, bool) else "holds true or false"
            case FieldKind.DATE:
                return None if _is_day(value) else "holds a day such as 2026-03-01"
            case FieldKind.CHOICE:
                known = [choice.value for choice in self.choices]
                return None if value in known else f"holds one of {', '.join(known)}"


@record
class Fields:
    """Every definition by the name of its field; `version` is the number of events folded."""

    version: int = 0
    by_name: Mapping[FieldName, Field] = default(default_factory=dict)

    def of(self, name: str) -> Field:
        """The definition of a field; one that does not exist when nobody has defined it."""
        return self.by_name.get(FieldName(name), Field())

    def in_order(self) -> tuple[tuple[FieldName, Field], ...]:
        """The definitions as people see them."""
        return tuple(sorted(self.by_name.items(), key=lambda one: (one[1].order, one[0])))

    def missing(self, values: Mapping[str, FieldValue]) -> tuple[FieldName, ...]:
        """The fields that are required to resolve a ticket with these values, and empty."""
        return tuple(
            name
            for name, field in self.in_order()
            if field.required_to_resolve and not field.retired and _is_empty(values.get(name))
        )


def changed_by(event: FieldEvent) -> frozenset[Aspect]:
    """Each field is a part of the definitions."""
    return frozenset({field_aspect(event.field)})


def evolve(fields: Fields, event: FieldEvent) -> Fields:
    """The definitions after `event`; never refuses."""
    version = fields.version + 1
    changed = replace(_after(fields.of(event.field), event), version=version)
    return Fields(version=version, by_name={**fields.by_name, event.field: changed})


def _after(field: Field, event: FieldEvent) -> Field:
    match event:
        case FieldCreated():
            return Field(
                label=event.label,
                kind=event.value_kind,
                choices=event.choices,
                required_to_resolve=event.required_to_resolve,
                order=event.order,
            )
        case FieldRelabelled(label=label):
            return replace(field, label=label)
        case FieldChoicesSet(choices=choices):
            return replace(field, choices=choices)
        case FieldRequired():
            return replace(field, required_to_resolve=True)
        case FieldMadeOptional():
            return replace(field, required_to_resolve=False)
        case FieldReordered(order=order):
            return replace(field, order=order)
        case FieldRetired():
            return replace(field, retired=True)
        case FieldRestored():
            return replace(field, retired=False)
        case _:
            assert_never(event)


def _is_day(value: FieldValue) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_empty(value: FieldValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
