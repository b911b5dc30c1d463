"""Folds whole streams from their first events on: the fast way to fill a copy that is empty.

A projection that is `by_stream` can be folded stream by stream: nothing needs to be read from its
tables, and the rows of a stream that was folded to its end are written once and forgotten.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from domain.ids import StreamId, WorkspaceId
from domain.position import Position
from domain.record import record, with_changes
from domain.recorded import Recorded
from projections.advance import WAITS, parked_for, try_event
from projections.ports import Build, Key, Parked, Projection, Table
from projections.rows import key_of

_ABSENT: Any = object()


class Loader(Protocol):
    """Fills copies of projections that are `by_stream`, faster than event by event."""

    def load(
        self,
        projection: Projection,
        build: Build,
        until: Position,
        progress: Callable[[int, int], None],
        stop: Callable[[], bool],
    ) -> bool:
        """Bring a copy that is new and empty to `until`; False when stopped before.

        `progress` hears how many events are done and how many there are. Events that cannot be
        applied are parked. Raises Unavailable, and RowsRefused when the rows do not fit together:
        the copy is then of no use any more.
        """


@record
class Folded:
    """What the events of a stream come to: rows by table name, and events put aside.

    Rows of `summed` tables are differences, to be added up over all streams.
    """

    rows: dict[str, list[Any]]
    parked: list[Parked]


Said = Callable[[WorkspaceId], Any]
"""What the stream beside of a workspace says."""


def _nothing(workspace: WorkspaceId) -> Any:
    raise LookupError(f"nothing is known beside the streams of {workspace}")


def fold(
    projection: Projection,
    events: Sequence[Recorded[Any]],
    refused: tuple[int, str] | None = None,
    beside: Said = _nothing,
) -> Folded:
    """Fold all events of one stream, in order, from its first one.

    The first that fails is put aside, and so are those behind it. With `refused`, the event at
    that index fails for that reason.
    """
    rows = StreamRows(projection, events, beside)
    parked: list[Parked] = []
    for n, recorded in enumerate(events):
        if parked:
            reason: str | None = WAITS
        elif refused is not None and refused[0] == n:
            reason = refused[1]
        else:
            reason = try_event(rows, projection, recorded)
        if reason is not None:
            parked.append(parked_for(projection, recorded, reason))
    return Folded(rows=rows.held(), parked=parked)


class StreamRows:
    """projections.rows.RevocableRows of one stream that is folded from the beginning."""

    def __init__(
        self, projection: Projection, events: Sequence[Recorded[Any]], beside: Said = _nothing
    ) -> None:
        self._events = events
        self.beside = beside
        self._tables = {table.name: (table, key_of(table)) for table in projection.tables}
        self._rows: dict[str, dict[Key, Any]] = {name: {} for name in self._tables}
        self._undo: list[tuple[dict[Key, Any], Key, Any]] = []

    def begin_event(self) -> None:
        """Changes are those of the next event now."""
        self._undo.clear()

    def undo_event(self) -> None:
        """Take back every change since `begin_event`."""
        for rows, key, before in reversed(self._undo):
            if before is _ABSENT:
                del rows[key]
            else:
                rows[key] = before
        self._undo.clear()

    def get(self, table: Table, key: Key) -> Any | None:
        """The row under `key`, if this stream has put one."""
        return self._rows[table.name].get(key)

    def put(self, table: Table, row: Any) -> None:
        """Insert or replace the row under its key."""
        self._change(table, self._tables[table.name][1](row), row)

    def delete(self, table: Table, key: Key) -> None:
        """Remove the row under `key`, if there is one."""
        if key in self._rows[table.name]:
            self._change(table, key, None)

    def add(self, table: Table, row: Any) -> None:
        """Add the `summed` columns of `row` to this stream's share of the row under its key."""
        key = self._tables[table.name][1](row)
        held = self._rows[table.name].get(key)
        if held is not None:
            sums = {name: getattr(held, name) + getattr(row, name) for name in table.summed}
            row = with_changes(row, **sums)
        self._change(table, key, row)

    def history(
        self,
        workspace: WorkspaceId,
        stream: StreamId,
        version: int,
    ) -> Sequence[Recorded[Any]]:
        """Its events up to a version."""
        return self._events[:version]

    def held(self) -> dict[str, list[Any]]:
        """The rows of each table; differences that add nothing are left out."""
        return {
            name: [row for row in self._rows[name].values() if _counts(table, row)]
            for name, (table, _) in self._tables.items()
        }

    def _change(self, table: Table, key: Key, row: Any) -> None:
        rows = self._rows[table.name]
        self._undo.append((rows, key, rows.get(key, _ABSENT)))
        rows[key] = row


def _counts(table: Table, row: Any) -> bool:
    if row is None:
        return False
    return not table.summed or any(getattr(row, name) for name in table.summed)
