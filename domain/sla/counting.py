"""How the time of a clock is counted, and which points it passes on the way."""

from datetime import datetime

from domain.calendar import NeverOpen
from domain.record import with_changes
from domain.sla.book import Term
from domain.sla.changes import BREACH
from domain.sla.clock import Reached, Track


def settled(track: Track, at: datetime) -> Track:
    """The same clock with its time counted up to `at`, and the points noted that it passed.

    What happens at the very instant of a point comes first: an answer in the last moment is in
    time.
    """
    if track.since is None or at <= track.since:
        return track
    if not track.promised or track.term is None:
        return with_changes(track, idle=(*track.idle, (track.since, at)), since=at)
    elapsed = round(track.elapsed + track.term.calendar.elapsed(track.since, at), 6)
    passed = _passed(track, track.term, elapsed, at)
    return with_changes(track, elapsed=elapsed, since=at, **passed)


def carried(track: Track, at: datetime) -> Track:
    """The same clock when it has passed no point by `at`, or else settled.

    Nothing need be written of a clock to which nothing has happened. No more open time has passed
    than time, so for most clocks that is enough to tell.
    """
    term = track.term
    if track.since is None or at <= track.since or not track.promised or term is None:
        return track
    most = track.elapsed + (at - track.since).total_seconds()
    if most < term.target.seconds and not term.promise.steps:
        return track
    counted = settled(track, at)
    same = counted.breached_at == track.breached_at and counted.reached == track.reached
    return track if same else counted


def _passed(track: Track, term: Term, elapsed: float, at: datetime) -> dict[str, object]:
    changes: dict[str, object] = {}
    if track.breached_at is None and elapsed >= term.target.seconds:
        due = instant_of(track, term.target.seconds)
        if due is not None and due < at:
            changes["breached_at"] = due
    if term.promise.steps:
        known = {reached.name for reached in track.reached}
        new = []
        for step in term.promise.steps:
            point = step.point(term.target.seconds)
            if step.name not in known and elapsed >= point:
                when = instant_of(track, point)
                if when is not None and when < at:
                    new.append(Reached(name=step.name, at=when))
        if new:
            new.sort(key=lambda reached: reached.at)
            changes["reached"] = (*track.reached, *new)
    return changes


def overdue(track: Track, at: datetime) -> Track:
    """A clock that begins to count at `at` with points behind it already: they are reached now."""
    term = track.term
    if term is None or not track.counts:
        return track
    if track.breached_at is None and track.elapsed > term.target.seconds:
        track = with_changes(track, breached_at=at)
    known = {reached.name for reached in track.reached}
    new = tuple(
        Reached(name=step.name, at=at)
        for step in term.promise.steps
        if step.name not in known and track.elapsed > step.point(term.target.seconds)
    )
    return with_changes(track, reached=(*track.reached, *new)) if new else track


def instant_of(track: Track, point: float) -> datetime | None:
    """When a counting clock has `point` seconds; None for never, or beyond the calendar.

    For a point that is behind it, when it began to count.
    """
    if track.since is None or track.term is None:
        return None
    try:
        return track.term.calendar.add(track.since, max(0.0, point - track.elapsed))
    except (NeverOpen, OverflowError):
        return None


def due_at(track: Track) -> datetime | None:
    """When a counting clock runs out; None when it has, or never does."""
    if track.breached_at is not None or track.term is None:
        return None
    return instant_of(track, track.term.target.seconds)


def due_if_stopped(track: Track) -> datetime | None:
    """When a clock that stopped in time would have run out; None for any other."""
    if track.stopped_at is None or not track.promised or track.breached_at is not None:
        return None
    return due_at(with_changes(track, since=track.stopped_at))


def unreached(track: Track, since: datetime | None = None) -> datetime | None:
    """When a counting clock next reaches a step, or breaches; never before `since`."""
    term = track.term
    if term is None:
        return None
    known = {reached.name for reached in track.reached}
    instants = [due_at(track)]
    instants += (
        instant_of(track, step.point(term.target.seconds))
        for step in term.promise.steps
        if step.name not in known
    )
    ahead = (at for at in instants if at is not None and (since is None or at >= since))
    return min(ahead, default=None)


def unnoted(track: Track) -> tuple[Reached, ...]:
    """What it has reached, and the breach, as far as the log does not say so yet; in their order.

    The breach comes before the steps of the same instant.
    """
    found = [reached for reached in track.reached if reached.name not in track.noted]
    if track.breached_at is not None and BREACH not in track.noted:
        found.insert(0, Reached(name=BREACH, at=track.breached_at))
    return tuple(sorted(found, key=lambda reached: reached.at))
