"""Create teams, name their leads, retire them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from commands.envelope import Command, Context
from commands.known import active_agent, refuse_again, require_known
from domain.checks import NAME_LIMIT, ident, required_text
from domain.ids import AgentId, CommandId, StreamId, TeamId, agent_stream, team_stream
from domain.people.team import (
    Team,
    TeamCreated,
    TeamEvent,
    TeamLeadNamed,
    TeamRenamed,
    TeamRetired,
    evolve,
)
from domain.record import record
from domain.states import set_by
from domain.ticket.aspects import Aspect


@record
class TeamCommand(Command):
    """A command on one team."""

    team: TeamId

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (team_stream(self.team),)


@record
class CreateTeam(TeamCommand):
    name: ClassVar[str] = "create_team"
    display_name: str
    lead: AgentId | None = None

    def reads(self) -> tuple[StreamId, ...]:
        return () if self.lead is None else (agent_stream(self.lead),)


def create(command: CreateTeam, team: Team, ctx: Context) -> Sequence[TeamEvent]:
    created = TeamCreated(
        team=command.team, name=command.display_name, lead=command.lead, by=ctx.by, at=ctx.at
    )
    if team.exists:
        if replace(team, version=1) == evolve(Team(), created):
            return []
        refuse_again(command, "team", command.team)
    ident(command.team, "team")
    required_text(command.display_name, "display_name", NAME_LIMIT)
    if command.lead is not None:
        active_agent(ctx, command.lead, "lead")
    return [created]


@record
class RenameTeam(TeamCommand):
    name: ClassVar[str] = "rename_team"
    display_name: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(TeamRenamed)})


def rename(command: RenameTeam, team: Team, ctx: Context) -> Sequence[TeamEvent]:
    require_known(team, "team", command.team)
    if command.display_name == team.name:
        return []
    required_text(command.display_name, "display_name", NAME_LIMIT)
    return [
        TeamRenamed(
            team=command.team,
            name=command.display_name,
            previous=team.name,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class NameTeamLead(TeamCommand):
    """None: no lead."""

    name: ClassVar[str] = "name_team_lead"
    lead: AgentId | None

    def reads(self) -> tuple[StreamId, ...]:
        return () if self.lead is None else (agent_stream(self.lead),)

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(TeamLeadNamed)})


def name_lead(command: NameTeamLead, team: Team, ctx: Context) -> Sequence[TeamEvent]:
    require_known(team, "team", command.team)
    if command.lead == team.lead:
        return []
    if command.lead is not None:
        active_agent(ctx, command.lead, "lead")
    return [
        TeamLeadNamed(
            team=command.team, lead=command.lead, previous=team.lead, by=ctx.by, at=ctx.at
        )
    ]


@record
class RetireTeam(TeamCommand):
    """For good: an old figure that names the team must never mean a new one."""

    name: ClassVar[str] = "retire_team"


def retire(command: RetireTeam, team: Team, ctx: Context) -> Sequence[TeamEvent]:
    require_known(team, "team", command.team)
    if team.retired:
        return []
    return [TeamRetired(team=command.team, by=ctx.by, at=ctx.at)]
