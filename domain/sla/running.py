"""What clocks do when something happens: which begin, stop, stand still, and by which term."""

from datetime import datetime

from domain.conditions import Attributes
from domain.record import with_changes
from domain.sla.book import Book, Term
from domain.sla.changes import BREACH, Change, What
from domain.sla.clock import Because, Mode, Reached, Reason, Track, Tracked
from domain.sla.counting import overdue
from domain.sla.policy import (
    PAUSES,
    BotReply,
    ClockName,
    FollowUp,
    OnBehalf,
    OnChange,
    OnMerge,
    OnReopen,
    Policy,
)
from domain.ticket.words import Category, Priority, Status

_STOP_WHEN_DONE = frozenset({ClockName.RESOLUTION, ClockName.TOTAL_RESOLUTION, ClockName.HANDLING})
_DONE = frozenset({Status.RESOLVED, Status.CLOSED})


def heard(state: Tracked, change: Change, book: Book) -> Tracked:
    """The clocks, settled up to a change, after it."""
    before = state
    state = _after(state, change)
    policy = None
    if state.opened_at is not None:
        policy = book.policy(state.attributes, change.at, state.opened_at)
    if change.noted is not None:
        return _noted(state, change)
    tracks = [_moved(track, before, state, change, policy) for track in state.tracks]
    differs = state.attributes is not before.attributes
    tracks = [
        _retargeted(track, state, change, policy, book)
        if track.is_live and (differs or not was.is_live)
        else track
        for track, was in zip(tracks, state.tracks, strict=True)
    ]
    tracks += _begun(tracks, before, state, change, policy, book)
    tracks = [
        _standing(_backdated(track, state, change, policy, book), state, change) for track in tracks
    ]
    answered = _answered(state, tracks, change, policy)
    return with_changes(state, tracks=tuple(tracks), answered=answered)


def rematched(track: Track, state: Tracked, book: Book, at: datetime) -> Track:
    """A clock, settled up to `at`, from which on something else holds in the book."""
    if state.opened_at is None:
        return track
    old = track.term
    keeps = old is not None and old.policy.options.on_change is OnChange.KEEP_FIRST
    attributes = state.attributes
    policy: Policy | None
    if keeps and old is not None:
        policy = book.policy_in_force(old.policy.id, at, state.opened_at)
        attributes = {**attributes, "priority": track.first_priority.value}
    else:
        policy = book.policy(attributes, at, state.opened_at)
    term = _term(book, policy, track, attributes, at, state.opened_at)
    change = Change(version=0, at=at)
    return _standing(_under(track, term, at, book_version=book.version_at(at)), state, change)


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


def _noted(state: Tracked, change: Change) -> Tracked:
    noted = change.noted
    assert noted is not None, "asked only for what notes something"
    return with_changes(
        state,
        tracks=tuple(
            _with_note(track, noted.name, change.at)
            if (track.clock.value, track.instance) == (noted.clock, noted.instance)
            else track
            for track in state.tracks
        ),
    )


