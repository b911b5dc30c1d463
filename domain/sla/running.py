"""What clocks do when something happens: which stop, stand still, go on, and by which term."""

from datetime import datetime

from domain.record import with_changes
from domain.sla.beginning import backdated, begun
from domain.sla.book import Book
from domain.sla.changes import BREACH, Change, Noted, What
from domain.sla.clock import Because, Mode, Reached, Reason, Track, Tracked
from domain.sla.counting import carried, overdue, settled
from domain.sla.hearing import DONE, Hearing
from domain.sla.policy import PAUSES, ClockName, OnBehalf, OnChange, OnMerge, OnReopen, Policy
from domain.sla.terms import may_differ, retargeted, under
from domain.ticket.words import Category, Status


def heard(state: Tracked, change: Change, book: Book) -> Tracked:
    """The clocks after a change."""
    at, version = change.at, change.version
    if change.noted is not None:
        tracks = [_noted(track, change.noted, at) for track in state.tracks]
        return with_changes(state, tracks=tuple(tracks), at=at, version=version)
    hearing = Hearing(state, _after(state, change), change, book)
    tracks = [_heard_by(track, hearing) for track in state.tracks]
    for track in begun(tracks, hearing):
        tracks.append(_standing(backdated(track, hearing), hearing.state, at, version))
    answered = state.answered or _is_answered(tracks, hearing)
    return with_changes(
        hearing.state, tracks=tuple(tracks), answered=answered, at=at, version=version
    )


def rematched(track: Track, state: Tracked, book: Book, at: datetime) -> Track:
    """A clock from `at` on, when something else begins to hold in the book."""
    if state.opened_at is None:
        return track
    track = settled(track, at)
    old = track.term
    keeps = old is not None and old.policy.options.on_change is OnChange.KEEP_FIRST
    attributes = state.attributes
    policy: Policy | None
    if keeps and old is not None:
        policy = book.policy_in_force(old.policy.id, at, state.opened_at)
        attributes = {**attributes, "priority": track.first_priority.value}
    else:
        policy = book.policy(attributes, at, state.opened_at)
    term = None
    if policy is not None:
        term = book.term_of(
            policy, track.clock, attributes, track.queue, at=at, opened_at=state.opened_at
        )
    track = under(track, term, at, book_version=book.version_at(at))
    return _standing(track, state, at)


# ── What the ticket is ───────────────────────────────────────────────────────────────────────────


def _after(state: Tracked, change: Change) -> Tracked:
    changes: dict[str, object] = {}
    if change.status is not None:
        changes["status"] = change.status
    if change.attributes is not None:
        changes["attributes"] = {**state.attributes, **change.attributes}
    if What.OPENED in change.what:
        changes["opened_at"] = state.opened_at or change.at
        changes["on_behalf"] = What.ASKED not in change.what
    if What.ASKED in change.what:
        changes["asked"] = True
    if change.other is not None:
        held = state.absorbed
        absorbed = What.ABSORBED in change.what
        changes["absorbed"] = held | {change.other} if absorbed else held - {change.other}
    return with_changes(state, **changes) if changes else state


def _noted(track: Track, noted: Noted, at: datetime) -> Track:
    """A clock after the log said something of it, or of another one."""
    if (track.clock.value, track.instance) != (noted.clock, noted.instance):
        return carried(track, at)
    return _with_note(settled(track, at), noted.name, at)


def _with_note(track: Track, name: str, at: datetime) -> Track:
    """A clock of which the log says this.

    At the very instant of a point it is not behind the clock yet; but nothing came first, or the
    log would not say so.
    """
    track = with_changes(track, noted=(*track.noted, name))
    if not track.counts or track.term is None:
        return track
    if name == BREACH:
        breached = track.breached_at is None and track.elapsed >= track.term.target.seconds
        return with_changes(track, breached_at=at) if breached else track
    step = next((step for step in track.term.promise.steps if step.name == name), None)
    if step is None or any(reached.name == name for reached in track.reached):
        return track
    if track.elapsed < step.point(track.term.target.seconds):
        return track
    return with_changes(track, reached=(*track.reached, Reached(name=name, at=at)))


def _is_answered(tracks: list[Track], hearing: Hearing) -> bool:
    """Whether what the requester writes from now on is no first message any more."""
    state, what = hearing.state, hearing.change.what
    first = next((t for t in tracks if t.clock is ClockName.FIRST_RESPONSE), None)
    if first is not None and first.mode is Mode.STOPPED:
        return True
    if state.asked and hearing.answers:
        return True
    if not state.on_behalf or What.ASKED not in what or hearing.policy is None:
        return False
    return hearing.policy.options.on_behalf is OnBehalf.EXEMPT


