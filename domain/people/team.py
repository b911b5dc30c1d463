"""Agents who share work and a lead."""

from dataclasses import replace
from typing import Literal, TypeAlias, assert_never

from domain.happened import Happened
from domain.ids import AgentId, TeamId
from domain.record import record


@record
class TeamCreated(Happened):
    """Agents can share work here from now on."""

    kind: Literal["team.created"] = "team.created"
    team: TeamId
    name: str
    lead: AgentId | None = None


@record
class TeamRenamed(Happened):
    """It has another name; the id, and so its history, stays."""

    kind: Literal["team.renamed"] = "team.renamed"
    team: TeamId
    name: str
    previous: str


@record
class TeamLeadNamed(Happened):
    """Who answers for the team; None: nobody."""

    kind: Literal["team.lead_named"] = "team.lead_named"
    team: TeamId
    lead: AgentId | None
    previous: AgentId | None


@record
class TeamRetired(Happened):
    """Takes no new work and no new members."""

    kind: Literal["team.retired"] = "team.retired"
    team: TeamId


TeamEvent: TypeAlias = TeamCreated | TeamRenamed | TeamLeadNamed | TeamRetired


@record
class Team:
    """`version` is the number of events folded; 0 means that there is no such team."""

    version: int = 0
    name: str = ""
    lead: AgentId | None = None
    retired: bool = False

    @property
    def exists(self) -> bool:
        return self.version > 0


def evolve(team: Team, event: TeamEvent) -> Team:
    """The team after `event`; never refuses."""
    return replace(_after(team, event), version=team.version + 1)


def _after(team: Team, event: TeamEvent) -> Team:
    match event:
        case TeamCreated(name=name, lead=lead):
            return Team(name=name, lead=lead)
        case TeamRenamed(name=name):
            return replace(team, name=name)
        case TeamLeadNamed(lead=lead):
            return replace(team, lead=lead)
        case TeamRetired():
            return replace(team, retired=True)
        case _:
            assert_never(event)
