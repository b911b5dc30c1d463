"""What the write side needs from the outside world."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from domain.happened import Happened
from domain.ids import CommandId, StreamId, TicketNumber, WorkspaceId
from domain.position import Position
from domain.record import record
from domain.recorded import Recorded, Source


@record
class NewEvent:
    event: Happened
    source: Source | None = None


@record
class StreamWrite:
    """Events for one stream, to be written only if it is at `expected_version` (0: new).

    `events` may be empty: the version is checked all the same, so a decision that read a stream
    without writing it holds only if that stream stayed as it was.
    """

    stream: StreamId
    expected_version: int
    events: tuple[NewEvent, ...]


@record
class StreamCheck:
    """A stream that a decision only looked at, and the version it saw (0: there was none).

    It must still be there when the events are written. Unlike a StreamWrite it keeps nobody out of
    the stream's lane: of two commands in different lanes that each look at what the other writes,
    both may be accepted.
    """

    stream: StreamId
    version: int


@record
class Append:
    """One command's events for one or several streams: all of them are written, or none.

    `fingerprint` is a digest of the request: the same command id with another fingerprint is
    refused. `writes` may hold no events at all: then only the command id is remembered.
    The first write names the stream that the command is about; no stream is named twice, in
    `writes` and `checks` together. `epoch` is that of the log which was decided on: in another one
    nothing is written (None: whatever it is now).
    """

    workspace: WorkspaceId
    command_id: CommandId
    fingerprint: str
    correlation_id: str
    causation_id: str | None = None
    recorded_at: datetime
    writes: tuple[StreamWrite, ...]
    checks: tuple[StreamCheck, ...] = ()
    epoch: int | None = None

    def __post_init__(self) -> None:
        if not self.writes:
            raise ValueError("An append names at least one stream, even if it writes nothing.")
        named = [write.stream for write in self.writes] + [check.stream for check in self.checks]
        if len(set(named)) < len(named):
            raise ValueError("An append names each stream once.")


@record
class Appended:
    """What the log holds under a command id, now or from before (`repeated`).

    `version` is that of the first stream after the command.
    """

    stream: StreamId
    version: int
    events: tuple[Recorded[Any], ...]
    position: Position
    repeated: bool = False


class VersionConflict(Exception):
    """A stream was not at the expected version; nothing was written."""

    def __init__(self, stream: StreamId, expected: int, actual: int) -> None:
        super().__init__(f"{stream} is at version {actual}, expected {expected}")
        self.stream = stream
        self.expected = expected
        self.actual = actual


class LanesChanged(Exception):
    """The log is not the one that this process knew: restored, or dealt to other lanes.

    Nothing was written. What was kept in memory of it is void; look again, then decide again.
    """


class StoreUnavailable(Exception):
    """The log cannot be reached now.

    Whether the last append was written is unknown: repeat it with the same command id.
    """


class EventStore(Protocol):
    """The append-only log."""

    def epoch(self, *, fresh: bool = False) -> int:
        """Names the log: after a restore, or with other lanes, it is another one.

        As this process knows it, or with `fresh` as it is now.
        """

    def load(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> tuple[Recorded[Any], ...]:
        """Events of a stream with a version greater than `after`, in order."""

    def load_many(
        self, workspace: WorkspaceId, after: Mapping[StreamId, int]
    ) -> dict[StreamId, tuple[Recorded[Any], ...]]:
        """The same for several streams in one server call: versions greater than `after[stream]`.

        Streams without such events are left out.
        """

    def append(self, request: Append) -> Appended:
        """Write it, durably, in one server call.

        Raises VersionConflict, CommandIdReused (domain.errors), LanesChanged or StoreUnavailable.
        A command id that is in the log already gives its first answer, whatever the expected
        versions are.
        """

    def append_many(self, requests: Sequence[Append]) -> list[Appended | VersionConflict]:
        """Several independent requests in one transaction, each with its own outcome.

        Raises StoreUnavailable or LanesChanged, and nothing is written; and CommandIdReused, but
        not before all others were written.
        """

    def answered(
        self, workspace: WorkspaceId, command_id: CommandId, fingerprint: str
    ) -> Appended | None:
        """The first answer to a command id, if there is one.

        Raises CommandIdReused when it was given to another request.
        """


class PackedWrite(NamedTuple):
    """A StreamWrite whose events are as the log stores them: a topic and bytes each."""

    stream: StreamId
    expected_version: int
    events: tuple[tuple[str, bytes], ...]


class Packed(NamedTuple):
    """An Append that one process makes ready and another one writes. `command`: 16 bytes."""

    workspace: WorkspaceId
    command: bytes
    fingerprint: str
    recorded_at: datetime
    writes: tuple[PackedWrite, ...]

    @property
    def events(self) -> int:
        """How many there are."""
        return sum(len(write.events) for write in self.writes)


@record
class Receipt:
    """What became of a Packed: the version of its first stream after it.

    `repeated`: the command id was in the log before.
    """

    version: int
    repeated: bool = False


class BulkStore(Protocol):
    """The log, for those who bring whole histories."""

    def append_history(self, requests: Sequence[Packed]) -> list[Receipt | VersionConflict]:
        """EventStore.append_many for thousands of requests: the same checks, the same order.

        All are written in one transaction, at ascending positions in the order given. Whoever
        appends to one of the lanes meanwhile waits for it, so that a caller should not give more
        than about 50,000 events at once. Raises what append_many raises.
        """


class Numbers(Protocol):
    """Ticket numbers: per workspace, unique and ascending. Gaps are allowed, reuse is not."""

    def next(self, workspace: WorkspaceId) -> TicketNumber: ...

    def take(self, workspace: WorkspaceId, count: int) -> range:
        """Reserve `count` consecutive numbers."""


@record
class Loaded:
    """A stream's state and the version (number of events) it was folded to."""

    state: Any
    version: int


