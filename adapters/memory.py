"""The whole log in memory: the same behaviour under the same contract tests, for tests and trials.

Nothing is shared with the PostgreSQL adapter but the codec, so each checks the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Condition
from typing import Any
from uuid import UUID

from adapters.codec import decode, kind_and_version
from adapters.lanes import lane_of
from adapters.packing import pack, receipt
from commands.ports import (
    Append,
    Appended,
    Packed,
    Receipt,
    StreamCheck,
    VersionConflict,
)
from domain.errors import CommandIdReused
from domain.ids import CommandId, StreamId, TicketNumber, WorkspaceId
from domain.position import Position
from domain.recorded import Recorded
from projections.ports import Key, Table


class MemoryStore:
    """commands.ports.EventStore and projections.ports.Feed. Safe to share between threads."""

    def __init__(self, lanes: int = 1) -> None:
        """Begin with an empty log of `lanes` lanes."""
        self._lanes: list[list[Recorded[Any]]] = [[] for _ in range(lanes)]
        self._streams: dict[tuple[WorkspaceId, StreamId], list[Recorded[Any]]] = {}
        self._answers: dict[tuple[WorkspaceId, CommandId], tuple[str, Appended]] = {}
        self._changed = Condition()

    def epoch(self, *, fresh: bool = False) -> int:
        """Always the same: nobody restores it, and its lanes stay."""
        return 0

    # ── Writing ──────────────────────────────────────────────────────────────────────────────────

    def append(self, request: Append) -> Appended:
        """Write one request; see EventStore."""
        with self._changed:
            return self._append(pack(request), request.checks)

    def append_many(self, requests: Sequence[Append]) -> list[Appended | VersionConflict]:
        """Write independent requests; see EventStore."""
        return self._append_all([(pack(request), request.checks) for request in requests])

    def append_history(self, requests: Sequence[Packed]) -> list[Receipt | VersionConflict]:
        """Write packed requests; see BulkStore."""
        return [receipt(outcome) for outcome in self._append_all([(one, ()) for one in requests])]

    def answered(
        self, workspace: WorkspaceId, command_id: CommandId, fingerprint: str
    ) -> Appended | None:
        """The first answer to a command id; see EventStore."""
        known = self._answers.get((workspace, command_id))
        if known is None:
            return None
        digest, first = known
        if digest != fingerprint:
            raise CommandIdReused(
                f"The command id {command_id} was given to another request. "
                "Make a new one for each.",
                command_id=str(command_id),
            )
        return Appended(
            stream=first.stream,
            version=first.version,
            events=first.events,
            position=first.position,
            repeated=True,
        )

    def _append_all(
        self, requests: Sequence[tuple[Packed, Sequence[StreamCheck]]]
    ) -> list[Appended | VersionConflict]:
        outcomes: list[Appended | VersionConflict] = []
        reused: CommandIdReused | None = None
        with self._changed:
            for packed, checks in requests:
                try:
                    outcomes.append(self._append(packed, checks))
                except VersionConflict as conflict:
                    outcomes.append(conflict)
                except CommandIdReused as refusal:
                    reused = reused or refusal
        if reused is not None:
            raise reused
        return outcomes

    def _append(self, packed: Packed, checks: Sequence[StreamCheck]) -> Appended:
        command = CommandId(UUID(bytes=packed.command))
        answered = self.answered(packed.workspace, command, packed.fingerprint)
        if answered is not None:
            return answered
        wanted = [(write.stream, write.expected_version) for write in packed.writes]
        wanted += [(check.stream, check.version) for check in checks]
        for stream, expected in wanted:
            actual = len(self._streams.get((packed.workspace, stream), ()))
            if actual != expected:
                raise VersionConflict(stream, expected, actual)
        position = Position()
        events: list[Recorded[Any]] = []
        for write in packed.writes:
            lane = lane_of(packed.workspace, write.stream, len(self._lanes))
            events.extend(
                self._write(packed, command, write.stream, lane, encoded)
                for encoded in write.events
            )
            position = position.joined(Position.of({lane: len(self._lanes[lane])}))
        first = packed.writes[0].stream
        appended = Appended(
            stream=first,
            version=len(self._streams.get((packed.workspace, first), ())),
            events=tuple(events),
            position=position,
        )
        self._answers[packed.workspace, command] = packed.fingerprint, appended
        self._changed.notify_all()
        return appended

    def _write(
        self,
        packed: Packed,
        command: CommandId,
        name: StreamId,
        lane: int,
        encoded: tuple[str, bytes],
    ) -> Recorded[Any]:
        topic, data = encoded
        stream = self._streams.setdefault((packed.workspace, name), [])
        stored = decode(topic, data)
        recorded: Recorded[Any] = Recorded(
            workspace=packed.workspace,
            stream=name,
            version=len(stream) + 1,
            lane=lane,
            position=len(self._lanes[lane]) + 1,
            event=stored.event,
            recorded_at=packed.recorded_at,
            command_id=command,
            correlation_id=stored.correlation,
            causation_id=stored.causation,
            schema_version=kind_and_version(topic)[1],
            source=stored.source,
        )
        stream.append(recorded)
        self._lanes[lane].append(recorded)
        return recorded

    # ── Reading ──────────────────────────────────────────────────────────────────────────────────

    def load(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> tuple[Recorded[Any], ...]:
        """Events of a stream; see EventStore."""
        return tuple(self._streams.get((workspace, stream), ())[after:])

    def load_many(
        self, workspace: WorkspaceId, after: Mapping[StreamId, int]
    ) -> dict[StreamId, tuple[Recorded[Any], ...]]:
        """Events of several streams; see EventStore."""
        loaded = {
            stream: self.load(workspace, stream, after=version) for stream, version in after.items()
        }
        return {stream: events for stream, events in loaded.items() if events}

    def lanes(self) -> Sequence[int]:
        """The lanes of the log."""
        return range(len(self._lanes))

    def page(self, lane: int, after: int, limit: int) -> Sequence[Recorded[Any]]:
        """A page of a lane; see Feed."""
        return self._lanes[lane][after : after + limit]

    def head(self) -> Position:
        """The last position of every lane."""
        return Position.of({lane: len(events) for lane, events in enumerate(self._lanes)})

    def wait(self, beyond: Position, timeout: float) -> bool:
        """Wait up to `timeout` seconds for any lane to be past `beyond`."""
        with self._changed:
            return self._changed.wait_for(lambda: not self.head().covered_by(beyond), timeout)


class MemoryNumbers:
    """commands.ports.Numbers."""

    def __init__(self) -> None:
        """Begin at 1 in every workspace."""
        self._last: dict[WorkspaceId, int] = {}
        self._lock = Condition()

    def next(self, workspace: WorkspaceId) -> TicketNumber:
        """The next number of a workspace."""
        return TicketNumber(self.take(workspace, 1)[0])

    def take(self, workspace: WorkspaceId, count: int) -> range:
        """Reserve `count` consecutive numbers."""
        with self._lock:
            last = self._last.get(workspace, 0) + count
            self._last[workspace] = last
        return range(last - count + 1, last + 1)


class MemoryRows:
    """projections.ports.Rows over dictionaries."""

    def __init__(self) -> None:
        """Begin with empty tables."""
        self.tables: dict[str, dict[Key, Any]] = {}

    def get(self, table: Table, key: Key) -> Any | None:
        """The row under `key`; see Rows."""
        return self.tables.get(table.name, {}).get(key)

    def put(self, table: Table, row: Any) -> None:
        """Insert or replace a row; see Rows."""
        self.tables.setdefault(table.name, {})[_key(table, row)] = row

    def delete(self, table: Table, key: Key) -> None:
        """Remove the row under `key`; see Rows."""
        self.tables.get(table.name, {}).pop(key, None)

    def add(self, table: Table, row: Any) -> None:
        """Add the summed columns of `row`; see Rows."""
        before = self.get(table, _key(table, row))
        if before is not None:
            sums = {name: getattr(before, name) + getattr(row, name) for name in table.summed}
            row = replace(row, **sums)
        self.put(table, row)


def _key(table: Table, row: Any) -> Key:
    return tuple(getattr(row, name) for name in table.key)
