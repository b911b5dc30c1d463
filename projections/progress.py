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
        """The live copy of projection `name` contains `lane` up to `position`."""
        with self._changed:
            before = self._reached.get(name, Position())
            self._reached[name] = before.joined(Position.of({lane: position}))
            self._changed.notify_all()

    def wait(self, position: Position, projections: Iterable[str], timeout: float) -> bool:
        """Wait up to `timeout` seconds until all of `projections` contain `position`.

        False when the time was up. Raises Unavailable.
        """
        missing = {name for name in projections if not self._covers(name, position)}
        looks = max(1, round(timeout / LOOK_EVERY))
        for look in range(looks + 1):
            missing = {name for name in missing if not self._looked_up(name, position)}
            if not missing:
                return True
            if look < looks:
                with self._changed:
                    self._changed.wait_for(
                        lambda: all(self._covers(name, position) for name in missing),
                        timeout=timeout / looks,
                    )
                missing = {name for name in missing if not self._covers(name, position)}
        return not missing

    def _covers(self, name: str, position: Position) -> bool:
        return position.covered_by(self._reached.get(name, Position()))

    def _looked_up(self, name: str, position: Position) -> bool:
        stored = self._store.positions(name)
        if stored is None:
            return False
        for lane, reached in stored.lanes:
            self.reached(name, lane, reached)
        return position.covered_by(stored)
