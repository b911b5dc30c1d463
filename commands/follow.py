"""Let an agent hear of everything that happens to a ticket."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from commands.known import active_agent
from domain.ids import AgentId, StreamId, agent_stream
from domain.record import record
from domain.ticket.aspects import Aspect, follower_aspect
from domain.ticket.events import TicketEvent, TicketFollowed
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class Follow(TicketCommand):
    name: ClassVar[str] = "follow"
    agent: AgentId

    def reads(self) -> tuple[StreamId, ...]:
        return (agent_stream(self.agent),)

    def touches(self) -> frozenset[Aspect]:
        return frozenset({follower_aspect(self.agent)})


def decide(command: Follow, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    if command.agent in ticket.followers:
        return []
    active_agent(ctx, command.agent)
    return [TicketFollowed(agent=command.agent, by=ctx.by, at=ctx.at)]
