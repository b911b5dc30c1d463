"""Define custom fields: their names, what may stand in them, which a resolution needs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from commands.envelope import Command, Context
from commands.known import refuse_again, require_known
from domain.checks import (
    FIELDS_LIMIT,
    NAME_LIMIT,
    SAFE_INTEGER,
    field_name,
    language,
    required_text,
)
from domain.configuration.field import (
    Choice,
    Field,
    FieldChoicesSet,
    FieldCreated,
    FieldEvent,
    FieldKind,
    FieldMadeOptional,
    FieldRelabelled,
    FieldReordered,
    FieldRequired,
    FieldRestored,
    FieldRetired,
    Fields,
    evolve,
)
from domain.errors import Invalid
from domain.ids import FIELDS, CommandId, FieldName, StreamId
from domain.record import record
from domain.ticket.aspects import Aspect, field_aspect

CHOICES_LIMIT = 200
LANGUAGES_LIMIT = 20


@record
class FieldCommand(Command):
    """A command on the definition of one field."""

    field: FieldName

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (FIELDS,)

    def touches(self) -> frozenset[Aspect]:
        return frozenset({field_aspect(self.field)})


@record
class CreateField(FieldCommand):
    """`field` is its name for programs, for good; `label` its names for people, by language.

    What may stand in it never changes either: old values would not fit any more.
    """

    name: ClassVar[str] = "create_field"
    label: Mapping[str, str]
    kind: FieldKind
    choices: tuple[Choice, ...] = ()
    required_to_resolve: bool = False
    order: int = 0

    def touches(self) -> frozenset[Aspect]:
        return frozenset()


def create(command: CreateField, fields: Fields, ctx: Context) -> Sequence[FieldEvent]:
    created = FieldCreated(
        field=command.field,
        label=dict(command.label),
        value_kind=command.kind,
        choices=_in_order(command.choices),
        required_to_resolve=command.required_to_resolve,
        order=command.order,
        by=ctx.by,
        at=ctx.at,
    )
    known = fields.of(command.field)
    if known.exists:
        if replace(known, version=1) == evolve(Fields(), created).of(command.field):
            return []
        refuse_again(command, "field", command.field)
    field_name(command.field, "field")
    _check_label(command.label, "label")
    _check_order(command.order)
    _check_choices(command.choices, command.kind)
    if sum(not one.retired for one in fields.by_name.values()) >= FIELDS_LIMIT:
        raise Invalid(f"There are at most {FIELDS_LIMIT} fields; retire one.", field="field")
    return [created]


@record
class RelabelField(FieldCommand):
    """People read this from now on, by language."""

    name: ClassVar[str] = "relabel_field"
    label: Mapping[str, str]


def relabel(command: RelabelField, fields: Fields, ctx: Context) -> Sequence[FieldEvent]:
    known = _known(fields, command)
    if dict(command.label) == dict(known.label):
        return []
    _check_label(command.label, "label")
    return [
        FieldRelabelled(
            field=command.field,
            label=dict(command.label),
            previous=known.label,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class SetFieldChoices(FieldCommand):
    """In this order. Values that tickets have and that are no choice any more stay."""

    name: ClassVar[str] = "set_field_choices"
    choices: tuple[Choice, ...]


def set_choices(command: SetFieldChoices, fields: Fields, ctx: Context) -> Sequence[FieldEvent]:
    known, wanted = _known(fields, command), _in_order(command.choices)
    if wanted == known.choices:
        return []
    _check_choices(wanted, known.kind)
    return [
        FieldChoicesSet(
            field=command.field, choices=wanted, previous=known.choices, by=ctx.by, at=ctx.at
        )
    ]


@record
class RequireField(FieldCommand):
    """No ticket is resolved while it is empty; those that are resolved already stay so."""

    name: ClassVar[str] = "require_field"


def require(command: RequireField, fields: Fields, ctx: Context) -> Sequence[FieldEvent]:
    if _known(fields, command).required_to_resolve:
        return []
    return [FieldRequired(field=command.field, by=ctx.by, at=ctx.at)]


@record
class MakeFieldOptional(FieldCommand):
    name: ClassVar[str] = "make_field_optional"


def make_optional(command: MakeFieldOptional, fields: Fields, ctx: Context) -> Sequence[FieldEvent]:
    if not _known(fields, command).required_to_resolve:
        return []
    return [FieldMadeOptional(field=command.field, by=ctx.by, at=ctx.at)]


@record
class ReorderField(FieldCommand):
    """The lowest stands first."""

    name: ClassVar[str] = "reorder_field"
    order: int


def reorder(command: ReorderField, fields: Fields, ctx: Context) -> Sequence[FieldEvent]:
    known = _known(fields, command)
    if command.order == known.order:
        return []
    _check_order(command.order)
    return [
        FieldReordered(
            field=command.field, order=command.order, previous=known.order, by=ctx.by, at=ctx.at
        )
    ]


@record
class RetireField(FieldCommand):
    """It takes no new values and no resolution needs it; restoring it brings it back."""

    name: ClassVar[str] = "retire_field"


def retire(command: RetireField, fields: Fields, ctx: Context) -> Sequence[FieldEvent]:
    if _known(fields, command).retired:
        return []
    return [FieldRetired(field=command.field, by=ctx.by, at=ctx.at)]


@record
class RestoreField(FieldCommand):
    name: ClassVar[str] = "restore_field"


def restore(command: RestoreField, fields: Fields, ctx: Context) -> Sequence[FieldEvent]:
    if not _known(fields, command).retired:
        return []
    return [FieldRestored(field=command.field, by=ctx.by, at=ctx.at)]


def _known(fields: Fields, command: FieldCommand) -> Field:
    known = fields.of(command.field)
    require_known(known, "field", command.field)
    return known


def _in_order(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    return tuple(replace(choice, label=dict(choice.label)) for choice in choices)


def _check_label(label: Mapping[str, str], field: str) -> None:
    """A name in at least one language."""
    if not label:
        raise Invalid("Give the name in a language at least, such as en.", field=field)
    _check_names(label, field)


def _check_names(label: Mapping[str, str], field: str) -> None:
    if len(label) > LANGUAGES_LIMIT:
        raise Invalid(f"There are names in at most {LANGUAGES_LIMIT} languages.", field=field)
    for tag, text in label.items():
        language(tag, field)
        required_text(text, f"{field}.{tag}", NAME_LIMIT)


def _check_order(order: int) -> None:
    if abs(order) > SAFE_INTEGER:
        raise Invalid(f"Order must be within +-{SAFE_INTEGER}.", field="order")


def _check_choices(choices: Sequence[Choice], kind: FieldKind) -> None:
    if kind is not FieldKind.CHOICE:
        if choices:
            raise Invalid(f"A field of kind {kind} has no choices.", field="choices")
        return
    if not 1 <= len(choices) <= CHOICES_LIMIT:
        raise Invalid(f"A choice has 1 to {CHOICES_LIMIT} values.", field="choices")
    seen: set[str] = set()
    for n, choice in enumerate(choices):
        required_text(choice.value, f"choices[{n}].value", NAME_LIMIT)
        if choice.value in seen:
            raise Invalid(f"{choice.value!r} is there twice.", field=f"choices[{n}].value")
        seen.add(choice.value)
        _check_names(choice.label, f"choices[{n}].label")
