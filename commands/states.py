"""States of streams, kept in memory and brought up to date from the log at each use.

A kept state is only a head start: `load` always reads the events after it, so that a write by
another process is never overlooked.
"""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Any

from commands.ports import EventStore
from domain.ids import StreamId, WorkspaceId, category_of
from domain.record import record
from domain.states import FOLDS, fold_stream

KEPT = 10_000
"""States kept; the least recently used one goes first. A ticket takes about two kilobytes."""


@record
class Loaded:
    """A stream's state and the version (number of events) it was folded to."""

    state: Any
    version: int


class States:
    def __init__(self, store: EventStore, kept: int = KEPT) -> None:
        self._store = store
        self._limit = kept
        self._kept: OrderedDict[tuple[WorkspaceId, StreamId], Loaded] = OrderedDict()
        self._lock = Lock()

    def load(self, workspace: WorkspaceId, stream: StreamId) -> Loaded:
        """The state of `stream` as of now; a stream that does not exist has version 0."""
        return self.load_many(workspace, [stream])[stream]

    def load_many(
        self, workspace: WorkspaceId, streams: Iterable[StreamId]
    ) -> dict[StreamId, Loaded]:
        """The states of several streams as of now, by one look at the log."""
        with self._lock:
            kept = {stream: self._kept.get((workspace, stream)) for stream in streams}
        states = {stream: found or _nothing(stream) for stream, found in kept.items()}
        newer = self._store.load_many(
            workspace, {stream: found.version for stream, found in states.items()}
        )
        for stream, events in newer.items():
            state = fold_stream(stream, (r.event for r in events), states[stream].state)
            states[stream] = Loaded(state=state, version=events[-1].version)
            self._keep(workspace, stream, states[stream])
        return states

    def forget(self, workspace: WorkspaceId, stream: StreamId) -> None:
        with self._lock:
            self._kept.pop((workspace, stream), None)

    def _keep(self, workspace: WorkspaceId, stream: StreamId, loaded: Loaded) -> None:
        with self._lock:
            self._kept[workspace, stream] = loaded
            self._kept.move_to_end((workspace, stream))
            if len(self._kept) > self._limit:
                self._kept.popitem(last=False)


def _nothing(stream: StreamId) -> Loaded:
    return Loaded(state=FOLDS[category_of(stream)].initial, version=0)
