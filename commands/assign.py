"""Give the work to an agent or a team, or give it back to the queue."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from commands.known import active_agent, working_team
from domain.errors import Invalid
from domain.ids import AgentId, StreamId, TeamId, agent_stream, team_stream
from domain.record import record
from domain.ticket.aspects import AGENT, Aspect
from domain.ticket.events import TicketAssigned, TicketEvent
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class Assign(TicketCommand):
    """`team` defaults to the agent's home team. Neither agent nor team: back to the queue.

    It does not touch the status: that it opens a new ticket is implied, and a colleague who
    pends the ticket at the same moment decides on the status either way.
    """

    name: ClassVar[str] = "assign"
    agent: AgentId | None
    team: TeamId | None = None

    def reads(self) -> tuple[StreamId, ...]:
        agent = () if self.agent is None else (agent_stream(self.agent),)
        team = () if self.team is None else (team_stream(self.team),)
        return agent + team

    def touches(self) -> frozenset[Aspect]:
        return frozenset({AGENT})


def decide(command: Assign, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    team = _team(command, ctx)
    if (command.agent, team) == (ticket.agent, ticket.team):
        return []
    return [
        TicketAssigned(
            agent=command.agent,
            previous=ticket.agent,
            team=team,
            previous_team=ticket.team,
            by=ctx.by,
            at=ctx.at,
        )
    ]


def _team(command: Assign, ctx: Context) -> TeamId | None:
    if command.team is not None:
        working_team(ctx, command.team)
    if command.agent is None:
        return command.team
    agent = active_agent(ctx, command.agent)
    if command.team is not None and command.team not in agent.teams:
        raise Invalid(
            f"Agent {command.agent!r} is not in team {command.team!r}.",
            field="team",
            teams=agent.teams,
        )
    return command.team or agent.home
