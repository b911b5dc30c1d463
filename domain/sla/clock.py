"""The one judge of clocks: from what happened, a policy and its calendars to what they stand at.

`clocks` answers for a whole history at an instant. `evolve` takes one event at a time and
`reading` looks at the outcome; `clocks` is made of the two, so a board that keeps the state
between events and a replay of the log cannot disagree.

How the time of a clock is counted, and what stops it, is told in docs/decisions/0005-figures.md.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.calendar import Calendar
from domain.ids import event_id
from domain.record import record, with_changes
from domain.recorded import Recorded
from domain.sla.changes import Change, What, changes_of
from domain.sla.policy import ClockName, Policy, Target
from domain.ticket.words import Category, Priority, Status


class ClockState(StrEnum):
    """What a clock is doing, or how it ended."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


class Because(StrEnum):
    """What an event did to a clock."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    RETARGETED = "retargeted"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


@record
class Reason:
    """The event of that version did this to the clock."""

    version: int
    at: datetime
    what: Because


@record
class Clock:
    """One clock at one instant. Instants are UTC, spans are open seconds on the target's calendar.

    `elapsed` leaves out pauses and closed hours. `remaining` is below zero when the target is
    exceeded. `due_at` is when the clock runs out, ran out, or would have when it stopped; None
    while it stands still. A breached clock goes on counting until it stops.
    """

    name: ClockName
    state: ClockState
    policy: str
    policy_version: int
    target: float | None
    calendar: str | None
    started_at: datetime
    stopped_at: datetime | None
    breached_at: datetime | None
    elapsed: float
    remaining: float | None
    due_at: datetime | None
    reasons: tuple[Reason, ...]

    @property
    def decided_at(self) -> datetime | None:
        """When it was settled whether the promise was kept; None while that is open."""
        return self.breached_at or (self.stopped_at if self.state is ClockState.MET else None)


@record
class Track:
    """One clock between events. `elapsed` is up to `since`, or for good when `since` is None."""

    name: ClockName
    started_at: datetime
    target: Target | None
    elapsed: float = 0.0
    since: datetime | None = None
    due_at: datetime | None = None
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    cancelled: bool = False
    reasons: tuple[Reason, ...] = ()


@record
class Tracked:
    """The clocks of one ticket between events, and the changes that made them what they are."""

    status: Status = Status.NEW
    priority: Priority = Priority.NORMAL
    at: datetime | None = None
    changes: tuple[Change, ...] = ()
    tracks: tuple[Track, ...] = ()


@record
class Terms:
    """What tickets are judged by."""

    policy: Policy
    calendars: Mapping[str, Calendar]


def clocks(
    events: Iterable[Recorded[Any]],
    policy: Policy,
    calendars: Mapping[str, Calendar],
    instant: datetime,
) -> tuple[Clock, ...]:
    """The clocks of one ticket as they stood at `instant`, from its events in their order.

    Events that took effect later are not looked at. Raises KeyError when the policy names a
    calendar that is not among `calendars`.
    """
    terms = Terms(policy=policy, calendars=calendars)
    state = Tracked()
    for recorded in events:
        if effective(state, recorded) > instant:
            break
        state = evolve(state, recorded, terms)
    return reading(state, terms, instant)


def effective(state: Tracked, recorded: Recorded[Any]) -> datetime:
    """When an event takes effect: when it occurred, but never before the one before it."""
    occurred: datetime = recorded.event.at
    return occurred if state.at is None else max(state.at, occurred)


def evolve(state: Tracked, recorded: Recorded[Any], terms: Terms) -> Tracked:
    """The clocks after one more event."""
    at = effective(state, recorded)
    if recorded.event.undoes is not None:
        return with_changes(_without_undone(state, recorded, at, terms), at=at)
    for change in changes_of(recorded.event, recorded.version, at):
        state = _changed(state, change, terms)
    return with_changes(state, at=at)


def reading(state: Tracked, terms: Terms, instant: datetime) -> tuple[Clock, ...]:
    """What the clocks stand at, provided that nothing happens between the last event and then."""
    return tuple(_read(_settled(track, instant, terms), terms) for track in state.tracks)


def _without_undone(state: Tracked, recorded: Recorded[Any], at: datetime, terms: Terms) -> Tracked:
    """As if the undone event had not happened - except that a breach which happened stays one."""
    gone = next(
        (
            version
            for version in {change.version for change in state.changes}
            if event_id(recorded.workspace, recorded.stream, version) == recorded.event.undoes
        ),
        None,
    )
    if gone is None:
        return state
    breaches = {track.name: _settled(track, at, terms).breached_at for track in state.tracks}
    again = Tracked()
    for change in state.changes:
        if change.version != gone:
            again = _changed(again, change, terms)
    settled = (_settled(track, at, terms) for track in again.tracks)
    kept = tuple(
        with_changes(track, breached_at=breaches.get(track.name) or track.breached_at)
        for track in settled
    )
    return with_changes(again, tracks=kept)


def _changed(state: Tracked, change: Change, terms: Terms) -> Tracked:
    tracks = tuple(_settled(track, change.at, terms) for track in state.tracks)
    after = with_changes(
        state,
        changes=(*state.changes, change) if _matters(state, change) else state.changes,
        status=Status(change.value) if change.what is What.STATUS else state.status,
        priority=(
            Priority(change.value)
            if change.what in (What.OPENED, What.PRIORITISED)
            else state.priority
        ),
    )
    tracks = tuple(_moved(track, state, after, change, terms) for track in tracks)
    return with_changes(after, tracks=tracks + _begun(tracks, after, change, terms))


def _matters(state: Tracked, change: Change) -> bool:
    """Messages after the first exchange change nothing, and need not be remembered."""
    if change.what not in (What.ASKED, What.ANSWERED):
        return True
    first = next((t for t in state.tracks if t.name is ClockName.FIRST_RESPONSE), None)
    if change.what is What.ASKED:
        return first is None
    return first is not None and first.stopped_at is None


def _begun(
    tracks: tuple[Track, ...], state: Tracked, change: Change, terms: Terms
) -> tuple[Track, ...]:
    match change.what:
        case What.OPENED:
            name = ClockName.RESOLUTION
        case What.ASKED:
            name = ClockName.FIRST_RESPONSE
        case _:
            return ()
    if name not in terms.policy.promises or any(track.name is name for track in tracks):
        return ()
    started = Reason(version=change.version, at=change.at, what=Because.STARTED)
    track = Track(
        name=name,
        started_at=change.at,
        target=terms.policy.target(name, state.priority),
        reasons=(started,),
    )
    return (_running(track, state, change, terms),)


def _moved(track: Track, before: Tracked, state: Tracked, change: Change, terms: Terms) -> Track:
    """A clock, settled up to the change, after it."""
    if track.stopped_at is not None:
        return track
    if _stops(track.name, change):
        stopped = _because(track, change, Because.STOPPED)
        return with_changes(stopped, since=None, stopped_at=change.at)
    if state.priority is not before.priority:
        target = terms.policy.target(track.name, state.priority)
        if target != track.target:
            track = with_changes(_because(track, change, Because.RETARGETED), target=target)
    return _running(track, state, change, terms)


def _stops(name: ClockName, change: Change) -> bool:
    match name:
        case ClockName.FIRST_RESPONSE:
            return change.what is What.ANSWERED
        case ClockName.RESOLUTION:
            return change.what is What.STATUS and change.value in (Status.RESOLVED, Status.CLOSED)


def _running(track: Track, state: Tracked, change: Change, terms: Terms) -> Track:
    """Let the clock run, stand still or end, as status and target want it from the change on."""
    started = any(change.version == r.version and r.what is Because.STARTED for r in track.reasons)
    if state.status.is_final or track.target is None:
        ended = track if track.cancelled else _because(track, change, Because.CANCELLED)
        return with_changes(ended, since=None, due_at=track.breached_at, cancelled=True)
    category = state.status.category
    if category is Category.DONE or terms.policy.pauses(track.name, category):
        paused = _because(track, change, Because.PAUSED) if track.since or started else track
        return with_changes(paused, since=None, due_at=track.breached_at, cancelled=False)
    resumed = track if track.since or started else _because(track, change, Because.RESUMED)
    left = track.target.seconds - track.elapsed
    breached_at = track.breached_at or (change.at if left < 0 else None)
    calendar = terms.calendars[track.target.calendar]
    due_at = breached_at or calendar.add(change.at, left)
    return with_changes(
        resumed, since=change.at, due_at=due_at, breached_at=breached_at, cancelled=False
    )


def _settled(track: Track, at: datetime, terms: Terms) -> Track:
    """The same clock with its time counted up to `at`, and a breach on the way noted."""
    if track.since is None or track.target is None or at <= track.since:
        return track
    calendar = terms.calendars[track.target.calendar]
    late = track.due_at is not None and track.due_at < at
    return with_changes(
        track,
        elapsed=round(track.elapsed + calendar.elapsed(track.since, at), 6),
        since=at,
        breached_at=track.breached_at or (track.due_at if late else None),
    )


def _because(track: Track, change: Change, what: Because) -> Track:
    reason = Reason(version=change.version, at=change.at, what=what)
    return with_changes(track, reasons=(*track.reasons, reason))


def state_of(track: Track) -> ClockState:
    """What a clock is called that was settled up to the instant of interest."""
    if track.breached_at is not None:
        return ClockState.BREACHED
    if track.stopped_at is not None:
        return ClockState.MET
    if track.cancelled:
        return ClockState.CANCELLED
    return ClockState.PAUSED if track.since is None else ClockState.RUNNING


def _read(track: Track, terms: Terms) -> Clock:
    target = track.target
    return Clock(
        name=track.name,
        state=state_of(track),
        policy=terms.policy.name,
        policy_version=terms.policy.version,
        target=None if target is None else target.seconds,
        calendar=None if target is None else target.calendar,
        started_at=track.started_at,
        stopped_at=track.stopped_at,
        breached_at=track.breached_at,
        elapsed=track.elapsed,
        remaining=None if target is None else round(target.seconds - track.elapsed, 6),
        due_at=track.due_at,
        reasons=track.reasons,
    )
