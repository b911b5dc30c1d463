"""Rows in dictionaries, and projections applied to them batch by batch."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from domain.ids import StreamId, WorkspaceId
from domain.recorded import Recorded
from projections.ports import Key, Projection, Table
from projections.rows import BatchRows, key_of


class Kept:
    """What a row store would hold. `apply` is one batch of the runtime."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.tables: dict[str, dict[Key, Any]] = {table.name: {} for table in projection.tables}
        self.log: dict[tuple[WorkspaceId, StreamId], list[Recorded[Any]]] = {}

    def apply(self, events: Sequence[Recorded[Any]]) -> None:
        rows = BatchRows(self.projection, self._read, self._load)
        rows.prefetch(events)
        for recorded in events:
            self.log.setdefault((recorded.workspace, recorded.stream), []).append(recorded)
            rows.begin_event()
            self.projection.apply(recorded, rows)
        for change in rows.changes():
            held, key = self.tables[change.table.name], key_of(change.table)
            held.update({key(row): row for row in change.upserts})
            for gone in change.deletes:
                held.pop(gone, None)
            for row in change.adds:
                self._add(change.table, key(row), row)

    def _load(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> Sequence[Recorded[Any]]:
        return self.log.get((workspace, stream), [])[after:]

    def _read(self, table: Table, keys: Sequence[Key]) -> dict[Key, Any]:
        held = self.tables[table.name]
        return {key: held[key] for key in keys if key in held}

    def _add(self, table: Table, key: Key, row: Any) -> None:
        held = self.tables[table.name]
        before = held.get(key)
        sums = {name: getattr(row, name) for name in table.summed}
        if before is not None:
            sums = {name: getattr(before, name) + n for name, n in sums.items()}
        held[key] = replace(row, **sums)
        if not any(sums.values()):
            del held[key]  # a count of zero is as good as none


def applied(
    projection: Projection, events: Sequence[Recorded[Any]], cuts: Iterable[int] = ()
) -> dict[str, dict[Key, Any]]:
    """The rows after `events`, applied in batches that end at `cuts`."""
    kept = Kept(projection)
    wanted = [r for r in events if r.stream.partition(":")[0] in projection.wants]
    edges = [0, *sorted({min(cut, len(wanted)) for cut in cuts}), len(wanted)]
    for begin, end in pairwise(edges):
        kept.apply(wanted[begin:end])
    return kept.tables
