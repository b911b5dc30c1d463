"""Keeps snapshots of long streams, off the path of requests."""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from commands.ports import Loaded, Snapshots
from commands.states import States
from domain.ids import StreamId, WorkspaceId

EVERY = 600.0
"""Seconds between looks at which streams are long."""

LONG = 500
"""Events after the last snapshot that are worth a new one: fewer are folded in milliseconds."""


class Due(Protocol):
    """A stream that has grown much since its last snapshot."""

    @property
    def workspace(self) -> WorkspaceId: ...

    @property
    def stream(self) -> StreamId: ...


class KeptSnapshots(Snapshots, Protocol):
    """Snapshots that can be taken. All methods raise StoreUnavailable."""

    def look(self) -> None:
        """Learn which streams have one."""

    def due(self, events: int, limit: int = 100) -> Sequence[Due]:
        """Streams with at least so many events after their last snapshot."""

    def take(
        self, workspace: WorkspaceId, stream: StreamId, snapshot: Loaded, *, epoch: int
    ) -> bool:
        """Keep one; False when its state would not come back as it was, or is of another epoch."""

    def prune(self, keep: int = 1) -> int:
        """Delete what nobody will load; how many."""


class SnapshotKeeper:
    """Takes snapshots that are due, and deletes those before them. For one thread."""

    def __init__(
        self,
        snapshots: KeptSnapshots,
        states: States,
        now: Callable[[], float] = time.monotonic,
        long: int = LONG,
    ) -> None:
        self._snapshots = snapshots
        self._states = states
        self._now = now
        self._long = long
        self._next = now()

    def round(self) -> int:
        """Do what is due, if it is time to look; how many were taken. Raises StoreUnavailable."""
        if self._now() < self._next:
            return 0
        self._next = self._now() + EVERY
        self._snapshots.look()
        taken = 0
        for due in self._snapshots.due(self._long):
            epoch = self._states.epoch()
            loaded = self._states.load_in(epoch, due.workspace, due.stream)
            taken += self._snapshots.take(due.workspace, due.stream, loaded, epoch=epoch)
        if taken:
            self._snapshots.prune()
        return taken
