"""Put a tag on a ticket."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import tags
from domain.record import record
from domain.ticket.aspects import Aspect, tag_aspect
from domain.ticket.events import TicketEvent, TicketTagged
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class Tag(TicketCommand):
    """Each tag is an aspect of its own: different tags commute."""

    name: ClassVar[str] = "tag"
    tag: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({tag_aspect(self.tag)})


def decide(command: Tag, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    if command.tag in ticket.tags:
        return []
    tags(ticket.tags | {command.tag})
    return [TicketTagged(tag=command.tag, by=ctx.by, at=ctx.at)]
