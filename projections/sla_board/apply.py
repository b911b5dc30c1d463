"""Lets the clocks of a ticket hear of its events, and writes down how each one was decided."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.ids import ident_of
from domain.recorded import Recorded
from domain.sla.clock import Track, Tracked, evolve
from domain.sla.policy import ClockName
from domain.ticket.words import Status
from projections.kpi.dimensions import changed
from projections.kpi.rows import DIMENSIONS, FactRow
from projections.kpi.steps import What, meaning
from projections.ports import Key, Rows, Table
from projections.sla_board.rows import (
    CLOCK,
    DECISION,
    TERMS,
    TICKET,
    SlaClockRow,
    SlaTicketRow,
    change_columns,
    clock_row,
    track_of,
    tracked,
)


def keys(recorded: Recorded[Any]) -> Iterable[tuple[Table, Key]]:
    """The ticket's row and those of its clocks."""
    workspace, ticket = recorded.workspace, ident_of(recorded.stream)
    yield TICKET, (workspace, ticket)
    for name in ClockName:
        yield CLOCK, (workspace, ticket, name.value)


def apply(recorded: Recorded[Any], rows: Rows) -> None:
    """Let the ticket's clocks hear of an event. Without an opening there are no clocks."""
    workspace, ticket = recorded.workspace, ident_of(recorded.stream)
    before: SlaTicketRow | None = rows.get(TICKET, (workspace, ticket))
    held: list[SlaClockRow] = [
        row
        for name in ClockName
        if (row := rows.get(CLOCK, (workspace, ticket, name.value))) is not None
    ]
    meant = meaning(recorded.event)
    if before is None:
        if meant is None or meant[0] is not What.OPENED:
            return
        before = _opened(workspace, ticket, meant[1], recorded.event.at)
        state = evolve(Tracked(), recorded, TERMS)
    else:
        state = evolve(tracked(before, held), recorded, TERMS)
    after = replace(
        before,
        **(changed(before, *meant) if meant is not None else {}),
        **change_columns(state),
        status=state.status.value,
        last_at=state.at or recorded.event.at,
    )
    rows.put(TICKET, after)
    previous = {row.clock: row for row in held}
    for track in state.tracks:
        old = previous.pop(track.name.value, None)
        decided = _decide(track, old, (before, after), recorded, rows)
        rows.put(CLOCK, clock_row(track, after, decided))


def _opened(workspace: str, ticket: str, given: dict[str, Any], at: datetime) -> SlaTicketRow:
    named = {name: given[name] for name in DIMENSIONS if name in given}
    return SlaTicketRow(
        **{**named, "tags": tuple(named["tags"])},
        workspace=workspace,
        ticket=ticket,
        number=given["number"],
        status=Status.NEW.value,
        last_at=at,
        change_versions=(),
        change_instants=(),
        change_whats=(),
        change_values=(),
    )


def _decide(
    track: Track,
    old: SlaClockRow | None,
    tickets: tuple[SlaTicketRow, SlaTicketRow],
    recorded: Recorded[Any],
    rows: Rows,
) -> int | None:
    """Write down that a clock is decided, or that it is not any more; the event that showed it."""
    was = None if old is None else _decision(track_of(old))
    now = _decision(track)
    shown_by = None if old is None else old.decided_version
    if now == was:
        return shown_by
    before, after = tickets
    at = after.last_at
    started = track.reasons[0].version
    if shown_by is not None:
        key = (after.workspace, after.ticket, track.name.value, started, shown_by)
        gone: FactRow | None = rows.get(DECISION, key)
        if gone is not None:
            rows.put(DECISION, replace(gone, known_until=at))
    if now is None:
        return None
    decided_at, met = now
    of = before if decided_at < at else after
    decision = FactRow(
        **{name: getattr(of, name) for name in DIMENSIONS},
        workspace=after.workspace,
        ticket=after.ticket,
        what=track.name.value,
        version=started,
        known_version=recorded.version,
        at=decided_at,
        known_from=decided_at if was is None and recorded.event.undoes is None else at,
        versions=tuple(reason.version for reason in track.reasons),
        seconds=track.elapsed if met and track.target is not None else None,
        score=int(met),
    )
    rows.put(DECISION, decision)
    return recorded.version


def _decision(track: Track) -> tuple[datetime, bool] | None:
    """When it was settled whether the promise was kept, and whether it was."""
    if track.breached_at is not None:
        return track.breached_at, False
    if track.stopped_at is not None:
        return track.stopped_at, True
    return None
