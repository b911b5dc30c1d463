"""Which clocks begin with a change to a ticket, and from which start they count."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from domain.sla.changes import What
from domain.sla.clock import Because, Mode, Reason, Track, Tracked
from domain.sla.hearing import Hearing
from domain.sla.policy import ClockName, OnBehalf
from domain.sla.terms import reason_of
from domain.ticket.words import Priority

_BEGINNERS = (What.OPENED, What.ASKED, What.ANSWERED, What.ANSWERED_BY_RULE, What.ABSORBED)


def begun(tracks: Sequence[Track], hearing: Hearing) -> list[Track]:
    """The clocks that begin with a change, beside those that there are after it."""
    may_begin = (
        any(what in _BEGINNERS for what in hearing.change.what)
        or hearing.queue_differs
        or hearing.comes_back
    )
    if not may_begin or hearing.state.opened_at is None:
        return []
    promised = hearing.book.promised_at(hearing.change.at)
    return [
        _new(name, hearing)
        for name in ClockName
        if name in promised and _begins(name, tracks, hearing)
    ]


def _begins(name: ClockName, tracks: Sequence[Track], hearing: Hearing) -> bool:
    state, what = hearing.state, hearing.change.what
    there = [track for track in tracks if track.clock is name]
    live = any(track.is_live for track in there)
    match name:
        case ClockName.ACKNOWLEDGE | ClockName.RESOLUTION:
            return What.OPENED in what and not there
        case ClockName.TOTAL_RESOLUTION:
            if not there:
                return What.OPENED in what
            return not live and hearing.comes_back
        case ClockName.FIRST_RESPONSE:
            return not there and not state.answered and _first_begins(hearing)
        case ClockName.NEXT_RESPONSE:
            return What.ASKED in what and not live and (state.answered or hearing.exempt_asks)
        case ClockName.UPDATE:
            return hearing.answers and state.status.is_backlog
        case ClockName.HANDLING:
            comes = What.OPENED in what or hearing.queue_differs or hearing.comes_back
            here = state.attributes.get("queue") is not None and state.status.is_backlog
            return comes and here and not live


def _first_begins(hearing: Hearing) -> bool:
    policy, change = hearing.policy, hearing.change
    rule = OnBehalf.FIRST_MESSAGE if policy is None else policy.options.on_behalf
    if hearing.state.on_behalf and rule is OnBehalf.EXEMPT:
        return False
    asked = What.ASKED in change.what or change.asked_at is not None
    return asked or (What.OPENED in change.what and rule is OnBehalf.OPENING)


def _new(clock: ClockName, hearing: Hearing) -> Track:
    state, change = hearing.state, hearing.change
    queue = state.attributes.get("queue") if clock is ClockName.HANDLING else None
    named = None if queue is None else str(queue)
    term = hearing.term(clock, named)
    started = None
    if term is not None:
        started = reason_of(term, change.at, Because.STARTED, change.version)
    return Track(
        clock=clock,
        instance=change.version,
        queue=named,
        started_at=change.at,
        first_priority=Priority(str(state.attributes["priority"])),
        mode=Mode.PAUSED,
        term=term,
        promised=term is not None,
        reasons=() if started is None else (started,),
    )


# ── The start of another ticket ──────────────────────────────────────────────────────────────────


_FROM_ABSORBED = (ClockName.FIRST_RESPONSE, ClockName.RESOLUTION, ClockName.TOTAL_RESOLUTION)
_FROM_ORIGIN = (ClockName.ACKNOWLEDGE, *_FROM_ABSORBED)
"""Clocks of a follow-up that may count from the opening of the ticket that it follows."""
_OPENING = 1
"""The version of a ticket at which it is opened: nothing happens to a ticket before."""


def backdated(track: Track, hearing: Hearing) -> Track:
    """A live clock that counts from the start of another ticket, or does so no more."""
    if not hearing.change.moves_start:
        return track
    own = track.own_start or track.started_at
    start = min(_starts(track, hearing.state), default=own)
    start = min(start, own)
    return track if start == track.started_at else _counting_from(track, start, own, hearing)


def _starts(track: Track, state: Tracked) -> Iterator[datetime]:
    """From when a clock may count, as other tickets were there before this one."""
    begins_there = track.instance == _OPENING and track.clock in _FROM_ORIGIN
    if state.origin is not None and begins_there:
        yield state.origin
    for one in state.absorbed:
        start = one.asked_at if track.clock is ClockName.FIRST_RESPONSE else one.opened_at
        there = one.version >= track.instance and track.clock in _FROM_ABSORBED
        if start is not None and there:
            yield start


def _counting_from(track: Track, start: datetime, own: datetime, hearing: Hearing) -> Track:
    """What was borrowed is given back, and the time from `start` until its `own` one taken over.

    While nothing is promised it is remembered, for the calendar of a promise that comes later.
    """
    change, term = hearing.change, track.term
    gained = 0.0
    idle = tuple(stretch for stretch in track.idle if stretch[0] >= own)
    if term is not None and track.promised:
        gained = term.calendar.elapsed(start, own)
    elif start < own:
        idle = ((start, own), *idle)
    return track.because(
        Reason(at=change.at, what=Because.BACKDATED, version=change.version),
        own_start=own if start < own else None,
        started_at=start,
        borrowed=gained,
        elapsed=round(max(0.0, track.elapsed - track.borrowed + gained), 6),
        idle=idle,
    )
