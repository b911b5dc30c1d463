"""Projections' tables in memory: the same behaviour under the same contract tests.

For tests and trials: a view is there in microseconds, and time passes when the test says so.
"""

import operator
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count, islice
from threading import Lock
from typing import Any

from adapters.memory_leases import MemoryLedger
from domain.ids import StreamId, WorkspaceId
from domain.position import Position
from domain.record import with_changes
from projections.lease_ports import Lease
from projections.ports import (
    Build,
    Kept,
    Key,
    LeaseLost,
    Parked,
    Projection,
    RowsRefused,
    Standing,
    Table,
    TableChange,
    TablesChanged,
    Where,
)
from projections.rows import key_of

_EPOCH = datetime.fromtimestamp(0, UTC)
_GREATEST = 2**63 - 1  # of what a database's widest integer holds

_numbers = count(1)

_OPS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    ">=": operator.ge,
}


class _Copy:
    """The tables of one copy, and how far it is on each lane."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.number = next(_numbers)
        self.positions: dict[int, int] = {}
        self.commits: dict[int, int] = {}
        self.locks: dict[int, Lock] = {}
        self.parked: dict[tuple[int, int], Parked] = {}
        self.tables: dict[str, dict[Key, Any]] = {table.name: {} for table in projection.tables}

    def add_lanes(self, lanes: Sequence[int]) -> None:
        for lane in lanes:
            if lane not in self.positions:
                self.positions[lane], self.commits[lane], self.locks[lane] = 0, 0, Lock()


class MemoryBatch:
    """projections.ports.Batch: everything is put together first, and done in `commit`."""

    def __init__(
        self, copy: _Copy, lane: int, lease: Lease | None, check: Callable[[], None]
    ) -> None:
        self._copy = copy
        self._lane = lane
        self._lease = lease
        self._check = check
        self._put_aside: list[Parked] = []
        self._taken_back: list[Parked] = []

    @property
    def position(self) -> int:
        """The position of the last event that the rows contain."""
        return self._copy.positions[self._lane]

    @property
    def state(self) -> Hashable:
        """Names what the rows are."""
        return self._copy.number, self._copy.commits[self._lane], self._lease

    @property
    def parked(self) -> frozenset[tuple[WorkspaceId, StreamId]]:
        """Streams with parked events on this lane."""
        waiting = self._copy.parked.items()
        return frozenset((p.workspace, p.stream) for (lane, _), p in waiting if lane == self._lane)

    def read(self, table: Table, keys: Sequence[Key]) -> dict[Key, Any]:
        """The rows that exist under `keys`."""
        rows = self._copy.tables[table.name]
        return {key: rows[key] for key in keys if key in rows}

    def find(self, table: Table, where: Where, limit: int) -> list[Any]:
        """Rows for which `where` holds."""
        rows = self._copy.tables[table.name]
        found = (
            row
            for row in rows.values()
            if all(_OPS[op](getattr(row, column), value) for column, op, value in where)
        )
        return list(islice(found, limit))

    def park(self, parked: Sequence[Parked]) -> None:
        """Put events aside."""
        self._put_aside += parked

    def unpark(self, parked: Sequence[Parked]) -> None:
        """Forget parked events."""
        self._taken_back += parked

    def commit(self, changes: Sequence[TableChange], position: int) -> None:
        """Write everything, or nothing."""
        for change in changes:
            for row in (*change.upserts, *change.adds):
                _refuse(change.table, row)
        self._check()
        for change in changes:
            _write(self._copy.tables[change.table.name], change)
        for parked in self._put_aside:
            self._copy.parked[parked.lane, parked.position] = parked
        for parked in self._taken_back:
            self._copy.parked.pop((parked.lane, parked.position), None)
        self._copy.positions[self._lane] = position
        self._copy.commits[self._lane] += 1


class MemoryRowStore:
    """projections.ports.RowStore. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds; the leases end by it."""
        self.ledger = MemoryLedger(clock)
        self._copies: dict[tuple[str, Build], _Copy] = {}
        self._building: dict[str, Lock] = {}
        self._lock = Lock()

    def prepare(self, projection: Projection, lanes: Sequence[int]) -> int:
        """Make an empty live copy if there is none; the live version."""
        with self._lock:
            live = self._copies.setdefault((projection.name, Build.LIVE), _Copy(projection))
            if live.projection.version == projection.version:
                if _declared(live.projection) != _declared(projection):
                    raise TablesChanged(f"The tables of {projection.name} were changed.")
                live.add_lanes(lanes)
            return live.projection.version

    @contextmanager
    def begin(
        self,
        projection: Projection,
        lane: int,
        build: Build = Build.LIVE,
        lease: Lease | None = None,
    ) -> Iterator[MemoryBatch | None]:
        """Lock a copy's position; None when another worker holds it."""
        copy = self._copies.get((projection.name, build))
        lock = None if copy is None else copy.locks.get(lane)
        if copy is None or lock is None or copy.projection.version != projection.version:
            yield None
            return
        if not lock.acquire(blocking=False):
            yield None
            return

        def check() -> None:
            work = (projection.name, projection.version, lane)
            if lease is not None and not self.ledger.is_current(work, lease):
                raise LeaseLost("another worker has taken over")

        try:
            check()
            yield MemoryBatch(copy, lane, lease, check)
        finally:
            lock.release()

    def positions(self, name: str, build: Build = Build.LIVE) -> Position | None:
        """How far a copy is."""
        copy = self._copies.get((name, build))
        return None if copy is None else Position.of(copy.positions)

    def standings(self) -> list[Standing]:
        """How far all live copies are."""
        return [
            Standing(
                projection=name,
                version=copy.projection.version,
                lane=lane,
                position=position,
                parked=sum(parked_lane == lane for parked_lane, _ in copy.parked),
            )
            for (name, build), copy in sorted(self._copies.items())
            if build is Build.LIVE
            for lane, position in sorted(copy.positions.items())
        ]

    def parked(self, name: str | None = None) -> list[Parked]:
        """Parked events of the live copies."""
        return [
            parked
            for (held, build), copy in sorted(self._copies.items())
            if build is Build.LIVE and name in (None, held)
            for _, parked in sorted(copy.parked.items())
        ]

    @contextmanager
    def building(self, projection: Projection) -> Iterator[bool]:
        """Hold the right to build."""
        lock = self._building.setdefault(projection.name, Lock())
        mine = lock.acquire(blocking=False)
        try:
            if mine:
                self.drop(projection, Build.NEXT)
                self.drop(projection, Build.CHECK)
            yield mine
        finally:
            if mine:
                lock.release()

    def create(self, projection: Projection, lanes: Sequence[int], build: Build) -> None:
        """Make an empty copy."""
        with self._lock:
            copy = self._copies[projection.name, build] = _Copy(projection)
            copy.add_lanes(lanes)

    def index(self, projection: Projection, build: Build) -> None:
        """A dict is its own index."""

    def swap(self, projection: Projection, build: Build = Build.NEXT) -> bool:
        """Make a copy the live one and keep the other; False when it is behind."""
        with self._lock:
            following = self._copies.get((projection.name, build))
            live = self._copies.get((projection.name, Build.LIVE))
            if following is None or following.projection.version != projection.version:
                return False
            with ExitStack() as locks:
                if live is not None:
                    for lock in live.locks.values():
                        locks.enter_context(lock)
                    if not Position.of(live.positions).covered_by(Position.of(following.positions)):
                        return False
                del self._copies[projection.name, build]
                self._copies[projection.name, Build.LIVE] = following
                if live is not None:
                    self._copies[projection.name, Build.KEPT] = live
            return True

    def kept(self) -> list[Kept]:
        """The copies that were replaced; in memory, no size and no time is known of them."""
        return [
            Kept(projection=name, version=copy.projection.version, since=_EPOCH, size=0)
            for (name, build), copy in sorted(self._copies.items())
            if build is Build.KEPT
        ]

    def drop(self, projection: Projection, build: Build) -> None:
        """Remove a copy."""
        with self._lock:
            self._copies.pop((projection.name, build), None)

    @contextmanager
    def frozen(self, projection: Projection) -> Iterator[Position]:
        """Hold the locks of all positions of the live copy."""
        with ExitStack() as locks:
            live = self._copies.get((projection.name, Build.LIVE))
            for lock in () if live is None else live.locks.values():
                locks.enter_context(lock)
            yield Position() if live is None else Position.of(live.positions)

    def differences(
        self, projection: Projection, table: Table, limit: int
    ) -> Iterator[tuple[Key, Any | None, Any | None]]:
        """Keys whose rows differ between the live and the CHECK copy."""
        live, again = (
            _counted(table, self._copies[projection.name, build].tables[table.name])
            for build in (Build.LIVE, Build.CHECK)
        )
        keys = sorted(live.keys() | again.keys(), key=lambda key: tuple(map(str, key)))
        differing = [key for key in keys if live.get(key) != again.get(key)]
        yield from ((key, live.get(key), again.get(key)) for key in differing[:limit])


