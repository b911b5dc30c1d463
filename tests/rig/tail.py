"""A reader at the end of the log, as projections and live views are: from its position onwards."""

from collections.abc import Sequence
from threading import Event as Flag
from threading import Thread

from commands.ports import StoreUnavailable
from domain.position import Position
from projections.ports import Feed
from tests.rig.history import Event, event

PAGE = 7
"""Events per page: small and odd, so that pages end anywhere."""


class Tail:
    """Reads page after page and keeps what it saw, in the order in which it arrived.

    It is driven by `read`, or by a thread of its own between `start` and `finish`. A lost server
    makes it try again from where it is, as everything that reads the log does.
    """

    def __init__(self, feed: Feed, wait: float = 0.02) -> None:
        """`wait` bounds the seconds for which it relies on being woken."""
        self.seen: list[Event] = []
        self.error: BaseException | None = None
        self._feed = feed
        self._wait = wait
        self._at: dict[int, int] = {}
        self._done = Flag()
        self._thread = Thread(target=self._run, name="tail", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> Sequence[Event]:
        """Read what is there by now, and end; all that was seen."""
        self._done.set()
        self._thread.join(timeout=60)
        if self._thread.is_alive():
            self.error = TimeoutError("the reader is still waiting")
        return self.seen

    def read(self) -> int:
        """One page of each lane; how many events that were."""
        before = len(self.seen)
        for lane in self._feed.lanes():  # there may be more of them than before
            for recorded in self._feed.page(lane, self._at.get(lane, 0), PAGE):
                self.seen.append(event(recorded))
                self._at[lane] = recorded.position
        return len(self.seen) - before

    def _run(self) -> None:
        last_round = False
        try:
            while not last_round:
                last_round = self._done.is_set()
                try:
                    while self.read():
                        pass
                    self._feed.wait(Position.of(self._at), self._wait)
                except StoreUnavailable:
                    last_round = False
                    self._done.wait(self._wait)
        except BaseException as error:  # noqa: BLE001 - the run is told at its end
            self.error = error
