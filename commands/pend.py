"""Wait for the requester's answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import REASON_LIMIT, future, required_text
from domain.record import record
from domain.ticket.aspects import INCOMING, STATUS, Aspect
from domain.ticket.events import TicketEvent, TicketPended
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import Status


@record
class Pend(TicketCommand):
    """`wake_at`: an instant (UTC) at which it goes back to work by itself."""

    name: ClassVar[str] = "pend"
    reason: str
    wake_at: datetime | None = None

    def touches(self) -> frozenset[Aspect]:
        return frozenset({STATUS, INCOMING})


def decide(command: Pend, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    wanted = (Status.PENDING, command.reason, command.wake_at)
    if wanted == (ticket.status, ticket.waiting_for, ticket.wake_at):
        return []
    required_text(command.reason, "reason", REASON_LIMIT)
    future(command.wake_at, ctx.at, "wake_at")
    return [TicketPended(reason=command.reason, wake_at=command.wake_at, by=ctx.by, at=ctx.at)]
