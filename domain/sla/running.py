"""What clocks do when something happens: which stop, stand still, go on, and by which term."""

from datetime import datetime

from domain.ids import TicketId
from domain.record import with_changes
from domain.sla.beginning import backdated, begun
from domain.sla.book import Book
from domain.sla.changes import BREACH, Change, Noted, What
from domain.sla.clock import Absorbed, Because, Mode, Reached, Reason, Track, Tracked
from domain.sla.counting import carried, overdue, settled
from domain.sla.hearing import DONE, Hearing
from domain.sla.policy import PAUSES, ClockName, FollowUp, OnMerge, OnReopen
from domain.sla.terms import holding, may_differ, reason_of, retargeted, under
from domain.ticket.words import Category, Status


def heard(state: Tracked, change: Change, book: Book) -> Tracked:
    """The clocks after a change."""
    at, version = change.at, change.version
    if change.noted is not None:
        tracks = [_noted(track, change.noted, at) for track in state.tracks]
        return with_changes(state, tracks=tuple(tracks), at=at, version=version)
    hearing = _hearing(state, change, book)
    tracks = [_heard_by(track, hearing) for track in state.tracks]
    for track in begun(tracks, hearing):
        tracks.append(_standing(backdated(track, hearing), hearing.state, at, version))
    answered = state.answered or _is_answered(tracks, hearing)
    return with_changes(
        hearing.state, tracks=tuple(tracks), answered=answered, at=at, version=version
    )


def rematched(track: Track, state: Tracked, book: Book, at: datetime) -> Track:
    """A live clock from `at` on, when something else begins to hold in the book.

    Of a ticket that has ended nothing is judged anew.
    """
    if state.status.is_final and not _runs_on(track, state):
        return track
    term, priority = holding(track, state, book, at)
    reason = reason_of(term, at, Because.RETARGETED, book_version=book.version_at(at))
    return _standing(under(settled(track, at), term, priority, reason), state, at)


# ── What the ticket is ───────────────────────────────────────────────────────────────────────────


def _hearing(before: Tracked, change: Change, book: Book) -> Hearing:
    hearing = Hearing(before, _after(before, change), change, book)
    goes_on = What.OPENED in change.what and change.earlier is not None
    policy = hearing.policy if goes_on else None
    if policy is None or policy.options.follow_up is not FollowUp.INHERIT_START:
        return hearing
    return Hearing(before, with_changes(hearing.state, origin=change.earlier), change, book)


def _after(state: Tracked, change: Change) -> Tracked:
    changes: dict[str, object] = {}
    if change.status is not None:
        changes["status"] = change.status
    if change.attributes is not None:
        attributes = {**state.attributes, **change.attributes}
        if attributes != state.attributes:  # a queue may be set to what it is already
            changes["attributes"] = attributes
    if What.OPENED in change.what:
        changes["opened_at"] = state.opened_at or change.at
        changes["on_behalf"] = What.ASKED not in change.what
    if What.ASKED in change.what:
        changes["asked"] = True
    if change.status is not None or What.SETTLED in change.what:
        changes["merge_settled"] = What.SETTLED in change.what
    if change.other is not None:
        changes["absorbed"] = _absorbed(state, change.other, change)
    return with_changes(state, **changes) if changes else state


def _absorbed(state: Tracked, other: TicketId, change: Change) -> tuple[Absorbed, ...]:
    rest = tuple(one for one in state.absorbed if one.ticket != other)
    if What.ABSORBED not in change.what:
        return rest
    new = Absorbed(
        ticket=other, version=change.version, opened_at=change.earlier, asked_at=change.asked_at
    )
    return (*rest, new)


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
    first = next((t for t in tracks if t.clock is ClockName.FIRST_RESPONSE), None)
    if first is not None and first.mode is Mode.STOPPED:
        return True
    return hearing.exempt_asks or (hearing.state.asked and hearing.answers)


# ── Stopping and going on ────────────────────────────────────────────────────────────────────────


