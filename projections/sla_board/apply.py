"""Lets the clocks of a ticket hear of its events, and writes down how each one was decided."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain.ids import ident_of
from domain.record import with_changes
from domain.recorded import Recorded
from domain.sla.changes import changes_of
from domain.sla.clock import Track, Tracked, evolve, reading
from domain.sla.policy import ClockName
from domain.ticket.words import Status
from projections.kpi.dimensions import changed
from projections.kpi.facts import dimensions_of
from projections.kpi.rows import DIMENSIONS, FactRow
from projections.kpi.steps import What, meaning
from projections.ports import Key, Rows, Table
from projections.sla_board.rows import (
    CLOCK,
    CLOCK_COUNT,
    DECISION,
    TERMS,
    TICKET,
    SlaClockCount,
    SlaClockRow,
    SlaTicketRow,
    added_columns,
    change_columns,
    clock_row,
    tracked,
)

Meaning = tuple[What, dict[str, Any]]
"""What an event means to figures: the kind of step and what is given with it."""

Decision = tuple[datetime, bool]
"""When it was settled whether the promise was kept, and whether it was."""


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
    if found is None and (meant is None or meant[0] is not What.OPENED):
        return
    clocks: list[SlaClockRow] = [
        row
        for name in ClockName
        if (row := rows.get(CLOCK, (workspace, ticket, name.value))) is not None
    ]
    if (
        found is None
        or recorded.event.undoes is not None
        or changes_of(recorded.event, recorded.version, recorded.event.at)
    ):
        _heard(recorded, meant, found, clocks, rows)
    else:
        _unheard(recorded, meant, found, clocks, rows)


def _unheard(
    recorded: Recorded[Any],
    meant: Meaning | None,
    ticket: SlaTicketRow,
    clocks: list[SlaClockRow],
    rows: Rows,
) -> None:
    """Most events leave the clocks alone, and some of those change what the ticket is."""
    changes = {} if meant is None else changed(ticket, *meant)
    last_at = max(ticket.last_at, recorded.event.at)
    rows.put(TICKET, with_changes(ticket, **changes, last_at=last_at))
    if changes:
        for clock in clocks:
            rows.put(CLOCK, with_changes(clock, **changes))


def _heard(
    recorded: Recorded[Any],
    meant: Meaning | None,
    found: SlaTicketRow | None,
    clocks: list[SlaClockRow],
    rows: Rows,
) -> None:
    undoing = recorded.event.undoes is not None
    if found is not None:
        before, last = found, tracked(found, clocks, remembered=undoing)
    elif meant is not None:
        workspace, ticket = recorded.workspace, ident_of(recorded.stream)
        before, last = _opened(workspace, ticket, meant[1], recorded.event.at), Tracked()
    else:
        return
    state = evolve(last, recorded, TERMS)
    after = with_changes(
        before,
        **(changed(before, *meant) if meant is not None else {}),
        **(change_columns(state) if undoing else added_columns(before, state)),
        status=state.status.value,
        last_at=state.at or recorded.event.at,
    )
    rows.put(TICKET, after)
    tracks_before = {track.name: track for track in last.tracks}
    rows_before = {row.clock: row for row in clocks}
    foreseen = (
        {clock.name: clock.decided_at for clock in reading(last, TERMS, after.last_at)}
        if undoing
        else {}
    )
    for track in state.tracks:
        was, old = tracks_before.get(track.name), rows_before.get(track.name.value)
        # What only an undo makes so was not known before it.
        late = undoing and foreseen.get(track.name) is None
        known = None if was is None or old is None else (_decision(was), old.decided_version)
        decided = _decide(track, known, (before, after), recorded.version, rows, late=late)
        if track is was and old is not None:
            rows.put(CLOCK, with_changes(old, **dimensions_of(after), decided_version=decided))
            continue
        new = clock_row(track, after, decided)
        rows.put(CLOCK, new)
        if old is None or old.state != new.state:
            if old is not None:
                _count(rows, old, -1)
            _count(rows, new, 1)


def _count(rows: Rows, clock: SlaClockRow, clocks: int) -> None:
    counted = SlaClockCount(
        workspace=clock.workspace, clock=clock.clock, state=clock.state, clocks=clocks
    )
    rows.add(CLOCK_COUNT, counted)


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
    known: tuple[Decision | None, int | None] | None,
    tickets: tuple[SlaTicketRow, SlaTicketRow],
    version: int,
    rows: Rows,
    *,
    late: bool,
) -> int | None:
    """Write down that a clock is decided, or that it is not any more; the event that showed it.

    `known` is what the clock's row says: how it was decided, and by which event that was shown.
    A decision was known from its own instant on, or with `late` or another one before it only from
    the event on.
    """
    was, shown_by = (None, None) if known is None else known
    now = _decision(track)
    if now == was:
        return shown_by
    before, after = tickets
    at = after.last_at
    started = track.reasons[0].version
    if shown_by is not None:
        key = (after.workspace, after.ticket, track.name.value, started, shown_by)
        gone: FactRow | None = rows.get(DECISION, key)
        if gone is not None:
            rows.put(DECISION, with_changes(gone, known_until=at))
    if now is None:
        return None
    decided_at, met = now
    of = before if decided_at < at else after
    decision = FactRow(
        **dimensions_of(of),
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


def _decision(track: Track) -> Decision | None:
    """How the clock was decided, if it was."""
    if track.breached_at is not None:
        return track.breached_at, False
    if track.stopped_at is not None:
        return track.stopped_at, True
    return None
