"""Fill in or empty a custom field."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from commands.known import fitting_value
from domain.checks import FIELDS_LIMIT, custom_field, same_value
from domain.errors import Invalid
from domain.ids import FIELDS, StreamId
from domain.record import record
from domain.ticket.aspects import Aspect, field_aspect
from domain.ticket.events import TicketEvent, TicketFieldSet
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import FieldValue


@record
class SetField(TicketCommand):
    """`field` is its name; `value` None empties it. Each field is an aspect of its own.

    Where the field is defined, the value has to fit: a retired one can only be emptied.
    """

    name: ClassVar[str] = "set_field"
    field: str
    value: FieldValue

    def reads(self) -> tuple[StreamId, ...]:
        return (FIELDS,)

    def touches(self) -> frozenset[Aspect]:
        return frozenset({field_aspect(self.field)})


def decide(command: SetField, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    custom_field(command.field, command.value)
    held = ticket.field(command.field)
    if same_value(held, command.value):
        return []
    fitting_value(ctx, command.field, command.value)
    if held is None and len(ticket.fields) >= FIELDS_LIMIT:
        raise Invalid(f"A ticket has at most {FIELDS_LIMIT} fields.", field="field")
    return [
        TicketFieldSet(
            requester=ticket.requester,
            name=command.field,
            value=command.value,
            previous=held,
            by=ctx.by,
            at=ctx.at,
        )
    ]
