"""Bring a ticket back to a lower level of support."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import REASON_LIMIT, required_text
from domain.errors import Invalid
from domain.record import record
from domain.ticket.aspects import LEVEL, Aspect
from domain.ticket.events import TicketDeescalated, TicketEvent
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class Deescalate(TicketCommand):
    """`level` 0 is the normal one."""

    name: ClassVar[str] = "deescalate"
    level: int
    reason: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({LEVEL})


def decide(command: Deescalate, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    if command.level == ticket.escalation_level:
        return []
    if not 0 <= command.level < ticket.escalation_level:
        raise Invalid(
            f"Level must be at least 0 and below {ticket.escalation_level}.",
            field="level",
            level=ticket.escalation_level,
        )
    required_text(command.reason, "reason", REASON_LIMIT)
    return [
        TicketDeescalated(
            level=command.level,
            previous=ticket.escalation_level,
            reason=command.reason,
            by=ctx.by,
            at=ctx.at,
        )
    ]
