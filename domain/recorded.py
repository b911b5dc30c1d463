"""An event in its envelope, as the log returns it."""

from datetime import datetime
from typing import Generic, TypeVar

from domain.happened import Happened
from domain.ids import CommandId, EventId, StreamId, WorkspaceId, event_id
from domain.record import record

E_co = TypeVar("E_co", bound=Happened, covariant=True)


@record
class Source:
    """Where an imported event comes from: the system, its own name for the case, and the row.

    `row` counts the data rows of the file from 1; several events may come from one row.
    """

    system: str
    case: str
    row: int


class UnreadableEvent(Exception):
    """The log holds an event that this program does not know, or cannot read."""

    def at(self, lane: int, position: int, stream: str, version: int) -> "UnreadableEvent":
        """The same of an event in its place."""
        told = str(self)
        return UnreadableEvent(
            f"Event {position} of lane {lane} ({stream}, version {version}):"
            f" {told[:1].lower()}{told[1:]}"
        )


@record
class Recorded(Generic[E_co]):
    """One event with its place in the log.

    `version` counts the events of a stream from 1 without a gap; `position` counts the events of
    a lane from 1 without a gap. `recorded_at` is the server's clock when the event was written;
    the event's own `at` differs from it only for imported history.
    """

    workspace: WorkspaceId
    stream: StreamId
    version: int
    lane: int
    position: int
    event: E_co
    recorded_at: datetime
    command_id: CommandId
    correlation_id: str
    causation_id: str | None = None
    schema_version: int = 1
    source: Source | None = None

    @property
    def event_id(self) -> EventId:
        return event_id(self.workspace, self.stream, self.version)

    @property
    def occurred_at(self) -> datetime:
        return self.event.at
