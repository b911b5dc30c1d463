"""Offer the requester a survey: how was it?"""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.record import record
from domain.ticket.events import SatisfactionAsked, TicketEvent
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class AskSatisfaction(TicketCommand):
    """Asked once for each resolution."""

    name: ClassVar[str] = "ask_satisfaction"


def decide(command: AskSatisfaction, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    if ticket.satisfaction_asked:
        return []
    return [SatisfactionAsked(by=ctx.by, at=ctx.at)]
