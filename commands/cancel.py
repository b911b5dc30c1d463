"""End a ticket that asks for nothing: spam, entered twice, withdrawn."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import REASON_LIMIT, required_text
from domain.record import record
from domain.ticket.aspects import INCOMING, STATUS, Aspect
from domain.ticket.events import TicketCancelled, TicketEvent
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import Status


@record
class Cancel(TicketCommand):
    name: ClassVar[str] = "cancel"
    reason: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({STATUS, INCOMING})


def decide(command: Cancel, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    if ticket.status is Status.CANCELLED:
        return []
    require(ticket, command.name)
    required_text(command.reason, "reason", REASON_LIMIT)
    return [TicketCancelled(reason=command.reason, by=ctx.by, at=ctx.at)]
