"""Bring a resolved ticket back to work."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import REASON_LIMIT, required_text
from domain.record import record
from domain.ticket.aspects import STATUS, Aspect
from domain.ticket.events import TicketEvent, TicketReopened
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import Status


@record
class Reopen(TicketCommand):
    name: ClassVar[str] = "reopen"
    reason: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({STATUS})


def decide(command: Reopen, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    if ticket.status is Status.OPEN and ticket.reopened:
        return []  # already so; a ticket that was never resolved is refused instead
    require(ticket, command.name)
    required_text(command.reason, "reason", REASON_LIMIT)
    return [TicketReopened(reason=command.reason, by=ctx.by, at=ctx.at)]
