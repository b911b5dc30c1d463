"""Carries out what is due: the reactions ask the views, the handler decides."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import structlog

from commands.handle import Handler
from commands.ports import Clock, VersionConflict
from commands.reactions.due import Desk, DueTicket, Reaction
from domain.errors import Refused
from domain.ids import DESK_RULES, SLA_BOOK, CommandId, TicketId, WorkspaceId
from projections import timers
from projections.ports import Reader

log = structlog.get_logger("timers")

AT_ONCE = 100
"""Requests of one reaction in one round; the next round takes the rest."""


class DueByViews:
    """commands.reactions.due.DueTickets by the queue's rows."""

    def __init__(self, reader: Callable[[WorkspaceId], Reader]) -> None:
        self._reader = reader

    def resolved_until(
        self, workspace: WorkspaceId, instant: datetime, limit: int
    ) -> Sequence[DueTicket]:
        """Resolved at or before `instant`."""
        rows = timers.due_closings(self._reader(workspace), instant, timedelta(), limit)
        return [_due(row["ticket"], row["version"]) for row in rows]

    def waking_until(
        self, workspace: WorkspaceId, instant: datetime, limit: int
    ) -> Sequence[DueTicket]:
        """To be woken at or before `instant`."""
        rows = timers.due_wake_ups(self._reader(workspace), instant, limit)
        return [_due(row["ticket"], row["version"]) for row in rows]


class Timers:
    """One round of all reactions over all workspaces. Several processes may do rounds at once."""

    def __init__(
        self,
        handler: Handler,
        clock: Clock,
        reader: Callable[[WorkspaceId], Reader],
        workspaces: Callable[[], Iterable[WorkspaceId]],
        reactions: Sequence[Reaction],
    ) -> None:
        self._handler = handler
        self._clock = clock
        self._tickets = DueByViews(reader)
        self._workspaces = workspaces
        self._reactions = tuple(reactions)
        self._refused: dict[str, frozenset[CommandId]] = {}

    def round(self) -> int:
        """Ask for what is due now; how many requests that were.

        A refused one is no fault: the ticket moved on, and the view shows it in a moment. If it
        does not, the request stands no longer in the way of those behind it. Raises
        StoreUnavailable and Unavailable.
        """
        asked = 0
        for workspace in self._workspaces():
            load = self._handler.states.load
            desk = Desk(
                rules=load(workspace, DESK_RULES).state, book=load(workspace, SLA_BOOK).state
            )
            for reaction in self._reactions:
                key = f"{workspace}/{reaction.name}"
                before = self._refused.get(key, frozenset())
                refused = set()
                now, limit = self._clock.now(), AT_ONCE + len(before)
                for request in reaction.due(workspace, now, desk, self._tickets, limit):
                    if request.command_id in before:
                        refused.add(request.command_id)
                        continue
                    asked += 1
                    try:
                        self._handler.handle(request)
                    except (Refused, VersionConflict) as refusal:
                        refused.add(request.command_id)
                        log.debug("overtaken", rule=reaction.name, because=str(refusal))
                self._refused[key] = frozenset(refused)
        return asked


def _due(ticket: str, version: int) -> DueTicket:
    return DueTicket(ticket=TicketId(ticket), version=version)