# ── Stopping and going on ────────────────────────────────────────────────────────────────────────


def _heard_by(track: Track, hearing: Hearing) -> Track:
    """A clock after a change. Of most of those that have stopped nothing becomes any more."""
    change, state = hearing.change, hearing.state
    if track.mode is Mode.STOPPED:
        if not _goes_on(track, hearing):
            return track
        track = retargeted(_resumed(track, change.at), hearing)
    else:
        if _stops(track.clock, hearing):
            return _stopped(settled(track, change.at), change)
        differs = may_differ(track, hearing)
        if not (differs or change.moves_start or change.status is not None):
            return carried(track, change.at)
        track = settled(track, change.at)
        if differs:
            track = retargeted(track, hearing)
        track = backdated(track, hearing)
    return _standing(track, state, change.at, change.version)


def _stopped(track: Track, change: Change) -> Track:
    reason = Reason(at=change.at, what=Because.STOPPED, version=change.version)
    return track.because(reason, mode=Mode.STOPPED, since=None, stopped_at=change.at)


def _stops(clock: ClockName, hearing: Hearing) -> bool:
    change = hearing.change
    match clock:
        case ClockName.ACKNOWLEDGE:
            return What.TOUCHED in change.what
        case ClockName.FIRST_RESPONSE | ClockName.NEXT_RESPONSE | ClockName.UPDATE:
            return hearing.answers
        case ClockName.RESOLUTION | ClockName.TOTAL_RESOLUTION:
            return change.status in DONE or What.SETTLED in change.what
        case ClockName.HANDLING:
            done = change.status in DONE or What.SETTLED in change.what
            return done or hearing.queue_differs


def _goes_on(track: Track, hearing: Hearing) -> bool:
    """A total resolution goes on when the ticket comes back; nothing else does."""
    return (
        track.clock is ClockName.TOTAL_RESOLUTION
        and hearing.comes_back
        and (track.term is None or track.term.policy.options.on_reopen is OnReopen.RESUME)
    )


def _resumed(track: Track, at: datetime) -> Track:
    elapsed, term = track.elapsed, track.term
    if term is not None and term.promise.counts_resolved and track.stopped_at is not None:
        elapsed = round(elapsed + term.calendar.elapsed(track.stopped_at, at), 6)
    return with_changes(track, mode=Mode.PAUSED, elapsed=elapsed, stopped_at=None)


# ── Running or not ───────────────────────────────────────────────────────────────────────────────


def _standing(track: Track, state: Tracked, at: datetime, version: int | None = None) -> Track:
    """Let a live clock run, stand still or end, as status and term want it from `at` on."""
    mode, runs = _mode(track, state.status)
    since = at if runs else None
    if mode is not track.mode:
        if track.term is not None and not _just_started(track, mode):
            what = _DOES[mode]
            track = track.because(Reason(at=at, what=what, version=version), mode=mode, since=since)
        else:
            track = with_changes(track, mode=mode, since=since)
    elif track.since != since:
        track = with_changes(track, since=since)
    return overdue(track, at)


_DOES = {
    Mode.RUNNING: Because.RESUMED,
    Mode.PAUSED: Because.PAUSED,
    Mode.CANCELLED: Because.CANCELLED,
}


def _just_started(track: Track, mode: Mode) -> bool:
    """A clock that begins runs: that need not be said again."""
    return mode is Mode.RUNNING and track.reasons[-1].what is Because.STARTED


def _mode(track: Track, status: Status) -> tuple[Mode, bool]:
    """What a clock does in the ticket's status, and whether its time goes on."""
    category = status.category
    if status is Status.MERGED:
        if track.term is None or track.term.policy.options.on_merge is OnMerge.CANCEL:
            return Mode.CANCELLED, False
    elif category is Category.FINAL or (
        category is Category.DONE and track.clock is ClockName.UPDATE
    ):
        return Mode.CANCELLED, False
    promised = track.promised and track.term is not None
    paused_in = track.term.promise.paused_in if promised and track.term else PAUSES[track.clock]
    still = category is Category.DONE or category in paused_in
    if not promised:
        return Mode.CANCELLED, not still
    return (Mode.PAUSED, False) if still else (Mode.RUNNING, True)
