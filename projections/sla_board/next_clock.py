"""The one clock that a list shows beside a ticket: the next to run out, or what is late already."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.ids import CalendarId
from domain.record import record, with_changes
from domain.sla import judge
from domain.sla.book import Book
from domain.sla.clock import ClockState, Mode, Track, Tracked
from domain.sla.counting import instant_of
from projections.ports import Reader


@record
class NextClock:
    """A ticket's clock at the instant asked about. Spans are open seconds on its calendar.

    `warn_at` is when it reached, or will reach, the first step before its end; None when there is
    no such step, or while it stands still. `due_at` is when it runs or ran out; None while it
    stands still in time. `remaining_seconds` is below zero when it is late. `breached` is how many
    of the ticket's clocks are late and go on, this one included.
    """

    clock: str
    state: str
    due_at: datetime | None
    warn_at: datetime | None
    target_seconds: float
    remaining_seconds: float
    breached: int


def chosen(tracks: Iterable[Track], due: Mapping[Any, datetime | None]) -> Track | None:
    """Of the promised clocks that have not ended: the one that runs out next.

    Else the one that is late for longest, else the one that stands still with the least left.
    """
    open_ = [track for track in tracks if track.promised and track.mode in _OPEN]
    return min(open_, key=lambda track: _urgency(track, due.get(track.key)), default=None)


_OPEN = (Mode.RUNNING, Mode.PAUSED)


def _urgency(track: Track, due: datetime | None) -> tuple[int, float, str, int]:
    order = 2
    if track.breached_at is not None:
        order = 1
    elif track.counts:
        order = 0
    left = 0.0 if track.term is None else track.term.target.seconds - track.elapsed
    at = left if order == 2 else float("inf") if due is None else due.timestamp()  # noqa: PLR2004 - it stands still
    return order, at, track.clock.value, track.instance


def columns(state: Tracked, book: Book, due: Mapping[Any, datetime | None]) -> dict[str, Any]:
    """What the row of a ticket says of its next clock; `due` has when each clock runs out."""
    track = chosen(state.tracks, due)
    if track is None or track.term is None:
        return _NONE
    counting = (due.get(one.key) for one in state.tracks if one.counts)
    return {
        "next_clock": track.clock.value,
        "next_state": track.state.value,
        "due_at": due.get(track.key),
        "warn_at": _warning(track, state, book),
        "target": track.term.target.seconds,
        "remaining": round(track.term.target.seconds - track.elapsed, 6),
        "since": track.since if track.counts else None,
        "calendar": track.term.target.calendar,
        "calendar_version": track.term.calendar_version,
        "dues": tuple(sorted(at for at in counting if at is not None)),
    }


_NONE: dict[str, Any] = {
    "next_clock": None,
    "next_state": None,
    "due_at": None,
    "warn_at": None,
    "target": None,
    "remaining": None,
    "since": None,
    "calendar": None,
    "calendar_version": None,
    "dues": (),
}


def _warning(track: Track, state: Tracked, book: Book) -> datetime | None:
    """When a clock reached its first step before the end, or will if nothing happens."""
    early = _early_steps(track)
    reached = [reached.at for reached in track.reached if reached.name in early]
    if reached or not track.counts or track.breached_at is not None:
        return min(reached, default=None)
    alone = with_changes(state, tracks=(track,))
    return judge.next_instants(alone, book, _first_step).get(track.key)


def _early_steps(track: Track) -> dict[str, float]:
    """Name to point, of the steps before the end of a clock's target."""
    if track.term is None:
        return {}
    target = track.term.target.seconds
    points = {step.name: step.point(target) for step in track.term.promise.steps}
    return {name: point for name, point in points.items() if point < target}


def _first_step(track: Track) -> datetime | None:
    instants = (instant_of(track, point) for point in _early_steps(track).values())
    return min((at for at in instants if at is not None), default=None)


def next_clocks(
    reader: Reader, tickets: Sequence[str], now: datetime, book: Book
) -> dict[str, NextClock]:
    """The next clock of each of these tickets that has one, as of `now`; `book` has calendars."""
    if not tickets:
        return {}
    found = reader.fetch(_OF_TICKETS, {"tickets": list(tickets)})
    return {row["ticket"]: _standing(row, now, book) for row in found}


_OF_TICKETS = """
SELECT ticket, next_clock, next_state, due_at, warn_at, target, remaining, since, calendar,
       calendar_version, dues
FROM read.sla_ticket WHERE ticket = ANY (%(tickets)s) AND next_clock IS NOT NULL
"""


def _standing(row: Mapping[str, Any], now: datetime, book: Book) -> NextClock:
    """A clock that has counted on since its ticket's last event."""
    state, due_at = ClockState(row["next_state"]), row["due_at"]
    if state is ClockState.RUNNING and due_at is not None and due_at < now:
        state = ClockState.BREACHED
    remaining = row["remaining"]
    calendar = book.calendar_version(CalendarId(row["calendar"]), row["calendar_version"])
    if row["since"] is not None and calendar is not None:
        remaining = round(remaining - calendar.elapsed(row["since"], now), 6)
    return NextClock(
        clock=row["next_clock"],
        state=state.value,
        due_at=due_at,
        warn_at=row["warn_at"],
        target_seconds=row["target"],
        remaining_seconds=remaining,
        breached=sum(at < now for at in row["dues"]),
    )
