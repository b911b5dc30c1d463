"""Announcements and presences in memory, under a clock that the caller gives."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

import orjson

from domain.ids import TicketId, WorkspaceId
from domain.presence import Present, together

_Heard = Callable[[WorkspaceId, str | None, str, Any], None]
_Key = tuple[WorkspaceId, TicketId, str, str]


class MemoryAnnouncements:
    """api.live.ports.Announcements of one process; `board` joins it to those of others."""

    def __init__(self, board: list[_Heard] | None = None) -> None:
        self._listeners = [] if board is None else board

    def tell(self, workspace: WorkspaceId, person: str | None, event: str, data: Any) -> None:
        """Everybody hears it before this returns."""
        heard = orjson.loads(orjson.dumps(data, option=orjson.OPT_UTC_Z))
        for listener in self._listeners:
            listener(workspace, person, event, heard)

    def listen(self, heard: _Heard, missed: Callable[[], None]) -> None:
        self._listeners.append(heard)


class MemoryPresences:
    """api.live.ports.Presences. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float], life: float) -> None:
        """Without a renewal somebody is there for `life` seconds of the clock."""
        self._clock = clock
        self._life = life
        self._there: dict[_Key, tuple[Present, float]] = {}
        self._lock = Lock()

    def come(self, workspace: WorkspaceId, ticket: TicketId, who: Present, connection: str) -> bool:
        with self._lock:
            key = (workspace, ticket, who.person, connection)
            known, until = self._there.get(key, (None, 0.0))
            now = self._clock()
            if known is not None and until > now:
                who = replace(who, since=known.since)
            else:
                known = None
            self._there[key] = who, now + self._life
            return known is None or known.activity is not who.activity

    def go(self, workspace: WorkspaceId, ticket: TicketId, person: str, connection: str) -> bool:
        with self._lock:
            _, until = self._there.pop((workspace, ticket, person, connection), (None, 0.0))
            return until > self._clock()

    def on(
        self, workspace: WorkspaceId, tickets: Collection[TicketId] | None = None
    ) -> Mapping[TicketId, Sequence[Present]]:
        with self._lock:
            now = self._clock()
            found: dict[TicketId, list[Present]] = {}
            for (where, ticket, _, _), (who, until) in self._there.items():
                if where == workspace and until > now and (tickets is None or ticket in tickets):
                    found.setdefault(ticket, []).append(who)
        return {ticket: together(connections) for ticket, connections in found.items()}

    def expire(self) -> Collection[tuple[WorkspaceId, TicketId]]:
        with self._lock:
            now = self._clock()
            over = [key for key, (_, until) in self._there.items() if until <= now]
            for key in over:
                del self._there[key]
            return {(workspace, ticket) for workspace, ticket, _, _ in over}
