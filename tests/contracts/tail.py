"""Many writers and one reader at the end of the log, who must see everything once and in order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event, Thread
from uuid import UUID

from commands.ports import Appended, EventStore, VersionConflict
from domain.ids import StreamId
from domain.position import Position
from projections.ports import Feed
from tests.contracts.requests import request, ticket, write

Place = tuple[int, int]
"""Lane and position."""

What = tuple[StreamId, int, UUID]
"""Stream, version and command id."""


class Tail(Thread):
    """Reads each lane as a projection does: the page after the last position that it has."""

    def __init__(self, feed: Feed) -> None:
        super().__init__(daemon=True)
        self.seen: dict[Place, What] = {}
        self.faults: list[str] = []
        self.error: BaseException | None = None
        self._feed = feed
        self._at = dict.fromkeys(feed.lanes(), 0)
        self._written = Event()

    def run(self) -> None:
        try:
            last_round = False
            while not last_round:
                last_round = self._written.is_set()
                while self._read():
                    pass
                self._feed.wait(Position.of(self._at), 0.01)
        except BaseException as error:
            self.error = error
            raise

    def finish(self) -> None:
        """Wait until all that is written by now was read."""
        self._written.set()
        self.join(timeout=60)
        assert not self.is_alive()

    def _read(self) -> bool:
        found = False
        for lane, after in self._at.items():
            for event in self._feed.page(lane, after, 7):
                found = True
                if event.position != self._at[lane] + 1:
                    self.faults.append(f"{event.position} after {self._at[lane]} in lane {lane}")
                self._at[lane] = event.position
                self.seen[lane, event.position] = (event.stream, event.version, event.command_id)
        return found


def write_much(
    new_store: Callable[[], EventStore], *, threads: int, appends: int, streams: int, seed: int = 1
) -> dict[Place, What]:
    """Append from many threads, to one to three of a few streams at a time; what was acknowledged.

    Streams are named in any order, so that lanes are, too: a store that locked them as they come
    would run into a deadlock.
    """

    def work(thread: int) -> list[Appended]:
        random = Random(f"{seed}/{thread}")
        store = new_store()
        return [
            _append(store, random.sample(range(streams), random.choice([1, 1, 2, 3])))
            for _ in range(appends)
        ]

    with ThreadPoolExecutor(threads) as pool:
        answers = [answer for done in pool.map(work, range(threads)) for answer in done]
    return {
        (event.lane, event.position): (event.stream, event.version, event.command_id)
        for answer in answers
        for event in answer.events
    }


def _append(store: EventStore, streams: list[int]) -> Appended:
    versions = dict.fromkeys(map(ticket, streams), 0)
    while True:
        asked = request(*(write(stream, at, "x", "y") for stream, at in versions.items()))
        try:
            return store.append(asked)
        except VersionConflict as conflict:
            versions[conflict.stream] = conflict.actual
