"""Say that an agent has seen a new ticket."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.errors import Invalid
from domain.record import record
from domain.ticket.events import TicketAcknowledged, TicketEvent
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class Acknowledge(TicketCommand):
    name: ClassVar[str] = "acknowledge"


def decide(command: Acknowledge, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    if ticket.acknowledged_at is not None:
        return []  # a first touch is first only once
    require(ticket, command.name)
    if not ctx.by.is_agent:
        raise Invalid("Only an agent can acknowledge a ticket.", field="by")
    return [TicketAcknowledged(by=ctx.by, at=ctx.at)]
