"""The one judge of clocks: from what happened, the book and an instant to what they stand at.

`clocks` answers for a whole history at an instant. `evolve` takes one event at a time and
`reading` looks at the outcome; `clocks` is made of the two, so a board that keeps the state
between events and a replay of the log cannot disagree. What may begin, stop and stand still is in
running.py; how time is counted on the way is in counting.py.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.record import with_changes
from domain.recorded import Recorded
from domain.sla.book import Book, Term
from domain.sla.changes import change_of
from domain.sla.clock import NOT_OPENED, Because, Clock, Mode, Reason, Track, Tracked
from domain.sla.counting import due_at, due_if_stopped, settled
from domain.sla.running import heard, rematched

_NEVER = datetime.max.replace(tzinfo=UTC)

History = Callable[[], Sequence[Recorded[Any]]]
"""Gives all events of a ticket up to the one at hand, that one included."""


def clocks(events: Iterable[Recorded[Any]], book: Book, instant: datetime) -> tuple[Clock, ...]:
    """The clocks of one ticket as they stood at `instant`, from its events in their order.

    Events that took effect later are not looked at. To see what was known then, give the book as
    it was known then (Book.known_at).
    """
    seen: list[Recorded[Any]] = []
    state = NOT_OPENED
    for recorded in events:
        if effective(state, recorded) > instant:
            break
        seen.append(recorded)
        state = evolve(state, recorded, book, lambda: seen)
    return reading(state, book, instant)


def effective(state: Tracked, recorded: Recorded[Any]) -> datetime:
    """When an event takes effect: when it occurred, but never before the one before it."""
    occurred: datetime = recorded.event.at
    return occurred if state.at is None else max(state.at, occurred)


def evolve(state: Tracked, recorded: Recorded[Any], book: Book, history: History) -> Tracked:
    """The clocks after one more event. The history is only looked at for an undo."""
    at = effective(state, recorded)
    state = advanced(state, book, at)
    if recorded.event.undoes is not None:
        state = _without_undone(state, book, history(), at)
    else:
        change = change_of(recorded.event, recorded.version, at, state.attributes)
        if change is not None:
            return heard(state, change, book)
    return with_changes(state, at=at, version=recorded.version)


def fold(events: Sequence[Recorded[Any]], book: Book) -> Tracked:
    """The clocks after these events of one ticket, from its first one on."""
    state = NOT_OPENED
    for n, recorded in enumerate(events, 1):
        state = evolve(state, recorded, book, lambda n=n: events[:n])  # type: ignore[misc]
    return state


def advanced(state: Tracked, book: Book, until: datetime) -> Tracked:
    """The clocks after all that began to hold in the book up to `until`, and nothing else."""
    if state.at is None or state.opened_at is None:
        return state
    for boundary in book.boundaries(state.at, until):
        state = _crossed(state, book, boundary)
    return state


def reading(state: Tracked, book: Book, instant: datetime) -> tuple[Clock, ...]:
    """What the clocks stand at, provided that nothing happens between the last event and then."""
    state = advanced(state, book, instant)
    settled_tracks = tuple(settled(track, instant) for track in state.tracks)
    state = with_changes(state, tracks=settled_tracks, at=max(instant, state.at or instant))
    ends = due_instants(state, book)
    return tuple(
        _read(track, track.term, ends.get(track.key))
        for track in settled_tracks
        if track.term is not None
    )


def due_instants(state: Tracked, book: Book) -> dict[tuple[Any, int], datetime]:
    """When each running clock that is not breached will be, if nothing more happens."""
    return _foreseen(state, book, due_at, lambda track: track.breached_at is not None)


def next_instants(
    state: Tracked, book: Book, moment: Callable[[Track], datetime | None]
) -> dict[tuple[Any, int], datetime]:
    """The first `moment` of each running clock, or when it passes a point at once.

    That happens where the book says something else, of which much is behind the clock already.
    """
    return _foreseen(state, book, moment, lambda track: (track.breached_at, len(track.reached)))


def _foreseen(
    state: Tracked,
    book: Book,
    moment: Callable[[Track], datetime | None],
    passed: Callable[[Track], object],
) -> dict[tuple[Any, int], datetime]:
    """What comes first for each clock, also beyond instants at which the book says otherwise.

    A clock for which `passed` differs at such an instant has passed something right then.
    """
    found: dict[tuple[Any, int], datetime] = {}
    if state.at is None:
        return found
    waiting = {track.key for track in state.tracks if track.is_live}
    for boundary in (*book.boundaries(state.at, _NEVER), None):
        for track in state.tracks:
            if track.key in waiting and track.counts:
                at = moment(track)
                if at is not None and (boundary is None or at < boundary):
                    found[track.key] = at
        waiting -= found.keys()
        if boundary is None or not waiting:
            break
        before = {track.key: passed(track) for track in state.tracks}
        state = _crossed(state, book, boundary)
        for track in state.tracks:
            if track.key in waiting and passed(track) != before[track.key]:
                found[track.key] = boundary
        waiting -= found.keys()
    return found


def _crossed(state: Tracked, book: Book, boundary: datetime) -> Tracked:
    """Something else begins to hold: each clock takes it from here on."""
    tracks = tuple(
        rematched(track, state, book, boundary) if track.is_live else track
        for track in state.tracks
    )
    return with_changes(state, tracks=tracks, at=boundary)


def _without_undone(
    state: Tracked, book: Book, history: Sequence[Recorded[Any]], at: datetime
) -> Tracked:
    """As if what was undone had not happened - except that a breach which happened stays one."""
    undone = {recorded.event.undoes for recorded in history} - {None}
    again = NOT_OPENED
    for recorded in history:
        took = effective(again, recorded)
        again = advanced(again, book, took)
        if recorded.event.undoes is None and recorded.event_id not in undone:
            change = change_of(recorded.event, recorded.version, took, again.attributes)
            if change is not None:
                again = heard(again, change, book)
        again = with_changes(again, at=took)
    tracks = {track.key: settled(track, at) for track in again.tracks}
    for track in state.tracks:
        old = settled(track, at)
        if old.breached_at is not None:
            undone_by = Reason(at=at, what=Because.UNDONE, version=history[-1].version)
            tracks[old.key] = _still_breached(old, tracks.get(old.key), undone_by)
    return with_changes(again, tracks=tuple(tracks.values()))


def _still_breached(old: Track, new: Track | None, reason: Reason) -> Track:
    """A clock after an undo, of which the log knows that it breached before."""
    if new is None:
        return old.because(reason, mode=Mode.STOPPED, promised=False, since=None)
    breached_at = min(at for at in (old.breached_at, new.breached_at) if at is not None)
    if new.term is None:
        return new.because(reason, term=old.term, breached_at=breached_at)
    return with_changes(new, breached_at=breached_at)


def _read(track: Track, term: Term, due: datetime | None) -> Clock:
    target = term.target.seconds if track.promised else None
    return Clock(
        name=track.clock,
        instance=track.instance,
        queue=track.queue,
        state=track.state,
        policy=term.policy.id,
        policy_version=term.policy.version,
        target=target,
        calendar=term.target.calendar if track.promised else None,
        calendar_version=term.calendar_version if track.promised else None,
        started_at=track.started_at,
        stopped_at=track.stopped_at,
        breached_at=track.breached_at,
        elapsed=track.elapsed,
        remaining=None if target is None else round(target - track.elapsed, 6),
        due_at=track.breached_at or due or due_if_stopped(track),
        reached=track.reached,
        noted=track.noted,
        reasons=track.reasons,
    )
