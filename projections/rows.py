"""The rows of one batch: read in bulk, changed in memory, written once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from operator import attrgetter, itemgetter
from typing import Any, Protocol

from domain.ids import StreamId, WorkspaceId
from domain.recorded import Recorded
from projections.ports import Key, Projection, Rows, Table, TableChange
from projections.row_memory import Load, Remembered, RowMemory


class RevocableRows(Rows, Protocol):
    """Rows that can forget what the event at hand did."""

    def begin_event(self) -> None:
        """From here on, changes are those of the next event."""

    def undo_event(self) -> None:
        """Take back every change since `begin_event`."""


Read = Callable[[Table, Sequence[Key]], dict[Key, Any]]
"""Reads the stored rows under some keys."""


_UNKNOWN: Any = object()


_Before = tuple[dict[Key, Any], Key, Any]
"""What a key of some rows held before the event at hand touched it, or _UNKNOWN."""


_KEY = itemgetter(0)


class BatchRows:
    """`Rows` over whatever `read` gives: several changes of a key become one.

    A change counts from `begin_event` to the next one, or is taken back by `undo_event`.
    """

    def __init__(
        self, projection: Projection, read: Read, load: Load, memory: RowMemory | None = None
    ) -> None:
        """`memory` is that of these tables in the state which `read` reads; `load` is the log's."""
        self._projection = projection
        self._read = read
        self._load = load
        self._memory = memory or RowMemory()
        self._beside: dict[WorkspaceId, Any] = {}
        self._key_of = {table.name: key_of(table) for table in projection.tables}
        self._known: dict[str, dict[Key, Any]] = {table.name: {} for table in projection.tables}
        self._changed: dict[str, dict[Key, Any]] = {table.name: {} for table in projection.tables}
        self._added: dict[str, dict[Key, Any]] = {table.name: {} for table in projection.tables}
        self._undo: list[_Before] = []

    def prefetch(self, events: Iterable[Recorded[Any]]) -> None:
        """Read what `events` announce and is not known yet, with one statement per table."""
        wanted: dict[str, set[Key]] = {table.name: set() for table in self._projection.tables}
        for recorded in events:
            for table, key in self._projection.keys(recorded):
                if table.by_stream and recorded.version == 1:
                    self._known[table.name].setdefault(key)
                else:
                    wanted[table.name].add(key)
        for table in self._projection.tables:
            known, look = self._known[table.name], self._memory.look
            unknown = []
            for key in wanted[table.name].difference(known):
                known[key] = row = look(table.name, key, _UNKNOWN)
                if row is _UNKNOWN:
                    known[key] = None
                    unknown.append(key)
            if unknown:
                known.update(self._read(table, sorted(unknown)))

    def begin_event(self) -> None:
        self._undo.clear()

    def undo_event(self) -> None:
        """Take back every change since `begin_event`."""
        for held, key, row in reversed(self._undo):
            if row is _UNKNOWN:
                del held[key]
            else:
                held[key] = row
        self._undo.clear()

    def get(self, table: Table, key: Key) -> Any | None:
        """The row under `key`; one that `keys` did not announce is read on its own."""
        changed = self._changed[table.name]
        if key in changed:
            return changed[key]
        known = self._known[table.name]
        if key not in known:
            row = self._memory.look(table.name, key, _UNKNOWN)
            known[key] = self._read(table, [key]).get(key) if row is _UNKNOWN else row
        return known[key]

    def put(self, table: Table, row: Any) -> None:
        self._change(self._changed[table.name], self._key_of[table.name](row), row)

    def delete(self, table: Table, key: Key) -> None:
        self._change(self._changed[table.name], key, None)

    def add(self, table: Table, row: Any) -> None:
        added = self._added[table.name]
        key = self._key_of[table.name](row)
        held = added.get(key)
        if held is not None:
            sums = {name: getattr(held, name) + getattr(row, name) for name in table.summed}
            row = replace(held, **sums)
        self._change(added, key, row)

    def beside(self, workspace: WorkspaceId) -> Any:
        """What the stream beside says, looked at once per batch."""
        beside = self._projection.beside
        if beside is None:
            raise LookupError(f"{self._projection.name} has no stream beside")
        if workspace not in self._beside:
            self._beside[workspace] = self._memory.beside(workspace, beside, self._load)
        return self._beside[workspace]

    def history(
        self, workspace: WorkspaceId, stream: StreamId, version: int
    ) -> Sequence[Recorded[Any]]:
        """All events of a stream up to a version."""
        return self._load(workspace, stream)[:version]

    def changes(self) -> list[TableChange]:
        """What is to be written, table by table; rows that end as they began are left out."""
        changes = []
        for table in self._projection.tables:
            known = self._known[table.name]
            # Any order will do as long as every writer uses the same one.
            changed = sorted(
                (
                    item
                    for item in self._changed[table.name].items()
                    if known.get(item[0], _UNKNOWN) != item[1]
                ),
                key=_KEY,
            )
            added = sorted(self._added[table.name].items(), key=_KEY)
            change = TableChange(
                table=table,
                upserts=[row for _, row in changed if row is not None],
                deletes=[key for key, row in changed if row is None],
                adds=[row for _, row in added if any(getattr(row, n) for n in table.summed)],
            )
            if change.upserts or change.deletes or change.adds:
                changes.append(change)
        return changes

    def remembered(self) -> Remembered:
        """The rows as they are after `changes`, of those tables that are read at all."""
        return {
            name: {**known, **self._changed[name]} for name, known in self._known.items() if known
        }

    def _change(self, held: dict[Key, Any], key: Key, row: Any) -> None:
        self._undo.append((held, key, held.get(key, _UNKNOWN)))
        held[key] = row


def key_of(table: Table) -> Callable[[Any], Key]:
    """A function from a row to its key."""
    if len(table.key) == 1:
        single = attrgetter(table.key[0])
        return lambda row: (single(row),)
    return attrgetter(*table.key)