def _with_note(track: Track, name: str, at: datetime) -> Track:
    """A clock of which the log says this. At the very instant of a point it is not behind it yet;
    but nothing came first, or the log would not say so.
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


def _answers(change: Change, policy: Policy | None) -> bool:
    if What.ANSWERED in change.what:
        return True
    stops = policy is not None and policy.options.bot_reply is BotReply.STOPS
    return stops and What.ANSWERED_BY_RULE in change.what


def _answered(state: Tracked, tracks: list[Track], change: Change, policy: Policy | None) -> bool:
    """Whether what the requester writes from now on is no first message any more."""
    if state.answered:
        return True
    first = next((t for t in tracks if t.clock is ClockName.FIRST_RESPONSE), None)
    if first is not None and first.mode is Mode.STOPPED:
        return True
    if state.asked and _answers(change, policy):
        return True
    exempt = policy is not None and policy.options.on_behalf is OnBehalf.EXEMPT
    return state.on_behalf and exempt and What.ASKED in change.what


# ── Stopping ─────────────────────────────────────────────────────────────────────────────────────


def _moved(
    track: Track, before: Tracked, state: Tracked, change: Change, policy: Policy | None
) -> Track:
    if track.mode is Mode.STOPPED:
        return _resumed(track, before, state, change)
    if _stops(track, before, state, change, policy):
        stopped = Reason(at=change.at, what=Because.STOPPED, version=change.version)
        return track.because(stopped, mode=Mode.STOPPED, since=None, stopped_at=change.at)
    return track


def _stops(
    track: Track, before: Tracked, state: Tracked, change: Change, policy: Policy | None
) -> bool:
    match track.clock:
        case ClockName.ACKNOWLEDGE:
            return What.TOUCHED in change.what
        case ClockName.FIRST_RESPONSE | ClockName.NEXT_RESPONSE | ClockName.UPDATE:
            return _answers(change, policy)
        case ClockName.RESOLUTION | ClockName.TOTAL_RESOLUTION:
            return change.status in _DONE or What.SETTLED in change.what
        case ClockName.HANDLING:
            moved = state.attributes.get("queue") != before.attributes.get("queue")
            return moved or change.status in _DONE or What.SETTLED in change.what


def _resumed(track: Track, before: Tracked, state: Tracked, change: Change) -> Track:
    """A total resolution goes on when the ticket comes back; nothing else does."""
    if not (
        track.clock is ClockName.TOTAL_RESOLUTION
        and _comes_back(before, state)
        and (track.term is None or track.term.policy.options.on_reopen is OnReopen.RESUME)
    ):
        return track
    elapsed = track.elapsed
    term = track.term
    if term is not None and term.promise.counts_resolved and track.stopped_at is not None:
        elapsed = round(elapsed + term.calendar.elapsed(track.stopped_at, change.at), 6)
    return with_changes(track, mode=Mode.PAUSED, elapsed=elapsed, stopped_at=None)


def _comes_back(before: Tracked, state: Tracked) -> bool:
    return before.status in _DONE and state.status.is_backlog


# ── Judging by something else ────────────────────────────────────────────────────────────────────


def _term(
    book: Book,
    policy: Policy | None,
    track: Track,
    attributes: Attributes,
    at: datetime,
    opened_at: datetime,
) -> Term | None:
    if policy is None:
        return None
    return book.term_of(policy, track.clock, attributes, track.queue, at=at, opened_at=opened_at)


def _retargeted(
    track: Track, state: Tracked, change: Change, policy: Policy | None, book: Book
) -> Track:
    """A clock after the ticket changed in a way that may make another promise hold."""
    old = track.term
    if old is not None and old.policy.options.on_change is OnChange.KEEP_FIRST and track.promised:
        return track
    assert state.opened_at is not None, "only an opened ticket has clocks"
    term = _term(book, policy, track, state.attributes, change.at, state.opened_at)
    if term is not None and old is not None and term.names == old.names and track.promised:
        return with_changes(track, term=term)
    restarts = old is not None and old.policy.options.on_change is OnChange.RESTART
    if restarts and term is not None:
        anew = with_changes(track, elapsed=0.0, idle=(), borrowed=0.0)
        return _under(anew, term, change.at, change.version, what=Because.RESTARTED)
    return _under(track, term, change.at, change.version)


def _under(
    track: Track,
    term: Term | None,
    at: datetime,
    version: int | None = None,
    *,
    book_version: int | None = None,
    what: Because = Because.RETARGETED,
) -> Track:
    """The clock under another term, or under none; what it has counted is kept."""
    if term is None:
        return with_changes(track, promised=False)
    if track.promised and track.term is not None and track.term.names == term.names:
        return with_changes(track, term=term)
    elapsed = track.elapsed
    if track.idle:
        counted = sum(term.calendar.elapsed(begin, end) for begin, end in track.idle)
        elapsed = round(elapsed + counted, 6)
    reason = _by(term, at, what, version, book_version)
    return track.because(reason, term=term, promised=True, elapsed=elapsed, idle=())


def _by(
    term: Term, at: datetime, what: Because, version: int | None, book_version: int | None = None
) -> Reason:
    policy, policy_version, calendar, calendar_version, target = term.names
    return Reason(
        at=at,
        what=what,
        version=version,
        book_version=book_version,
        policy=policy,
        policy_version=policy_version,
        calendar=calendar,
        calendar_version=calendar_version,
        target=target,
    )


# ── Beginning ────────────────────────────────────────────────────────────────────────────────────


def _begun(
    tracks: list[Track],
    before: Tracked,
    state: Tracked,
    change: Change,
    policy: Policy | None,
    book: Book,
) -> list[Track]:
    """The clocks that begin with this change."""
    promised = book.promised_at(change.at)
    names = [
        name
        for name in ClockName
        if name in promised and _begins(name, tracks, before, state, change, policy)
    ]
    return [_new(name, state, change, policy, book) for name in names]


def _begins(
    name: ClockName,
    tracks: list[Track],
    before: Tracked,
    state: Tracked,
    change: Change,
    policy: Policy | None,
) -> bool:
    opened = What.OPENED in change.what
    there = [track for track in tracks if track.clock is name]
    live = any(track.is_live for track in there)
    match name:
        case ClockName.ACKNOWLEDGE | ClockName.RESOLUTION:
            return opened and not there
        case ClockName.TOTAL_RESOLUTION:
            return (opened and not there) or (
                bool(there) and not live and _comes_back(before, state)
            )
        case ClockName.FIRST_RESPONSE:
            return not there and not state.answered and _first_begins(state, change, policy)
        case ClockName.NEXT_RESPONSE:
            return What.ASKED in change.what and state.answered and not live
        case ClockName.UPDATE:
            return _answers(change, policy) and state.status.is_backlog
        case ClockName.HANDLING:
            moved = state.attributes.get("queue") != before.attributes.get("queue")
            back = opened or moved or _comes_back(before, state)
            here = state.attributes.get("queue") is not None and state.status.is_backlog
            return back and here and not live


def _first_begins(state: Tracked, change: Change, policy: Policy | None) -> bool:
    rule = OnBehalf.FIRST_MESSAGE if policy is None else policy.options.on_behalf
    if state.on_behalf and rule is OnBehalf.EXEMPT:
        return False
    asked = What.ASKED in change.what or change.asked_at is not None
    return asked or (What.OPENED in change.what and rule is OnBehalf.OPENING)


def _new(
    name: ClockName, state: Tracked, change: Change, policy: Policy | None, book: Book
) -> Track:
    assert state.opened_at is not None, "only an opened ticket has clocks"
    queue = state.attributes.get("queue") if name is ClockName.HANDLING else None
    track = Track(
        clock=name,
        instance=change.version,
        queue=None if queue is None else str(queue),
        started_at=change.at,
        first_priority=Priority(str(state.attributes["priority"])),
        mode=Mode.PAUSED,
    )
    term = _term(book, policy, track, state.attributes, change.at, state.opened_at)
    if term is None:
        return track
    started = _by(term, change.at, Because.STARTED, change.version)
    return track.because(started, term=term, promised=True)


_BACKDATED = frozenset({ClockName.RESOLUTION, ClockName.TOTAL_RESOLUTION, ClockName.ACKNOWLEDGE})


def _backdated(
    track: Track, state: Tracked, change: Change, policy: Policy | None, book: Book
) -> Track:
    """A clock that counts from the start of another ticket, or does so no more."""
    if track.mode is Mode.STOPPED:
        return track
    if What.RELEASED in change.what:
        return track if state.absorbed else _returned(track, change)
    earlier = None
    if What.ABSORBED in change.what:
        if track.clock in _BACKDATED and track.clock is not ClockName.ACKNOWLEDGE:
            earlier = change.earlier
        elif track.clock is ClockName.FIRST_RESPONSE:
            earlier = change.asked_at
    elif What.OPENED in change.what and track.clock in (*_BACKDATED, ClockName.FIRST_RESPONSE):
        inherits = policy is not None and policy.options.follow_up is FollowUp.INHERIT_START
        earlier = change.earlier if inherits else None
    if earlier is None or earlier >= track.started_at:
        return track
    return _counting_from(track, earlier, change)


def _counting_from(track: Track, earlier: datetime, change: Change) -> Track:
    gained, idle = 0.0, track.idle
    if track.term is not None and track.promised:
        gained = track.term.calendar.elapsed(earlier, track.started_at)
    else:
        idle = ((earlier, track.started_at), *idle)
    return track.because(
        Reason(at=change.at, what=Because.BACKDATED, version=change.version),
        own_start=track.own_start or track.started_at,
        started_at=earlier,
        borrowed=round(track.borrowed + gained, 6),
        elapsed=round(track.elapsed + gained, 6),
        idle=idle,
    )


def _returned(track: Track, change: Change) -> Track:
    if track.own_start is None:
        return track
    return track.because(
        Reason(at=change.at, what=Because.BACKDATED, version=change.version),
        started_at=track.own_start,
        own_start=None,
        borrowed=0.0,
        elapsed=round(max(0.0, track.elapsed - track.borrowed), 6),
    )


# ── Running or not ───────────────────────────────────────────────────────────────────────────────


def _standing(track: Track, state: Tracked, change: Change) -> Track:
    """Let the clock run, stand still or end, as status and term want it from the change on."""
    if track.mode is Mode.STOPPED:
        return track
    mode, runs = _mode(track, state)
    if mode is not track.mode and track.term is not None and not _just_started(track, mode):
        what = {
            Mode.RUNNING: Because.RESUMED,
            Mode.PAUSED: Because.PAUSED,
            Mode.CANCELLED: Because.CANCELLED,
        }[mode]
        version = change.version or None
        track = track.because(Reason(at=change.at, what=what, version=version))
    track = with_changes(track, mode=mode, since=change.at if runs else None)
    return overdue(track, change.at)


def _just_started(track: Track, mode: Mode) -> bool:
    """A clock that begins runs: that need not be said again."""
    return mode is Mode.RUNNING and track.reasons[-1].what is Because.STARTED


def _mode(track: Track, state: Tracked) -> tuple[Mode, bool]:
    """What a clock does in the ticket's status, and whether its time goes on."""
    status = state.status
    if status is Status.MERGED:
        if track.term is None or track.term.policy.options.on_merge is OnMerge.CANCEL:
            return Mode.CANCELLED, False
    elif status.is_final or (track.clock is ClockName.UPDATE and not status.is_backlog):
        return Mode.CANCELLED, False
    paused_in = PAUSES[track.clock]
    if track.promised and track.term is not None:
        paused_in = track.term.promise.paused_in
    still = status.category is Category.DONE or status.category in paused_in
    if not track.promised:
        return Mode.CANCELLED, not still
    return (Mode.PAUSED, False) if still else (Mode.RUNNING, True)
