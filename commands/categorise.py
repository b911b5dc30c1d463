"""Say what kind of request it is."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import label
from domain.record import record
from domain.ticket.aspects import CATEGORY, Aspect
from domain.ticket.events import TicketCategorised, TicketEvent
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class Categorise(TicketCommand):
    """None: no category."""

    name: ClassVar[str] = "categorise"
    category: str | None

    def touches(self) -> frozenset[Aspect]:
        return frozenset({CATEGORY})


def decide(command: Categorise, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    if command.category == ticket.category:
        return []
    label(command.category, "category")
    return [
        TicketCategorised(category=command.category, previous=ticket.category, by=ctx.by, at=ctx.at)
    ]
