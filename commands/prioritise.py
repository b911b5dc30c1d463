"""Say how urgent it is: by impact and urgency, or overridden with a reason."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import REASON_LIMIT, required_text
from domain.errors import Invalid
from domain.record import record
from domain.ticket.aspects import PRIORITY, Aspect
from domain.ticket.events import TicketEvent, TicketPrioritised
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import Level, Priority


@record
class Prioritise(TicketCommand):
    """Either `impact` and `urgency` (the matrix tells the priority), or `priority` and a `reason`.

    An override keeps what is known about impact and urgency.
    """

    name: ClassVar[str] = "prioritise"
    impact: Level | None = None
    urgency: Level | None = None
    priority: Priority | None = None
    reason: str | None = None

    def touches(self) -> frozenset[Aspect]:
        return frozenset({PRIORITY})


def decide(command: Prioritise, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    priority, impact, urgency = _wanted(command, ticket, ctx)
    if (priority, impact, urgency) == (ticket.priority, ticket.impact, ticket.urgency):
        return []
    return [
        TicketPrioritised(
            priority=priority,
            previous=ticket.priority,
            impact=impact,
            previous_impact=ticket.impact,
            urgency=urgency,
            previous_urgency=ticket.urgency,
            override_reason=command.reason,
            by=ctx.by,
            at=ctx.at,
        )
    ]


def _wanted(
    command: Prioritise, ticket: Ticket, ctx: Context
) -> tuple[Priority, Level | None, Level | None]:
    match (command.priority, command.impact, command.urgency):
        case (None, Level() as impact, Level() as urgency):
            if command.reason is not None:
                raise Invalid("A reason belongs to an override.", field="reason")
            return ctx.rules.priority_for(impact, urgency), impact, urgency
        case (Priority() as priority, None, None):
            required_text(command.reason or "", "reason", REASON_LIMIT)
            return priority, ticket.impact, ticket.urgency
        case _:
            raise Invalid(
                "Give impact and urgency, or a priority with a reason.",
                field="priority" if command.priority else "impact",
            )
