"""One ticket, judged by what was in force and by what would have been."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.conditions import Attributes, matches
from domain.record import with_changes
from domain.recorded import Recorded
from domain.sla.book import Book
from domain.sla.clock import NOT_OPENED, Because, ClockState, Track, Tracked
from domain.sla.counting import settled
from domain.sla.judge import advanced, effective, evolve
from domain.sla.policy import ClockName
from domain.ticket.events import TicketOpened
from projections.what_if.asking import Question
from projections.what_if.tally import Moved, Outcome, Side, Tally

Events = Sequence[Recorded[Any]]
_Key = tuple[ClockName, int]


def compare(question: Question, ticket: str, events: Events, tally: Tally) -> None:
    """Add one ticket to the tally, from its events in their order."""
    opened = events[0].event
    if opened.at >= question.period.end:
        return
    seen: list[Attributes] = []
    before = _judged(events, question.before, question, seen)
    alike = question.alike_from is not None and opened.at >= question.alike_from
    twice = not alike or _is_met(question, before, seen)
    after = _judged(events, question.after, question, None) if twice else before
    tally.tickets += 1
    tally.judged_twice += twice
    was, is_ = _tracks(before), _tracks(after)
    counted = _count(question, Side.BEFORE, was, before, tally)
    counted |= _count(question, Side.AFTER, is_, after, tally)
    tally.counted += counted
    number = opened.number if isinstance(opened, TicketOpened) else 0
    if twice:
        for key in {**was, **is_}:
            moved = _moved(question, (ticket, number), key, was.get(key), is_.get(key))
            if moved is not None:
                tally.add(moved, question.keep)


def _judged(
    events: Events, book: Book, question: Question, seen: list[Attributes] | None
) -> Tracked:
    """The clocks at the last instant; `seen` gets the attributes that the ticket had on the way."""
    state = NOT_OPENED
    for n, recorded in enumerate(events, 1):
        if effective(state, recorded) > question.last:
            break
        after = evolve(state, recorded, book, lambda n=n: events[:n])  # type: ignore[misc]
        if seen is not None and after.attributes is not state.attributes:
            seen.append(after.attributes)
        state = after
    state = advanced(state, book, question.last)
    return with_changes(state, tracks=tuple(settled(t, question.last) for t in state.tracks))


def _is_met(question: Question, before: Tracked, seen: Sequence[Attributes]) -> bool:
    """Whether anything that was changed could ever have judged the ticket, in either book."""
    for track in before.tracks:
        for reason in track.reasons:
            if reason.policy in question.policies or reason.calendar in question.calendars:
                return True
    return any(
        matches(policy.condition, attributes) for attributes in seen for policy in question.edited
    )


def _tracks(state: Tracked) -> Mapping[_Key, Track]:
    """Clocks that were promised at some time."""
    return {track.key: track for track in state.tracks if track.term is not None}


def _count(
    question: Question, side: Side, tracks: Mapping[_Key, Track], state: Tracked, tally: Tally
) -> bool:
    found = False
    for track in tracks.values():
        outcome = outcome_of(track, question)
        if outcome is None:
            continue
        found = True
        tally.count(side, track.clock, None, None, outcome)
        for name in question.by:
            tally.count(side, track.clock, name, _value(name, track, state), outcome)
    return found


def _value(name: str, track: Track, state: Tracked) -> str | None:
    if name == "policy":
        return None if track.term is None else track.term.policy.id
    value = state.attributes.get(name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)


def outcome_of(track: Track, question: Question) -> Outcome | None:
    """What a clock counts as in the period; None when it was over before, or not there yet."""
    period = question.period
    match track.state:
        case ClockState.BREACHED:
            return Outcome.BREACHED if period.holds(track.breached_at) else None
        case ClockState.MET:
            return Outcome.MET if period.holds(track.stopped_at) else None
        case ClockState.CANCELLED:
            ended = (r.at for r in reversed(track.reasons) if r.what is Because.CANCELLED)
            return Outcome.CANCELLED if period.holds(next(ended, None)) else None
        case ClockState.RUNNING | ClockState.PAUSED:
            return Outcome.RUNNING


def _moved(
    question: Question,
    of: tuple[str, int],
    key: _Key,
    was: Track | None,
    is_: Track | None,
) -> Moved | None:
    """A clock that breached in the period in one of the two, and in the other not at all."""
    breached_was = was is not None and was.breached_at is not None
    breached_is = is_ is not None and is_.breached_at is not None
    if breached_was is breached_is:
        return None
    told = was if breached_was else is_
    if told is None or not question.period.holds(told.breached_at):
        return None
    return Moved(
        newly_breached=breached_is,
        number=of[1],
        ticket=of[0],
        clock=key[0],
        instance=key[1],
        breached_at=told.breached_at,
        before=None if was is None else was.state.value,
        after=None if is_ is None else is_.state.value,
        policy_before=_policy(was),
        policy_after=_policy(is_),
    )


def _policy(track: Track | None) -> str | None:
    return None if track is None or track.term is None else track.term.policy.id