def _write(rows: dict[Key, Any], change: TableChange) -> None:
    key_in = key_of(change.table)
    for key in change.deletes:
        rows.pop(key, None)
    for row in change.upserts:
        rows[key_in(row)] = row
    for row in change.adds:
        held = rows.get(key_in(row))
        sums = {n: getattr(held, n, 0) + getattr(row, n) for n in change.table.summed}
        rows[key_in(row)] = with_changes(row, **sums)


def _counted(table: Table, rows: dict[Key, Any]) -> dict[Key, Any]:
    """Rows that count: a counter of zero is as good as none."""
    if not table.summed:
        return rows
    return {key: row for key, row in rows.items() if any(getattr(row, n) for n in table.summed)}


def _declared(projection: Projection) -> list[Any]:
    return [(t.name, dict(t.ddl), t.key, t.indexes, t.summed) for t in projection.tables]


def _refuse(table: Table, row: Any) -> None:
    """Raise RowsRefused for what no database could store."""
    for column, ddl in table.ddl.items():
        value = getattr(row, column)
        if value is None and "NOT NULL" in ddl.upper():
            raise RowsRefused(f"{table.name}.{column} may not be empty")
        _refuse_value(value)


def _refuse_value(value: Any) -> None:
    match value:
        case str():
            if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
                raise RowsRefused(f"no database holds the text {value!a}")
        case int() if abs(value) > _GREATEST:
            raise RowsRefused(f"no column holds the number {value}")
        case dict():
            for name, inner in value.items():
                _refuse_value(name)
                _refuse_value(inner)
        case tuple() | list() | frozenset():
            for inner in value:
                _refuse_value(inner)
        case _:
            return
