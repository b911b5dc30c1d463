"""Rows that a unit read or wrote lately, so that its next batch need not read them again."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Protocol

from domain.ids import StreamId, WorkspaceId
from domain.recorded import Recorded
from projections.ports import Beside, Key


class Load(Protocol):
    """Gives the events of a stream; see Feed.load."""

    def __call__(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> Sequence[Recorded[Any]]: ...


Remembered = Mapping[str, Mapping[Key, Any | None]]
"""Table name to key to row; None stands for a row that is known not to be there."""

MOST = 5_000
"""Rows per generation and unit, of which there are two: some megabytes."""


class RowMemory:
    """What the tables of one unit hold under some keys, while nobody else has written to them.

    Everything is forgotten as soon as the state of the tables (see ports.Batch) is not the one
    that was left behind: another worker was here, parked events were applied, the copy was
    replaced, the server lost its last commits in a crash.
    """

    def __init__(self, most: int = MOST) -> None:
        """`most` rows are kept for certain, and up to twice as many at times."""
        self._most = most
        self._state: Hashable = None
        self._beside: dict[WorkspaceId, tuple[Sequence[Recorded[Any]], Any]] = {}
        self._young: dict[tuple[str, Key], Any | None] = {}
        self._old: dict[tuple[str, Key], Any | None] = {}

    def at(self, state: Hashable) -> "RowMemory":
        """The memory of tables in this state."""
        if state != self._state:
            self._young, self._old = {}, {}
            self._beside = {}
            self._state = state
        return self

    def look(self, table: str, key: Key, default: Any) -> Any:
        """The row under `key` (None: there is none), or `default` for a key that is not known."""
        found = self._young.get((table, key), default)
        return self._old.get((table, key), default) if found is default else found

    def beside(self, workspace: WorkspaceId, beside: Beside, load: Load) -> Any:
        """What the stream beside says now; it is read as far as it is not known."""
        events, said = self._beside.get(workspace, ((), None))
        newer = load(workspace, beside.stream, after=len(events))
        if newer or said is None:
            events = (*events, *newer)
            said = beside.fold(events)
            self._beside[workspace] = (events, said)
        return said

    def keep(self, state: Hashable, rows: Remembered) -> None:
        """The tables are in `state` now, and hold these rows beside those known before."""
        self._state = state
        for table, held in rows.items():
            for key, row in held.items():
                self._young[table, key] = row
        if len(self._young) >= self._most:
            self._old, self._young = self._young, {}
