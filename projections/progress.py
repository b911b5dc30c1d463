"""Read your own writes: wait until the views contain what a command wrote."""

from collections.abc import Iterable
from threading import Condition

from domain.position import Position
from projections.ports import RowStore

LOOK_EVERY = 0.02
"""Seconds between looks at the database while waiting for a worker in another process."""


class Progress:
    """How far each projection's readers can see. Safe to share between threads.

    A runner in the same process announces what it committed; for all others the stored positions
    are looked at.
    """

    def __init__(self, store: RowStore) -> None:
        self._store = store
        self._reached: dict[str, Position] = {}
        self._changed = Condition()

    def reached(self, name: str, lane: int, position: int) -> None:
        """The live copy of projection `name` contains `lane` up to `position`.

        That may be less than before: after a crash of the server, or a swap of copies. Too little
        costs a look at the database; too much would show a reader less than was promised.
        """
        with self._changed:
            before = dict(self._reached.get(name, Position()).lanes)
            self._reached[name] = Position.of({**before, lane: position})
            self._changed.notify_all()

    def wait(self, position: Position, projections: Iterable[str], timeout: float) -> bool:
        """Wait up to `timeout` seconds until all of `projections` contain `position`.

        False when the time was up. Raises Unavailable.
        """
        names = frozenset(projections)
        looks = max(1, round(timeout / LOOK_EVERY))
        for _ in range(looks):
            if self._all_cover(names, position) or self._look_up(names, position):
                return True
            with self._changed:
                self._changed.wait_for(lambda: self._all_cover(names, position), timeout / looks)
        return self._all_cover(names, position) or self._look_up(names, position)

    def _all_cover(self, names: frozenset[str], position: Position) -> bool:
        return all(self._covers(name, position) for name in names)

    def _look_up(self, names: frozenset[str], position: Position) -> bool:
        return all(
            self._covers(name, position) or self._looked_up(name, position) for name in names
        )

    def _covers(self, name: str, position: Position) -> bool:
        return position.covered_by(self._reached.get(name, Position()))

    def _looked_up(self, name: str, position: Position) -> bool:
        stored = self._store.positions(name)
        if stored is None:
            return False
        for lane, reached in stored.lanes:
            self.reached(name, lane, reached)
        return position.covered_by(stored)
