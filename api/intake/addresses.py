"""Who is reached at an address: as the view tells, or from memory where that still holds."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeAlias
from uuid import UUID, uuid5

from commands.states import States
from domain.ids import RequesterId, WorkspaceId, requester_stream
from domain.people.requester import Medium, Requester
from projections.people import comparable, requesters_at
from projections.ports import Reader

KEPT = 10_000
"""Addresses in memory; the least recently used one goes first."""

_NAMESPACE = UUID("0d6b3f0a-6f3e-5d0e-9c55-2f7d1b8e4a90")

_Place: TypeAlias = tuple[WorkspaceId, Medium, str]


class Addresses:
    """Safe to share between threads.

    Whoever writes into a conversation does so again and again: the view is not asked each time, as
    long as the requester that it named has the address.
    """

    def __init__(self, states: States, reader: Callable[[WorkspaceId], Reader]) -> None:
        self._states = states
        self._reader = reader
        self._found: OrderedDict[_Place, RequesterId] = OrderedDict()
        self._lock = Lock()

    def requester(self, workspace: WorkspaceId, medium: Medium, address: str) -> RequesterId:
        """The first who has the address. Raises Unavailable.

        For one that nobody has it is an id that follows from it, so that two reports of the same
        newcomer name the same one, before any view shows them.
        """
        place = (workspace, medium, comparable(medium, address))
        requester = self._remembered(place)
        if requester is None:
            found = requesters_at(self._reader(workspace), medium, address)
            name = f"{medium.value}\n{place[2]}"
            requester = RequesterId(found[0]["id"]) if found else of_name(name)
        with self._lock:
            self._found[place] = requester
            self._found.move_to_end(place)
            if len(self._found) > KEPT:
                self._found.popitem(last=False)
        return requester

    def knows(self, workspace: WorkspaceId, medium: Medium, address: str) -> bool:
        """Whether `requester` would answer from memory now."""
        return self._remembered((workspace, medium, comparable(medium, address))) is not None

    def _remembered(self, place: _Place) -> RequesterId | None:
        with self._lock:
            before = self._found.get(place)
        return before if before is not None and self._has(before, place) else None

    def _has(self, requester: RequesterId, place: _Place) -> bool:
        workspace, medium, known = place
        seen = self._states.seen(workspace, requester_stream(requester))
        if seen is None:
            return False
        state: Requester = seen.state
        return any(comparable(medium, address) == known for address in state.addresses(medium))


def of_name(name: str) -> RequesterId:
    """The id of somebody who is known by a name alone."""
    return RequesterId(str(uuid5(_NAMESPACE, name)))
