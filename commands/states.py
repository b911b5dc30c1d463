"""States of streams, kept in memory.

A kept state is a head start, never a proof: another process may have written since. Whoever shows
one to somebody looks at the log first (`load`), and whoever decides on one has the log check its
version in the very call that writes (see Handler).

States belong to an epoch of the log. In a log that was restored a stream may be at the same version
again and be something else, so nothing is kept from one epoch to the next.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

from commands.ports import EventStore, Loaded, Snapshots
from domain.ids import StreamId, WorkspaceId, category_of
from domain.recorded import Recorded
from domain.states import FOLDS, fold_stream

KEPT = 10_000
"""States kept; the least recently used one goes first. A ticket takes about two kilobytes."""

Events = Sequence[Recorded[Any]]


class NoSnapshots:
    """A log whose streams are all folded from their beginning."""

    def has(self, workspace: WorkspaceId, stream: StreamId) -> bool:
        return False

    def load(self, workspace: WorkspaceId, streams: Sequence[StreamId]) -> dict[StreamId, Loaded]:
        return {}


class States:
    """Safe to share between threads."""

    def __init__(
        self, store: EventStore, snapshots: Snapshots | None = None, kept: int = KEPT
    ) -> None:
        self._store = store
        self.snapshots = snapshots or NoSnapshots()
        self._limit = kept
        self._kept: OrderedDict[tuple[WorkspaceId, StreamId], Loaded] = OrderedDict()
        self._epoch: int | None = None
        self._lock = Lock()

    def load(self, workspace: WorkspaceId, stream: StreamId) -> Loaded:
        """The state of `stream` as of now; a stream that does not exist has version 0."""
        return self.load_in(self.epoch(), workspace, stream)

    def remembered(self, workspace: WorkspaceId, stream: StreamId) -> Loaded:
        """As it was when it was last seen to exist, or `load`: for what never changes in it."""
        return self.seen(workspace, stream) or self.load(workspace, stream)

    def seen(self, workspace: WorkspaceId, stream: StreamId) -> Loaded | None:
        """As it was when it was last seen to exist, if that is in memory."""
        kept = self.kept(self._store.epoch(), workspace, [stream]).get(stream)
        return kept if kept is not None and kept.version else None

    def epoch(self) -> int:
        """The log's, as it is now."""
        return self._store.epoch(fresh=True)

    def load_in(self, epoch: int, workspace: WorkspaceId, stream: StreamId) -> Loaded:
        """`load`, when the log was just found to have that epoch."""
        return self._load(epoch, workspace, [stream])[stream]

    def load_many(
        self, workspace: WorkspaceId, streams: Sequence[StreamId]
    ) -> dict[StreamId, Loaded]:
        """The states of several streams as of now, in one call for all of them."""
        return self._load(self.epoch(), workspace, streams)

    def _load(
        self, epoch: int, workspace: WorkspaceId, streams: Sequence[StreamId]
    ) -> dict[StreamId, Loaded]:
        found = self.kept(epoch, workspace, streams)
        long = [s for s in streams if s not in found and self.snapshots.has(workspace, s)]
        if long:
            found |= self.snapshots.load(workspace, long)
        known = {stream: found.get(stream) or nothing(stream) for stream in streams}
        versions = {stream: loaded.version for stream, loaded in known.items()}
        return self.grow(epoch, workspace, known, self._store.load_many(workspace, versions))

    def kept(
        self, epoch: int, workspace: WorkspaceId, streams: Iterable[StreamId]
    ) -> dict[StreamId, Loaded]:
        """What is in memory of these streams in that epoch, however old."""
        found = {}
        with self._lock:
            if epoch != self._epoch:
                self._kept.clear()
                self._epoch = epoch
            for stream in streams:
                loaded = self._kept.get((workspace, stream))
                if loaded is not None:
                    found[stream] = loaded
                    self._kept.move_to_end((workspace, stream))
        return found

    def grow(
        self,
        epoch: int,
        workspace: WorkspaceId,
        known: Mapping[StreamId, Loaded],
        newer: Mapping[StreamId, Events],
    ) -> dict[StreamId, Loaded]:
        """The `known` states with the events that follow them; kept while the epoch lasts."""
        grown = {}
        for stream, loaded in known.items():
            events = newer.get(stream)
            if events:
                state = fold_stream(stream, (r.event for r in events), loaded.state)
                loaded = Loaded(state=state, version=events[-1].version)  # noqa: PLW2901
            grown[stream] = loaded
        with self._lock:
            if epoch == self._epoch:
                for stream, loaded in grown.items():
                    self._keep((workspace, stream), loaded)
        return grown

    def forget(self, workspace: WorkspaceId, stream: StreamId) -> None:
        """Take it out of memory: the next look begins at nothing."""
        with self._lock:
            self._kept.pop((workspace, stream), None)

    def _keep(self, key: tuple[WorkspaceId, StreamId], loaded: Loaded) -> None:
        before = self._kept.get(key)
        if before is None or before.version < loaded.version:  # a slower thread may come later
            self._kept[key] = loaded
            if len(self._kept) > self._limit:
                self._kept.popitem(last=False)


def nothing(stream: StreamId) -> Loaded:
    """A stream that nobody has written."""
    return Loaded(state=FOLDS[category_of(stream)].initial, version=0)
