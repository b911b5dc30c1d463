"""Raise a ticket to a higher level of support."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import REASON_LIMIT, required_text
from domain.errors import Invalid
from domain.record import record
from domain.ticket.aspects import LEVEL, Aspect
from domain.ticket.events import TicketEscalated, TicketEvent
from domain.ticket.rules import HIGHEST_LEVEL, require
from domain.ticket.state import Ticket


@record
class Escalate(TicketCommand):
    """`level` counts from 1, the first level above the normal one."""

    name: ClassVar[str] = "escalate"
    level: int
    reason: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({LEVEL})


def decide(command: Escalate, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    if command.level == ticket.escalation_level:
        return []
    if not ticket.escalation_level < command.level <= HIGHEST_LEVEL:
        raise Invalid(
            f"Level must be above {ticket.escalation_level} and at most {HIGHEST_LEVEL}.",
            field="level",
            level=ticket.escalation_level,
        )
    required_text(command.reason, "reason", REASON_LIMIT)
    return [
        TicketEscalated(
            level=command.level,
            previous=ticket.escalation_level,
            reason=command.reason,
            by=ctx.by,
            at=ctx.at,
        )
    ]
