"""Who and what is around a ticket, for the variables of prepared texts."""

from typing import Any

from api.reading import Reading
from domain.configuration.variables import Scene
from domain.ids import (
    AgentId,
    StreamId,
    agent_stream,
    organisation_stream,
    queue_stream,
    requester_stream,
    team_stream,
)
from domain.people.agent import Agent
from domain.ticket.state import Ticket


def scene_of(reading: Reading, ticket: Ticket) -> Scene:
    """A ticket as of now, for who reads: the name of the account stands in for that of an agent."""
    principal, states = reading.principal, reading.services.handler.states

    def state(stream: StreamId) -> Any:
        return states.load(principal.workspace, stream).state

    agent: Agent = state(agent_stream(AgentId(principal.person)))
    around = {
        "requester": state(requester_stream(ticket.requester)),
        "organisation": ticket.organisation and state(organisation_stream(ticket.organisation)),
        "agent": agent if agent.exists else Agent(name=principal.name),
        "assignee": ticket.agent and state(agent_stream(ticket.agent)),
        "team": ticket.team and state(team_stream(ticket.team)),
        "queue": ticket.queue and state(queue_stream(ticket.queue)),
    }
    return Scene(ticket=ticket, **{name: found for name, found in around.items() if found})
