"""What commands name: people and places, there and able to take work? Values that fit?

Each looks into `Context.known`, so the command must list the stream in `reads` or `involves`.
Each raises NotFound when there is no such thing and Invalid when it takes no work any more; both
say which field of the command named it.
"""

from typing import NoReturn, Protocol

from commands.envelope import Command, Context
from domain.configuration.field import Fields
from domain.errors import Invalid, NotAllowed, NotFound
from domain.ids import (
    FIELDS,
    AgentId,
    OrganisationId,
    QueueId,
    RequesterId,
    TeamId,
    agent_stream,
    organisation_stream,
    queue_stream,
    requester_stream,
    team_stream,
)
from domain.people.agent import Agent
from domain.people.organisation import Organisation
from domain.people.queue import Queue
from domain.people.requester import Requester
from domain.people.team import Team
from domain.ticket.state import Ticket
from domain.ticket.words import FieldValue


def active_agent(ctx: Context, agent: AgentId, field: str = "agent") -> Agent:
    """The agent, who takes new work."""
    found: Agent = ctx.known[agent_stream(agent)]
    if not found.exists:
        raise NotFound(f"There is no agent {agent!r}.", field=field, agent=agent)
    if not found.active:
        raise Invalid(f"Agent {agent!r} is not active.", field=field, agent=agent)
    return found


def working_queue(ctx: Context, queue: QueueId, field: str = "queue") -> Queue:
    """The queue, which takes new tickets."""
    found: Queue = ctx.known[queue_stream(queue)]
    if not found.exists:
        raise NotFound(f"There is no queue {queue!r}.", field=field, queue=queue)
    if found.retired:
        raise Invalid(f"Queue {queue!r} is retired.", field=field, queue=queue)
    return found


def working_team(ctx: Context, team: TeamId, field: str = "team") -> Team:
    """The team, which takes new work and members."""
    found: Team = ctx.known[team_stream(team)]
    if not found.exists:
        raise NotFound(f"There is no team {team!r}.", field=field, team=team)
    if found.retired:
        raise Invalid(f"Team {team!r} is retired.", field=field, team=team)
    return found


def known_requester(ctx: Context, requester: RequesterId, field: str = "requester") -> Requester:
    """The requester, who is registered."""
    found: Requester = ctx.known[requester_stream(requester)]
    if not found.exists:
        raise NotFound(f"There is no requester {requester!r}.", field=field, requester=requester)
    return found


def known_organisation(
    ctx: Context, organisation: OrganisationId, field: str = "organisation"
) -> Organisation:
    """The organisation, which is registered."""
    found: Organisation = ctx.known[organisation_stream(organisation)]
    if not found.exists:
        raise NotFound(
            f"There is no organisation {organisation!r}.", field=field, organisation=organisation
        )
    return found


def fitting_value(ctx: Context, name: str, value: FieldValue, field: str = "value") -> None:
    """Refuse a value that the definition of a custom field, where there is one, does not take."""
    fields: Fields = ctx.known[FIELDS]
    definition = fields.of(name)
    misfit = definition.misfit(value) if definition.exists else None
    if misfit is not None:
        choices = [choice.value for choice in definition.choices]
        raise Invalid(
            f"Field {name!r} {misfit}.",
            field=field,
            kind=definition.kind,
            **({"choices": choices} if choices else {}),
        )


def filled_in(ctx: Context, ticket: Ticket) -> None:
    """Refuse to go on while a field is empty that the definitions require to resolve a ticket."""
    fields: Fields = ctx.known[FIELDS]
    missing = fields.missing(dict(ticket.fields))
    if missing:
        names = ", ".join(repr(name) for name in missing)
        message = f"Fill in {names} before the ticket is resolved."
        raise Invalid(
            message,
            field=f"fields.{missing[0]}",
            missing=list(missing),
            problems=[
                {"field": f"fields.{name}", "message": f"Fill in {name!r} first."}
                for name in missing
            ],
        )


class Known(Protocol):
    """The state of a small thing: a requester, organisation, agent, team or queue."""

    @property
    def exists(self) -> bool: ...


def require_known(thing: Known, field: str, ident: str) -> None:
    """Refuse a command on something that was never registered."""
    if not thing.exists:
        raise NotFound(f"There is no {field} {ident!r}.", field=field)


def refuse_again(command: Command, field: str, ident: str) -> NoReturn:
    """Refuse to register something else under an id that is taken."""
    raise NotAllowed(
        f"There is a {field} {ident!r} already, and it is another one.",
        field=field,
        command=command.name,
    )
