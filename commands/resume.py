"""Take a waiting ticket back to work."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import REASON_LIMIT, required_text
from domain.record import record
from domain.ticket.aspects import STATUS, Aspect
from domain.ticket.events import TicketEvent, TicketResumed
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import Status


@record
class Resume(TicketCommand):
    name: ClassVar[str] = "resume"
    reason: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({STATUS})


def decide(command: Resume, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    if ticket.exists and ticket.status is Status.OPEN:
        return []  # it is at work, which is all that was asked
    require(ticket, command.name)
    required_text(command.reason, "reason", REASON_LIMIT)
    return [TicketResumed(reason=command.reason, by=ctx.by, at=ctx.at)]
