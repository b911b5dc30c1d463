"""Rows of tickets as lists show them, for the tickets that messages are about."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from api.resources import row_resource, with_clocks
from commands.ports import Clock
from commands.states import States
from domain.ids import SLA_BOOK, WorkspaceId
from domain.sla.book import Book
from projections import queue, requester_tickets
from projections.ports import Reader

Rows = Mapping[str, dict[str, Any]]
"""By the ids of their tickets."""


class Lists(Protocol):
    """Of one workspace. Methods raise Unavailable."""

    def queue(self, tickets: Sequence[str]) -> Rows:
        """As GET /tickets shows them to those who work here."""

    def own(self, tickets: Sequence[str]) -> Rows:
        """As GET /tickets shows them to their requesters."""


class DeskLists:
    """Lists, read from the views."""

    def __init__(
        self,
        reader: Callable[[WorkspaceId], Reader],
        states: States,
        clock: Clock,
        workspace: WorkspaceId,
    ) -> None:
        self._reader = reader(workspace)
        self._states = states
        self._clock = clock
        self._workspace = workspace

    def queue(self, tickets: Sequence[str]) -> Rows:
        rows = list(queue.tickets(self._reader, tickets).values())
        book: Book = self._states.load(self._workspace, SLA_BOOK).state
        shown = with_clocks(rows, self._reader, self._clock.now(), book)
        return {row["id"]: row for row in shown}

    def own(self, tickets: Sequence[str]) -> Rows:
        rows = requester_tickets.tickets(self._reader, tickets).values()
        return {row["ticket"]: row_resource(row) for row in rows}
