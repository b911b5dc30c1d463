"""Which clocks begin with a change to a ticket, and from which start they count."""

from collections.abc import Sequence
from datetime import datetime

from domain.sla.changes import What
from domain.sla.clock import Because, Mode, Reason, Track
from domain.sla.hearing import Hearing
from domain.sla.policy import ClockName, FollowUp, OnBehalf
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
            return What.ASKED in what and state.answered and not live
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


_FROM_OPENING = (ClockName.RESOLUTION, ClockName.TOTAL_RESOLUTION)
_FROM_ORIGIN = (ClockName.ACKNOWLEDGE, ClockName.FIRST_RESPONSE, *_FROM_OPENING)
"""Clocks of a follow-up that may count from the opening of the ticket that it follows."""


def backdated(track: Track, hearing: Hearing) -> Track:
    """A live clock that counts from the start of another ticket, or does so no more."""
    change = hearing.change
    if not change.moves_start:
        return track
    if What.RELEASED in change.what:
        return track if hearing.state.absorbed else _returned(track, hearing)
    earlier = _earlier(track, hearing)
    if earlier is None or earlier >= track.started_at:
        return track
    return _counting_from(track, earlier, hearing)


def _earlier(track: Track, hearing: Hearing) -> datetime | None:
    """Since when a clock might count, as another ticket was there before this one."""
    change, policy = hearing.change, hearing.policy
    if What.ABSORBED in change.what:
        if track.clock in _FROM_OPENING:
            return change.earlier
        return change.asked_at if track.clock is ClockName.FIRST_RESPONSE else None
    if What.OPENED in change.what and track.clock in _FROM_ORIGIN and policy is not None:
        inherits = policy.options.follow_up is FollowUp.INHERIT_START
        return change.earlier if inherits else None
    return None


def _counting_from(track: Track, earlier: datetime, hearing: Hearing) -> Track:
    change, gained, idle = hearing.change, 0.0, track.idle
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


def _returned(track: Track, hearing: Hearing) -> Track:
    change = hearing.change
    if track.own_start is None:
        return track
    return track.because(
        Reason(at=change.at, what=Because.BACKDATED, version=change.version),
        started_at=track.own_start,
        own_start=None,
        borrowed=0.0,
        elapsed=round(max(0.0, track.elapsed - track.borrowed), 6),
    )
