"""Stop telling an agent what happens to a ticket."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.ids import AgentId
from domain.record import record
from domain.ticket.aspects import Aspect, follower_aspect
from domain.ticket.events import TicketEvent, TicketUnfollowed
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class Unfollow(TicketCommand):
    name: ClassVar[str] = "unfollow"
    agent: AgentId

    def touches(self) -> frozenset[Aspect]:
        return frozenset({follower_aspect(self.agent)})


def decide(command: Unfollow, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    if command.agent not in ticket.followers:
        return []
    return [TicketUnfollowed(agent=command.agent, by=ctx.by, at=ctx.at)]