class Snapshots(Protocol):
    """States of long streams, so that nobody has to fold them from the beginning."""

    def has(self, workspace: WorkspaceId, stream: StreamId) -> bool:
        """Whether there is one, as far as this process knows; from memory."""

    def load(self, workspace: WorkspaceId, streams: Sequence[StreamId]) -> dict[StreamId, Loaded]:
        """The last snapshot of each stream that has one. Raises StoreUnavailable."""


class Ports(Protocol):
    """What the work on a command may ask for, answered while it waits."""

    @property
    def store(self) -> EventStore: ...

    @property
    def numbers(self) -> Numbers: ...

    @property
    def snapshots(self) -> Snapshots: ...


class AsyncEventStore(Protocol):
    """EventStore for an event loop: the same methods with the same meaning, awaited."""

    async def epoch(self, *, fresh: bool = False) -> int:
        """As EventStore.epoch."""

    async def load(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> tuple[Recorded[Any], ...]: ...

    async def load_many(
        self, workspace: WorkspaceId, after: Mapping[StreamId, int]
    ) -> dict[StreamId, tuple[Recorded[Any], ...]]: ...

    async def append(self, request: Append) -> Appended: ...

    async def answered(
        self, workspace: WorkspaceId, command_id: CommandId, fingerprint: str
    ) -> Appended | None: ...


class AsyncNumbers(Protocol):
    """Numbers for an event loop."""

    async def next(self, workspace: WorkspaceId) -> TicketNumber: ...


class AsyncSnapshots(Protocol):
    """Snapshots for an event loop."""

    async def load(
        self, workspace: WorkspaceId, streams: Sequence[StreamId]
    ) -> dict[StreamId, Loaded]: ...


class AsyncPorts(Protocol):
    """What the work on a command may ask for, awaited."""

    @property
    def store(self) -> AsyncEventStore: ...

    @property
    def numbers(self) -> AsyncNumbers: ...

    @property
    def snapshots(self) -> AsyncSnapshots: ...


class Clock(Protocol):
    def now(self) -> datetime:
        """The server's time, in UTC with microseconds."""
