"""Writes what became of a ticket's clocks: their rows, how many are in each state, decisions."""

from datetime import datetime

from domain.record import record, with_changes
from domain.sla import judge
from domain.sla.clock import Track
from projections.kpi.facts import dimensions_of
from projections.kpi.rows import FactRow
from projections.ports import Rows
from projections.sla_board.judged import Judged
from projections.sla_board.rows import (
    CLOCK,
    CLOCK_COUNT,
    DECISION,
    SlaClockCount,
    SlaTicketRow,
    clock_row,
    decision_of,
)
from projections.sla_board.state_text import Key


@record
class Cause:
    """What changed the clocks: the ticket's event of that version, or minus the book's.

    With `late` (an undo, a re-judgement) what is decided now need not have been known before;
    `at` is when all this took effect.
    """

    version: int
    at: datetime
    late: bool = False


def write(before: Judged, after: Judged, cause: Cause, rows: Rows) -> Judged:
    """Write all that differs; what is `after`, with the decisions that were written."""
    was = {track.key: track for track in before.state.tracks if track.term is not None}
    now = {track.key: track for track in after.state.tracks if track.term is not None}
    same = dimensions_of(before.ticket) == dimensions_of(after.ticket)
    instants = after.instants()
    foreseen = _foreseen(before, cause) if cause.late else {}
    decided: dict[Key, int | None] = {}
    for key, track in now.items():
        old = was.get(key)
        late = cause.late and foreseen.get(key) is None
        shown_by = before.decided.get(key)
        tickets = (before.ticket, after.ticket)
        how = with_changes(cause, late=late)
        decided[key] = _decide((old, track), shown_by, tickets, how, rows)
        if old is track and same and before.book is after.book:
            continue
        rows.put(CLOCK, clock_row(track, after.ticket, instants[key], decided[key]))
        if old is None or old.state is not track.state:
            if old is not None:
                _count(rows, after.ticket, old, -1)
            _count(rows, after.ticket, track, 1)
    for key in was.keys() - now.keys():
        gone = was[key]
        _count(rows, after.ticket, gone, -1)
        rows.delete(
            CLOCK, (after.ticket.workspace, after.ticket.ticket, gone.clock.value, gone.instance)
        )
        _withdraw(gone, before.decided.get(key), after.ticket, cause, rows)
    return with_changes(after, decided=decided, foreseen=instants)


def _foreseen(before: Judged, cause: Cause) -> dict[Key, datetime | None]:
    """Decisions that the clocks would have come to by now anyway."""
    clocks = judge.reading(before.state, before.book, cause.at)
    return {(clock.name, clock.instance): clock.decided_at for clock in clocks}


def _count(rows: Rows, ticket: SlaTicketRow, track: Track, clocks: int) -> None:
    counted = SlaClockCount(
        workspace=ticket.workspace, clock=track.clock.value, state=track.state.value, clocks=clocks
    )
    rows.add(CLOCK_COUNT, counted)


def _decide(
    tracks: tuple[Track | None, Track],
    shown_by: int | None,
    tickets: tuple[SlaTicketRow, SlaTicketRow],
    cause: Cause,
    rows: Rows,
) -> int | None:
    """Write down that a clock, before and after, is decided or is not any more; what showed it.

    A decision was known from its own instant on, or with `late` or another one before it only from
    now on.
    """
    old, track = tracks
    was = None if old is None else decision_of(old)
    now = decision_of(track)
    if now == was:
        return shown_by
    before, after = tickets
    _withdraw(track, shown_by, after, cause, rows)
    if now is None:
        return None
    decided_at, met = now
    of = before if decided_at < after.last_at and before.version else after
    decision = FactRow(
        **dimensions_of(of),
        workspace=after.workspace,
        ticket=after.ticket,
        what=track.clock.value,
        version=track.instance,
        known_version=cause.version,
        at=decided_at,
        known_from=cause.at if cause.late or was is not None else decided_at,
        versions=tuple(dict.fromkeys(r.version for r in track.reasons if r.version is not None)),
        seconds=track.elapsed if met and track.promised else None,
        score=int(met),
    )
    rows.put(DECISION, decision)
    return cause.version


def _withdraw(
    track: Track, shown_by: int | None, ticket: SlaTicketRow, cause: Cause, rows: Rows
) -> None:
    """The decision that was shown by this event is known no more."""
    if shown_by is None:
        return
    key = (ticket.workspace, ticket.ticket, track.clock.value, track.instance, shown_by)
    gone: FactRow | None = rows.get(DECISION, key)
    if gone is not None:
        rows.put(DECISION, with_changes(gone, known_until=cause.at))
