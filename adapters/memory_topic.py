"""projections.publish_ports.Topic in memory, for tests and for trying out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from domain.recorded import Recorded
from projections.following import Mark
from projections.publish_ports import Superseded, TopicUnusable


class MemoryTopic:
    """Partitions as lists. `partitions` of 0: the topic is not there yet."""

    def __init__(self, partitions: int = 0) -> None:
        self.name = "memory"
        self._partitions: list[list[Recorded[Any]]] = [[] for _ in range(partitions)]
        self._fences: dict[int, int] = {}
        self._lock = Lock()

    def events(self, lane: int) -> list[Recorded[Any]]:
        """What who follows has seen: nothing of a topic that is still to be made."""
        return list(self._partitions[lane]) if lane < len(self._partitions) else []

    def prepare(self, lanes: Sequence[int]) -> None:
        """See Topic."""
        if not self._partitions:
            self._partitions = [[] for _ in lanes]
        if len(self._partitions) != len(lanes):
            raise TopicUnusable(f"{len(self._partitions)} partitions, {len(lanes)} lanes")

    @contextmanager
    def open(self, lane: int) -> Iterator["MemoryPartition"]:
        """See Topic."""
        with self._lock:
            fence = self._fences[lane] = self._fences.get(lane, 0) + 1
            last = _mark(self._partitions[lane])
        yield MemoryPartition(self, lane, fence, last)

    def marks(self, lanes: Sequence[int]) -> Mapping[int, Mark | None]:
        """See Topic."""
        return {lane: _mark(self._partitions[lane]) for lane in lanes}

    def write(self, lane: int, fence: int, events: Sequence[Recorded[Any]]) -> None:
        """Add events, unless the partition was opened again since `fence`."""
        with self._lock:
            if self._fences[lane] != fence:
                raise Superseded("another publisher has taken over")
            self._partitions[lane] += events


class MemoryPartition:
    """projections.publish_ports.Partition."""

    def __init__(self, topic: MemoryTopic, lane: int, fence: int, last: Mark | None) -> None:
        self.last = last
        self._topic = topic
        self._lane = lane
        self._fence = fence

    def write(self, events: Sequence[Recorded[Any]]) -> None:
        """See Partition."""
        self._topic.write(self._lane, self._fence, events)


def _mark(events: Sequence[Recorded[Any]]) -> Mark | None:
    return Mark.of(events[-1]) if events else None
