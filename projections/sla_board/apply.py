"""Lets the clocks of a ticket hear of its events, and writes down how each one was decided."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.ids import ident_of
from domain.recorded import Recorded
from domain.sla.clock import Track, Tracked, evolve, reading
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
    found: SlaTicketRow | None = rows.get(TICKET, (workspace, ticket))
    meant = meaning(recorded.event)
    undoing = recorded.event.undoes is not None
    if found is not None and meant is None and not undoing:
        rows.put(TICKET, replace(found, last_at=max(found.last_at, recorded.event.at)))
        return
    held: list[SlaClockRow] = [
        row
        for name in ClockName
        if (row := rows.get(CLOCK, (workspace, ticket, name.value))) is not None
    ]
    if found is not None:
        before, last = found, tracked(found, held)
    elif meant is not None and meant[0] is What.OPENED:
        before, last = _opened(workspace, ticket, meant[1], recorded.event.at), Tracked()
    else:
        return
    state = evolve(last, recorded, TERMS)
    after = replace(
        before,
        **(changed(before, *meant) if meant is not None else {}),
        **change_columns(state),
        status=state.status.value,
        last_at=state.at or recorded.event.at,
    )
    rows.put(TICKET, after)
    previous = {row.clock: row for row in held}
    foreseen = {clock.name: clock.decided_at for clock in reading(last, TERMS, after.last_at)}
    for track in state.tracks:
        old = previous.get(track.name.value)
        # What only an undo makes so was not known before it.
        late = undoing and foreseen.get(track.name) is None
        decided = _decide(track, old, (before, after), recorded.version, rows, late=late)
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
    version: int,
    rows: Rows,
    *,
    late: bool,
) -> int | None:
    """Write down that a clock is decided, or that it is not any more; the event that showed it.

    A decision was known from its own instant on, or with `late` or another one before it only from
    the event on.
    """
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
        known_version=version,
        at=decided_at,
        known_from=at if late or was is not None else decided_at,
        versions=tuple(reason.version for reason in track.reasons),
        seconds=track.elapsed if met and track.target is not None else None,
        score=int(met),
    )
    rows.put(DECISION, decision)
    return version


def _decision(track: Track) -> tuple[datetime, bool] | None:
    """When it was settled whether the promise was kept, and whether it was."""
    if track.breached_at is not None:
        return track.breached_at, False
    if track.stopped_at is not None:
        return track.stopped_at, True
    return None
