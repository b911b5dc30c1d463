"""Which person of the desk somebody who signs in is."""

import re
from uuid import uuid4

from api.services import Services
from commands.envelope import Command, Request
from commands.people.agent import RegisterAgent
from commands.people.requester import RegisterRequester
from domain.access import Role
from domain.actor import Actor, ActorKind
from domain.ids import (
    AgentId,
    CommandId,
    RequesterId,
    StreamId,
    WorkspaceId,
    agent_stream,
    requester_stream,
)

_BY = Actor(kind=ActorKind.RULE, id="console", rule_version=1)
_UNFIT = re.compile(r"[^A-Za-z0-9._+-]+")


def person_of(opened: Services, email: str, role: Role, name: str, person: str | None) -> str:
    """The id of the agent or requester that `email` stands for; registered if they are new.

    A new one gets an id made of the address' first part, and of all of it when somebody else has
    that: who signs in as a requester sees all tickets under the id. Raises Refused.
    """
    workspace = WorkspaceId(opened.settings.workspace)
    account = opened.access.account(workspace, email)
    if person is None and account is not None:
        person = account.person
    chosen = person or _free_id(opened, workspace, email, role)
    stream, register = _registration(chosen, email, role, name)
    if not opened.handler.states.load(workspace, stream).version:
        opened.handler.handle(
            Request(workspace=workspace, command=register, command_id=CommandId(uuid4()), by=_BY)
        )
    return chosen


def _free_id(opened: Services, workspace: WorkspaceId, email: str, role: Role) -> str:
    """An id that nobody has, or that of whoever is registered under this address."""
    short = _UNFIT.sub("-", email.partition("@")[0])
    stream, _ = _registration(short, email, role, "")
    found = opened.handler.states.load(workspace, stream).state
    addresses = found.emails if role is Role.REQUESTER else {found.email}
    taken = found.exists and email not in {address.lower() for address in addresses}
    return _UNFIT.sub("-", email) if taken else short


def _registration(person: str, email: str, role: Role, name: str) -> tuple[StreamId, Command]:
    if role is Role.REQUESTER:
        requester = RequesterId(person)
        return requester_stream(requester), RegisterRequester(
            requester=requester, display_name=name, emails=(email,)
        )
    agent = AgentId(person)
    return agent_stream(agent), RegisterAgent(agent=agent, display_name=name, email=email)
