"""Moves one projection along one lane: a page of events, one transaction, exactly once.

Live running, catching up, rebuilding and checking all do it with this code.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from domain.ids import StreamId, WorkspaceId
from domain.record import record
from domain.recorded import Recorded
from projections.lease_ports import Lease
from projections.ports import (
    Batch,
    Build,
    LeaseLost,
    Parked,
    Projection,
    RowsRefused,
    RowStore,
    Unavailable,
)
from projections.row_memory import Load, RowMemory
from projections.rows import BatchRows, RevocableRows

Page = Callable[[int], Sequence[Recorded[Any]]]
"""Gives the events after a position of a lane, in order; as many as suit one transaction."""


WAITS = "waits for an earlier event of this stream"
"""The reason of an event that comes after a parked one."""


@record
class Unit:
    """What one worker advances at a time; with a `lease`, only while that is the current one.

    `load` gives the streams of the log.
    """

    projection: Projection
    lane: int
    load: Load
    build: Build = Build.LIVE
    lease: Lease | None = None


def advance(store: RowStore, unit: Unit, page: Page, memory: RowMemory | None = None) -> int | None:
    """Apply the next page; the position reached, or None while another worker has the unit.

    `memory` belongs to this unit, and saves reading what its last batches read or wrote. Raises
    Unavailable, and LeaseLost. An event that cannot be applied is parked and does not stop the
    rest.
    """
    memory = memory or RowMemory()
    events: Sequence[Recorded[Any]] = ()
    try:
        with _begin(store, unit) as batch:
            if batch is None:
                return None
            events = page(batch.position)
            if not events:
                return batch.position
            rows = _apply(batch, unit, events, memory)
            after = batch.state
        memory.keep(after, rows.remembered())
        return events[-1].position
    except RowsRefused as refused:
        return _divide(store, unit, events, refused)


def _begin(store: RowStore, unit: Unit) -> AbstractContextManager[Batch | None]:
    return store.begin(unit.projection, unit.lane, unit.build, unit.lease)


def _divide(
    store: RowStore, unit: Unit, events: Sequence[Recorded[Any]], refused: RowsRefused
) -> int | None:
    """Find the event that the database refuses by halving, and park it."""
    if len(events) == 1:
        return _take(store, unit, events, poison=reason_of(refused))
    middle = len(events) // 2
    position = None
    for half in (events[:middle], events[middle:]):
        try:
            position = _take(store, unit, half)
        except RowsRefused as again:
            position = _divide(store, unit, half, again)
    return position


def _take(
    store: RowStore, unit: Unit, events: Sequence[Recorded[Any]], poison: str | None = None
) -> int | None:
    with _begin(store, unit) as batch:
        if batch is None:
            return None
        if batch.position != events[0].position - 1:
            return batch.position  # another worker was here in between
        _apply(batch, unit, events, RowMemory(), poison)
        return events[-1].position


def _apply(
    batch: Batch,
    unit: Unit,
    events: Sequence[Recorded[Any]],
    memory: RowMemory,
    poison: str | None = None,
) -> BatchRows:
    """Apply and commit. With `poison`, the (single) event is parked for that reason instead."""
    projection = unit.projection
    rows = BatchRows(projection, batch.read, unit.load, memory.at(batch.state))
    wanted = [r for r in events if r.stream.partition(":")[0] in projection.wants]
    waiting = set(batch.parked)
    parked: list[Parked] = []
    if poison is None:
        _prefetch(rows, [r for r in wanted if (r.workspace, r.stream) not in waiting])
    for recorded in wanted:
        stream = (recorded.workspace, recorded.stream)
        if stream in waiting:
            reason: str | None = WAITS
        else:
            reason = poison or try_event(rows, projection, recorded)
        if reason is not None:
            waiting.add(stream)
            parked.append(parked_for(projection, recorded, reason))
    if parked:
        batch.park(parked)
    batch.commit(rows.changes(), events[-1].position)
    return rows


def _prefetch(rows: BatchRows, events: Sequence[Recorded[Any]]) -> None:
    """Read ahead what the events announce; an event whose `keys` fails will fail alone later."""
    try:
        rows.prefetch(events)
    except (Unavailable, LeaseLost, RowsRefused):
        raise
    except Exception:  # noqa: BLE001 - reading ahead is only for speed
        return


def try_event(rows: RevocableRows, projection: Projection, recorded: Recorded[Any]) -> str | None:
    """Apply one event; on an error take its changes back and say what is wrong."""
    rows.begin_event()
    try:
        projection.apply(recorded, rows)
    except (Unavailable, LeaseLost, RowsRefused):
        raise
    except Exception as error:  # noqa: BLE001 - one bad event must not stop all the others
        rows.undo_event()
        return reason_of(error)
    return None


def refresh(store: RowStore, unit: Unit, limit: int) -> int:
    """Let up to `limit` rows know what the stream beside says by now; how many there were.

    None of it needs an event, so the position stays. Zero, too, while another worker has the unit.
    """
    beside = unit.projection.beside
    if beside is None:
        return 0
    with _begin(store, unit) as batch:
        if batch is None:
            return 0
        rows = BatchRows(unit.projection, batch.read, unit.load)
        done = beside.refresh(batch.find, rows, unit.lane, limit)
        changes = rows.changes()
        if changes:
            batch.commit(changes, batch.position)
        return done


def parked_for(projection: Projection, recorded: Recorded[Any], reason: str) -> Parked:
    """The event put aside, for that reason."""
    return Parked(
        projection=projection.name,
        version=projection.version,
        workspace=recorded.workspace,
        stream=recorded.stream,
        stream_version=recorded.version,
        lane=recorded.lane,
        position=recorded.position,
        reason=reason,
    )


def reason_of(error: Exception) -> str:
    """What people are told of an error."""
    return f"{type(error).__name__}: {error}"[:1000]


def retry(
    store: RowStore,
    unit: Unit,
    stream: tuple[WorkspaceId, StreamId],
    events: Sequence[Recorded[Any]],
) -> int:
    """Apply the parked `events` of one stream again, in order; how many made it.

    The first that fails again stays parked with its new reason, and so do those behind it.
    """
    try:
        with _begin(store, unit) as batch:
            if batch is None or stream not in batch.parked:
                return 0
            rows = BatchRows(unit.projection, batch.read, unit.load)
            done = 0
            for recorded in events:
                reason = try_event(rows, unit.projection, recorded)
                if reason is not None:
                    batch.park([parked_for(unit.projection, recorded, reason)])
                    break
                done += 1
            batch.unpark([parked_for(unit.projection, r, "") for r in events[:done]])
            batch.commit(rows.changes(), batch.position)
            return done
    except RowsRefused:
        # Some row cannot be stored: with fewer events it may, down to the first one alone.
        return retry(store, unit, stream, events[: len(events) // 2]) if len(events) > 1 else 0
