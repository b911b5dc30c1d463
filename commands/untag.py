"""Take a tag off a ticket."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.record import record
from domain.ticket.aspects import Aspect, tag_aspect
from domain.ticket.events import TicketEvent, TicketUntagged
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class Untag(TicketCommand):
    name: ClassVar[str] = "untag"
    tag: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({tag_aspect(self.tag)})


def decide(command: Untag, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    if command.tag not in ticket.tags:
        return []
    return [TicketUntagged(tag=command.tag, by=ctx.by, at=ctx.at)]
