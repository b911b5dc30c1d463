"""Read your own writes: wait until the views contain what a command wrote."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from threading import Condition

from domain.position import Position
from projections.ports import RowStore

LOOK_EVERY = 0.02
"""Seconds between looks at the database while waiting for a worker in another process, when that
one cannot be heard."""


def nobody() -> None:
    """There is nobody to tell."""


class Progress:
    """How far each projection's readers can see. Safe to share between threads.

    A runner in the same process announces what it committed; for all others the stored positions
    are looked at.
    """

    def __init__(self, store: RowStore, tell: Callable[[], None] = nobody) -> None:
        """`tell` lets other processes know that there is more to be seen: they `look`."""
        self._store = store
        self._tell = tell
        self._reached: dict[str, Position] = {}
        self._changed = Condition()
        self._looks = 0

    def reached(self, name: str, lane: int, position: int) -> None:
        """The live copy of projection `name` contains `lane` up to `position`, as of now.

        That may be less than before: after a crash of the server, or a swap of copies. Too little
        costs a look at the database; too much would show a reader less than was promised.
        """
        self._remember(name, lane, position)
        self._tell()

    def look(self) -> None:
        """Another process has told that there is more to be seen: whoever waits looks now."""
        with self._changed:
            self._looks += 1
            self._changed.notify_all()

    def wait(self, position: Position, projections: Iterable[str], timeout: float) -> bool:
        """Wait up to `timeout` seconds until all of `projections` contain `position`.

        False when the time was up. Raises Unavailable.
        """
        names = frozenset(projections)
        deadline = time.monotonic() + timeout
        while True:
            looks = self._looks  # before looking, so that nothing told after it is overlooked
            if self._all_cover(names, position) or self._look_up(names, position):
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            with self._changed:
                self._changed.wait_for(
                    partial(self._has_news, names, position, looks), min(left, LOOK_EVERY)
                )

    def _has_news(self, names: frozenset[str], position: Position, looks: int) -> bool:
        return self._looks != looks or self._all_cover(names, position)

    def _remember(self, name: str, lane: int, position: int) -> None:
        with self._changed:
            before = dict(self._reached.get(name, Position()).lanes)
            self._reached[name] = Position.of({**before, lane: position})
            self._changed.notify_all()

    def _all_cover(self, names: frozenset[str], position: Position) -> bool:
        return all(position.covered_by(self._reached.get(name, Position())) for name in names)

    def _look_up(self, names: frozenset[str], position: Position) -> bool:
        """Whether the database says so, of all of them in one look."""
        for standing in self._store.standings():
            if standing.projection in names:
                self._remember(standing.projection, standing.lane, standing.position)
        return self._all_cover(names, position)
