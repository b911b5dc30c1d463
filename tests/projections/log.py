"""A log in memory for tests of the read side: events in, recorded events and a feed out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.actor import Actor, ActorKind
from domain.happened import Happened
from domain.ids import (
    CommandId,
    MessageId,
    RequesterId,
    StreamId,
    TicketId,
    TicketNumber,
    WorkspaceId,
    ticket_stream,
)
from domain.position import Position
from domain.recorded import Recorded, Source
from domain.ticket.events import MessageReceived, ReplySent, TicketOpened
from domain.ticket.words import Channel

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOME = WorkspaceId("home")
AWAY = WorkspaceId("away")
KIM = Actor(kind=ActorKind.AGENT, id="kim")
ANN = Actor(kind=ActorKind.REQUESTER, id="ann")
RULE = Actor(kind=ActorKind.RULE, id="thanks", rule_version=1)


def minute(n: float) -> datetime:
    return START + timedelta(minutes=n)


class Log:
    """projections.ports.Feed over a list per lane; streams go to lanes by their length."""

    def __init__(self, lanes: int = 1) -> None:
        self._events: dict[int, list[Recorded[Any]]] = {lane: [] for lane in range(lanes)}
        self._versions: dict[tuple[WorkspaceId, StreamId], int] = {}

    def write(
        self,
        stream: StreamId,
        *events: Happened,
        workspace: WorkspaceId = HOME,
        source: Source | None = None,
    ) -> list[Recorded[Any]]:
        lane = sum(stream.encode()) % len(self._events)
        written = []
        for event in events:
            version = self._versions.get((workspace, stream), 0) + 1
            self._versions[workspace, stream] = version
            recorded = Recorded(
                workspace=workspace,
                stream=stream,
                version=version,
                lane=lane,
                position=len(self._events[lane]) + 1,
                event=event,
                source=source,
                recorded_at=event.at,
                command_id=CommandId(UUID(int=version)),
                correlation_id="test",
            )
            self._events[lane].append(recorded)
            written.append(recorded)
        return written

    def add_lane(self) -> None:
        self._events[len(self._events)] = []

    def all(self) -> list[Recorded[Any]]:
        return [recorded for events in self._events.values() for recorded in events]

    def lanes(self) -> Sequence[int]:
        return sorted(self._events)

    def page(self, lane: int, after: int, limit: int) -> Sequence[Recorded[Any]]:
        return self._events[lane][after : after + limit]

    def head(self) -> Position:
        return Position.of({lane: len(events) for lane, events in self._events.items()})

    def load(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> Sequence[Recorded[Any]]:
        found = [r for r in self.all() if (r.workspace, r.stream) == (workspace, stream)]
        return found[after:]

    def wait(self, beyond: Position, timeout: float) -> bool:
        del timeout
        return not self.head().covered_by(beyond)


def opened(number: int = 1, at: float = 0, **changes: Any) -> TicketOpened:
    event = TicketOpened(
        by=ANN,
        at=minute(at),
        number=TicketNumber(number),
        requester=RequesterId("ann"),
        subject=f"Printer {number} is on fire",
        description="It smokes.",
    )
    return replace(event, **changes)


def said(text: str, at: float, message: str | None = None) -> MessageReceived:
    return MessageReceived(
        by=ANN,
        at=minute(at),
        message=MessageId(message or text),
        requester=RequesterId("ann"),
        body=text,
        channel=Channel.EMAIL,
    )


def replied(text: str, at: float, by: Actor = KIM) -> ReplySent:
    return ReplySent(
        by=by,
        at=minute(at),
        message=MessageId(text),
        requester=RequesterId("ann"),
        body=text,
        channel=Channel.EMAIL,
    )


def ticket(name: str) -> StreamId:
    return ticket_stream(TicketId(name))


def recorded_all(stream: StreamId, events: Iterable[Happened]) -> list[Recorded[Any]]:
    return Log().write(stream, *events)
