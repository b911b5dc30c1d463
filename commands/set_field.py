"""Fill in or empty a custom field."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import FIELDS_LIMIT, custom_field, same_value
from domain.errors import Invalid
from domain.record import record
from domain.ticket.aspects import Aspect, field_aspect
from domain.ticket.events import TicketEvent, TicketFieldSet
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import FieldValue


@record
class SetField(TicketCommand):
    """`field` is its name; `value` None empties it. Each field is an aspect of its own."""

    name: ClassVar[str] = "set_field"
    field: str
    value: FieldValue

    def touches(self) -> frozenset[Aspect]:
        return frozenset({field_aspect(self.field)})


def decide(command: SetField, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    custom_field(command.field, command.value)
    held = ticket.field(command.field)
    if same_value(held, command.value):
        return []
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