def _heard_by(track: Track, hearing: Hearing) -> Track:
    """A clock after a change. Of most of those that have stopped nothing becomes any more."""
    change, state = hearing.change, hearing.state
    if track.mode is Mode.STOPPED:
        if not _goes_on(track, hearing):
            return track
        track = retargeted(_resumed(track, change.at), hearing)
    else:
        if _stops(track, hearing):
            return _stopped(settled(track, change.at), change)
        differs = may_differ(track, hearing)
        stands = change.status is None and What.SETTLED not in change.what
        if stands and not (differs or change.moves_start):
            return carried(track, change.at)
        track = settled(track, change.at)
        if differs:
            track = retargeted(track, hearing)
        elif hearing.revives:
            term, priority = holding(track, state, hearing.book, change.at)
            reason = reason_of(term, change.at, Because.RETARGETED, change.version)
            track = under(track, term, priority, reason)
        track = backdated(track, hearing)
    return _standing(track, state, change.at, change.version)


def _stopped(track: Track, change: Change) -> Track:
    reason = Reason(at=change.at, what=Because.STOPPED, version=change.version)
    return track.because(reason, mode=Mode.STOPPED, since=None, stopped_at=change.at)


def _stops(track: Track, hearing: Hearing) -> bool:
    change = hearing.change
    settles = What.SETTLED in change.what and track.mode is not Mode.CANCELLED
    match track.clock:
        case ClockName.ACKNOWLEDGE:
            return What.TOUCHED in change.what
        case ClockName.FIRST_RESPONSE | ClockName.NEXT_RESPONSE | ClockName.UPDATE:
            return hearing.answers
        case ClockName.RESOLUTION | ClockName.TOTAL_RESOLUTION:
            return change.status in DONE or settles
        case ClockName.HANDLING:
            return change.status in DONE or settles or hearing.queue_differs


def _goes_on(track: Track, hearing: Hearing) -> bool:
    """A total resolution goes on when the ticket comes back; nothing else does."""
    if track.clock is not ClockName.TOTAL_RESOLUTION or not hearing.comes_back:
        return False
    if track.is_only_evidence:
        return track.stopped_at is not None
    return track.term is None or track.term.policy.options.on_reopen is OnReopen.RESUME


def _resumed(track: Track, at: datetime) -> Track:
    elapsed, term = track.elapsed, track.term if track.promised else None
    if term is not None and term.promise.counts_resolved and track.stopped_at is not None:
        elapsed = round(elapsed + term.calendar.elapsed(track.stopped_at, at), 6)
    return with_changes(track, mode=Mode.PAUSED, elapsed=elapsed, stopped_at=None)


# ── Running or not ───────────────────────────────────────────────────────────────────────────────


def _standing(track: Track, state: Tracked, at: datetime, version: int | None = None) -> Track:
    """Let a live clock run, stand still or end, as status and term want it from `at` on."""
    mode, runs = _mode(track, state)
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


def _mode(track: Track, state: Tracked) -> tuple[Mode, bool]:
    """What a clock does in the ticket's status, and whether its time goes on."""
    category = state.status.category
    ended = state.status.is_final and not _runs_on(track, state)
    if ended or (category is Category.DONE and track.clock is ClockName.UPDATE):
        return Mode.CANCELLED, False
    promised = track.promised and track.term is not None
    paused_in = track.term.promise.pauses if promised and track.term else PAUSES[track.clock]
    still = category is Category.DONE or category in paused_in
    if not promised:
        return Mode.CANCELLED, not still
    return (Mode.PAUSED, False) if still else (Mode.RUNNING, True)


def _runs_on(track: Track, state: Tracked) -> bool:
    """A clock of a merged ticket, until the ticket that it was merged into is resolved."""
    if state.status is not Status.MERGED or state.merge_settled:
        return False
    if track.term is None or track.is_only_evidence:
        return False
    return track.term.policy.options.on_merge is OnMerge.RUN_ON
