"""The person who helps."""

from dataclasses import replace
from typing import Annotated, Literal, TypeAlias, assert_never

from domain.happened import Happened, Personal
from domain.ids import AgentId, TeamId
from domain.record import record

OfAgent = Annotated[str, Personal(of="agent")]


@record
class AgentRegistered(Happened):
    """An agent works here; the first team is home."""

    kind: Literal["agent.registered"] = "agent.registered"
    agent: AgentId
    name: OfAgent
    email: OfAgent = ""
    teams: tuple[TeamId, ...] = ()


@record
class AgentRenamed(Happened):
    """The agent has another name."""

    kind: Literal["agent.renamed"] = "agent.renamed"
    agent: AgentId
    name: OfAgent
    previous: OfAgent


@record
class AgentJoinedTeam(Happened):
    """The agent is in one more team."""

    kind: Literal["agent.joined_team"] = "agent.joined_team"
    agent: AgentId
    team: TeamId


@record
class AgentLeftTeam(Happened):
    """The agent is not in the team any more."""

    kind: Literal["agent.left_team"] = "agent.left_team"
    agent: AgentId
    team: TeamId


@record
class AgentDeactivated(Happened):
    """Takes no new work; what was done stays theirs."""

    kind: Literal["agent.deactivated"] = "agent.deactivated"
    agent: AgentId
    reason: str


@record
class AgentReactivated(Happened):
    """Takes new work again."""

    kind: Literal["agent.reactivated"] = "agent.reactivated"
    agent: AgentId


AgentEvent: TypeAlias = (
    AgentRegistered
    | AgentRenamed
    | AgentJoinedTeam
    | AgentLeftTeam
    | AgentDeactivated
    | AgentReactivated
)


@record
class Agent:
    """`teams` are in the order of joining: the first one is the agent's home."""

    version: int = 0
    name: str = ""
    email: str = ""
    teams: tuple[TeamId, ...] = ()
    active: bool = False

    @property
    def exists(self) -> bool:
        return self.version > 0

    @property
    def home(self) -> TeamId | None:
        """The team that their work counts for unless another one is named."""
        return self.teams[0] if self.teams else None


def evolve(agent: Agent, event: AgentEvent) -> Agent:
    """The agent after `event`; never refuses."""
    return replace(_after(agent, event), version=agent.version + 1)


def _after(agent: Agent, event: AgentEvent) -> Agent:
    match event:
        case AgentRegistered(name=name, email=email, teams=teams):
            return Agent(name=name, email=email, teams=teams, active=True)
        case AgentRenamed(name=name):
            return replace(agent, name=name)
        case AgentJoinedTeam(team=team):
            return replace(agent, teams=(*(t for t in agent.teams if t != team), team))
        case AgentLeftTeam(team=team):
            return replace(agent, teams=tuple(t for t in agent.teams if t != team))
        case AgentDeactivated():
            return replace(agent, active=False)
        case AgentReactivated():
            return replace(agent, active=True)
        case _:
            assert_never(event)
