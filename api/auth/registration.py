"""Which person of the desk somebody who signs in is; a new one is registered by a command."""

import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any
from uuid import uuid4

from commands.envelope import Command, Request
from commands.handle import Handler
from commands.people.agent import RegisterAgent
from commands.people.requester import RegisterRequester
from domain.actor import Actor
from domain.ids import (
    AgentId,
    CommandId,
    RequesterId,
    StreamId,
    WorkspaceId,
    agent_stream,
    requester_stream,
)
from domain.record import record

_UNFIT = re.compile(r"[^A-Za-z0-9._+-]+")
_LONGEST = 80


@record
class Newcomer:
    """Somebody who may have to be registered; `email` is in lower case, or empty."""

    is_requester: bool
    name: str
    email: str


class Registration:
    """Registers people as `by`. Methods raise StoreUnavailable when the database is away."""

    def __init__(self, handler: Handler, workspace: WorkspaceId, by: Actor) -> None:
        self._handler = handler
        self._workspace = workspace
        self._by = by

    def exists(self, person: str, *, is_requester: bool) -> bool:
        """Whether there is such a requester, or such an agent."""
        return bool(self._state(person, is_requester=is_requester).exists)

    def is_deactivated(self, person: str) -> bool:
        """Whether the agent is there and works here no longer."""
        agent = self._state(person, is_requester=False)
        return bool(agent.exists and not agent.active)

    def ensure(self, newcomer: Newcomer, person: str) -> None:
        """Register the person under that id unless there is one. Raises Refused."""
        stream, register = _registration(person, newcomer)
        if not self._handler.states.load(self._workspace, stream).version:
            self._handler.handle(
                Request(
                    workspace=self._workspace,
                    command=register,
                    command_id=CommandId(uuid4()),
                    by=self._by,
                )
            )

    def free_id(self, newcomer: Newcomer) -> str:
        """An id that nobody has, or that of whoever is registered under the newcomer's address.

        It is made of the address' first part, and of all of it when somebody else has that: who
        signs in as a requester sees all tickets under the id.
        """
        return next(ident for ident in _ids(newcomer.email) if self._fits(ident, newcomer))

    def _fits(self, person: str, newcomer: Newcomer) -> bool:
        found = self._state(person, is_requester=newcomer.is_requester)
        addresses: Iterable[str] = found.emails if newcomer.is_requester else {found.email}
        return not found.exists or newcomer.email in {address.lower() for address in addresses}

    def _state(self, person: str, *, is_requester: bool) -> Any:
        """An agent's or a requester's state."""
        newcomer = Newcomer(is_requester=is_requester, name="", email="")
        stream, _ = _registration(person, newcomer)
        return self._handler.states.load(self._workspace, stream).state


def _fit(text: str) -> str:
    """The text as far as an id may hold it (domain.checks.ident)."""
    return _UNFIT.sub("-", text).lstrip("._+-")[:_LONGEST] or "person"


def _ids(email: str) -> Iterator[str]:
    """Ids for the owner of an address, the nicest first."""
    whole = _fit(email)
    yield _fit(email.partition("@")[0])
    yield whole
    yield from (f"{whole}-{n}" for n in count(2))


def _registration(person: str, newcomer: Newcomer) -> tuple[StreamId, Command]:
    if newcomer.is_requester:
        requester = RequesterId(person)
        return requester_stream(requester), RegisterRequester(
            requester=requester,
            display_name=newcomer.name,
            emails=(newcomer.email,) if newcomer.email else (),
        )
    agent = AgentId(person)
    return agent_stream(agent), RegisterAgent(
        agent=agent, display_name=newcomer.name, email=newcomer.email
    )
