"""Register agents, let them join and leave teams, and send them away and back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from commands.envelope import Command, Context
from commands.known import refuse_again, require_known, working_team
from domain.checks import NAME_LIMIT, REASON_LIMIT, email, ident, required_text
from domain.ids import AgentId, CommandId, StreamId, TeamId, agent_stream, team_stream
from domain.people.agent import (
    Agent,
    AgentDeactivated,
    AgentEvent,
    AgentJoinedTeam,
    AgentLeftTeam,
    AgentReactivated,
    AgentRegistered,
    AgentRenamed,
    evolve,
)
from domain.record import record
from domain.states import set_by
from domain.ticket.aspects import Aspect


@record
class AgentCommand(Command):
    """A command on one agent."""

    agent: AgentId

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (agent_stream(self.agent),)


@record
class RegisterAgent(AgentCommand):
    """`teams`: the first one is home."""

    name: ClassVar[str] = "register_agent"
    display_name: str
    email: str = ""
    teams: tuple[TeamId, ...] = ()

    def reads(self) -> tuple[StreamId, ...]:
        return tuple(team_stream(team) for team in self.teams)


def register(command: RegisterAgent, agent: Agent, ctx: Context) -> Sequence[AgentEvent]:
    registered = AgentRegistered(
        agent=command.agent,
        name=command.display_name,
        email=command.email,
        teams=tuple(dict.fromkeys(command.teams)),
        by=ctx.by,
        at=ctx.at,
    )
    if agent.exists:
        if replace(agent, version=1) == evolve(Agent(), registered):
            return []
        refuse_again(command, "agent", command.agent)
    ident(command.agent, "agent")
    required_text(command.display_name, "display_name", NAME_LIMIT)
    if command.email:
        email(command.email)
    for team in command.teams:
        working_team(ctx, team, "teams")
    return [registered]


@record
class RenameAgent(AgentCommand):
    name: ClassVar[str] = "rename_agent"
    display_name: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(AgentRenamed)})


def rename(command: RenameAgent, agent: Agent, ctx: Context) -> Sequence[AgentEvent]:
    require_known(agent, "agent", command.agent)
    if command.display_name == agent.name:
        return []
    required_text(command.display_name, "display_name", NAME_LIMIT)
    return [
        AgentRenamed(
            agent=command.agent,
            name=command.display_name,
            previous=agent.name,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class JoinTeam(AgentCommand):
    name: ClassVar[str] = "join_team"
    team: TeamId

    def reads(self) -> tuple[StreamId, ...]:
        return (team_stream(self.team),)


def join(command: JoinTeam, agent: Agent, ctx: Context) -> Sequence[AgentEvent]:
    require_known(agent, "agent", command.agent)
    if command.team in agent.teams:
        return []
    working_team(ctx, command.team)
    return [AgentJoinedTeam(agent=command.agent, team=command.team, by=ctx.by, at=ctx.at)]


@record
class LeaveTeam(AgentCommand):
    name: ClassVar[str] = "leave_team"
    team: TeamId


def leave(command: LeaveTeam, agent: Agent, ctx: Context) -> Sequence[AgentEvent]:
    require_known(agent, "agent", command.agent)
    if command.team not in agent.teams:
        return []
    return [AgentLeftTeam(agent=command.agent, team=command.team, by=ctx.by, at=ctx.at)]


_ACTIVITY = frozenset({set_by(AgentDeactivated), set_by(AgentReactivated)})


@record
class DeactivateAgent(AgentCommand):
    """Tickets that the agent owns stay so until somebody takes them: nothing moves by itself."""

    name: ClassVar[str] = "deactivate_agent"
    reason: str

    def touches(self) -> frozenset[Aspect]:
        return _ACTIVITY


def deactivate(command: DeactivateAgent, agent: Agent, ctx: Context) -> Sequence[AgentEvent]:
    require_known(agent, "agent", command.agent)
    if not agent.active:
        return []
    required_text(command.reason, "reason", REASON_LIMIT)
    return [AgentDeactivated(agent=command.agent, reason=command.reason, by=ctx.by, at=ctx.at)]


@record
class ReactivateAgent(AgentCommand):
    name: ClassVar[str] = "reactivate_agent"

    def touches(self) -> frozenset[Aspect]:
        return _ACTIVITY


def reactivate(command: ReactivateAgent, agent: Agent, ctx: Context) -> Sequence[AgentEvent]:
    require_known(agent, "agent", command.agent)
    if agent.active:
        return []
    return [AgentReactivated(agent=command.agent, by=ctx.by, at=ctx.at)]
