"""Looks at a log and writes nothing: what an import or a simulation would do."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from commands.imagined import imagined
from commands.ports import Append, Appended, EventStore, Packed, Receipt, VersionConflict
from domain.ids import CommandId, StreamId, TicketNumber, WorkspaceId
from domain.recorded import Recorded


class DryRunStore:
    """An EventStore and BulkStore that answers as the real one would, and forgets what it is told.

    So a second request on the same stream finds it as it was: right for programs that write each
    stream once, or plan ahead without reading back.
    """

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def epoch(self, *, fresh: bool = False) -> int:
        """That of the real log."""
        return self._store.epoch(fresh=fresh)

    def load(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> tuple[Recorded[Any], ...]:
        """What is in the real log."""
        return self._store.load(workspace, stream, after=after)

    def load_many(
        self, workspace: WorkspaceId, after: Mapping[StreamId, int]
    ) -> dict[StreamId, tuple[Recorded[Any], ...]]:
        """What is in the real log."""
        return self._store.load_many(workspace, after)

    def append(self, request: Append) -> Appended:
        """The first answer if there was one, else what would have been written, at position 0."""
        known = self.answered(request.workspace, request.command_id, request.fingerprint)
        return known or imagined(request)

    def append_many(self, requests: Sequence[Append]) -> list[Appended | VersionConflict]:
        """As `append`, for each."""
        return [self.append(request) for request in requests]

    def append_history(self, requests: Sequence[Packed]) -> list[Receipt | VersionConflict]:
        """As `append`, for each."""
        return [self._receipt(request) for request in requests]

    def _receipt(self, request: Packed) -> Receipt:
        command = CommandId(UUID(bytes=request.command))
        known = self.answered(request.workspace, command, request.fingerprint)
        if known is not None:
            return Receipt(version=known.version, repeated=True)
        first = request.writes[0]
        return Receipt(version=first.expected_version + len(first.events))

    def answered(
        self, workspace: WorkspaceId, command_id: CommandId, fingerprint: str
    ) -> Appended | None:
        """What the real log says."""
        return self._store.answered(workspace, command_id, fingerprint)


class DryRunNumbers:
    """Numbers that nobody gets."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, workspace: WorkspaceId) -> TicketNumber:
        return TicketNumber(self.take(workspace, 1)[0])

    def take(self, workspace: WorkspaceId, count: int) -> range:
        first = self._last + 1
        self._last += count
        return range(first, first + count)
