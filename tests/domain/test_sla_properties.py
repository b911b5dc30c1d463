"""What must hold for the clocks of every ticket under every book."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.record import with_changes
from domain.recorded import Recorded
from domain.sla import counting
from domain.sla.book import Book, fold
from domain.sla.book_events import BookEvent, EditTookEffect, HistoryRejudged, PolicySet
from domain.sla.clock import NOT_OPENED, Because, Clock, ClockState
from domain.sla.judge import advanced, clocks, effective, evolve, reading
from domain.sla.policy import OnMerge
from domain.ticket.state import fold as fold_ticket
from domain.ticket.words import Status
from tests.domain.examples import examples
from tests.domain.sla_books import OPENS, edits
from tests.domain.sla_histories import Case, cases
from tests.domain.slow_book import SlowBook
from tests.domain.slow_calendar import at_minute, minute_of
from tests.domain.slow_clock import Verdict
from tests.domain.slow_judge import Key, effective_minutes, slowly_judged
from tests.given import KIM

INSTANT = timedelta(microseconds=1)
FUSE = timedelta(days=30)


def judged(case: Case, minute: float | None = None, book: Book | None = None) -> dict[Key, Clock]:
    at = at_minute(case.minute if minute is None else minute)
    return keyed(clocks(case.events, book or case.book, at))


def keyed(found: Sequence[Clock]) -> dict[Key, Clock]:
    return {(clock.name, clock.instance): clock for clock in found}


def cut(case: Case) -> Sequence[Recorded[Any]]:
    """What has happened by the case's minute."""
    minutes = effective_minutes(case.events)
    return case.events[: sum(minute <= case.minute for minute in minutes)]


def in_minutes(clock: Clock) -> Verdict:
    return Verdict(
        clock=clock.name,
        instance=clock.instance,
        state=clock.state,
        policy=(clock.policy, clock.policy_version),
        target=None if clock.target is None else int(clock.target // 60),
        calendar_version=clock.calendar_version,
        started=minute_of(clock.started_at),
        stopped=None if clock.stopped_at is None else minute_of(clock.stopped_at),
        breached=None if clock.breached_at is None else minute_of(clock.breached_at),
        elapsed=int(clock.elapsed // 60),
        reached=frozenset((one.name, minute_of(one.at)) for one in clock.reached),
    )


@examples(200)
@given(cases())
def test_it_agrees_with_a_judge_that_counts_minutes(case: Case) -> None:
    slow = slowly_judged(case.events, SlowBook(case.edits), case.minute)
    assert {key: in_minutes(clock) for key, clock in judged(case).items()} == slow


def test_the_slow_judge_would_notice_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """One minute too many for each clock that paused."""
    found = []
    whole = counting.settled

    def faulty(track: Any, at: Any) -> Any:
        counted = whole(track, at)
        paused = any(reason.what is Because.PAUSED for reason in counted.reasons)
        return with_changes(counted, elapsed=counted.elapsed + 60) if paused else counted

    monkeypatch.setattr("domain.sla.running.settled", faulty)

    @settings(max_examples=100, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(cases(watched=False))
    def compare(case: Case) -> None:
        slow = slowly_judged(case.events, SlowBook(case.edits), case.minute)
        if {key: in_minutes(clock) for key, clock in judged(case).items()} != slow:
            found.append(case)

    compare()
    assert found


@examples(40)
@given(cases(), st.lists(st.integers(0, 6000), max_size=4))
def test_one_event_at_a_time_is_the_same_as_all_at_once(case: Case, looks: list[int]) -> None:
    """However often somebody lets the clocks know how late it is in between."""
    state, events, looked = NOT_OPENED, cut(case), sorted(OPENS + look for look in looks)
    for n, recorded in enumerate(events, 1):
        now = effective(state, recorded)
        for minute in looked:
            if state.at is not None and state.at < at_minute(minute) < now:
                state = advanced(state, case.book, at_minute(minute))
                reading(state, case.book, at_minute(minute))
        state = evolve(state, recorded, case.book, lambda n=n: events[:n])  # type: ignore[misc]
    found = reading(state, case.book, at_minute(case.minute))
    assert found == tuple(judged(case).values())


@examples(40)
@given(cases())
def test_a_breach_that_happened_stays_one_whatever_happens_next(case: Case) -> None:
    breached: dict[Key, Clock] = {}
    minutes = effective_minutes(case.events)
    for n, minute in enumerate([*minutes, minutes[-1] + 10_000], 1):
        now = keyed(clocks(case.events[:n], case.book, at_minute(minute)))
        for key, clock in breached.items():
            assert now[key].state is ClockState.BREACHED
            # An undo may show that it breached even earlier.
            assert in_minutes(now[key]).breached <= in_minutes(clock).breached  # type: ignore[operator]
        breached |= {key: one for key, one in now.items() if one.state is ClockState.BREACHED}


@examples(40)
@given(cases(), st.data())
def test_an_edit_changes_nothing_before_its_instant(case: Case, data: st.DataObject) -> None:
    """What was read then is still read, and what was decided by then keeps its judgement."""
    since = OPENS + data.draw(st.integers(-60, 6000))
    edit: BookEvent = data.draw(edits(since, since))
    other = fold([*case.edits, edit])
    earlier = since - 1 - data.draw(st.integers(0, 600))
    assert _as_judged(judged(case, earlier)) == _as_judged(judged(case, earlier, other))
    before, after = judged(case), judged(case, book=other)
    for key, clock in before.items():
        if clock.decided_at is not None and clock.decided_at < at_minute(since):
            assert after[key].state is clock.state
            assert after[key].decided_at == clock.decided_at


def _as_judged(found: dict[Key, Clock]) -> dict[Key, Clock]:
    """All that is known of clocks by now: not what is foreseen."""
    foreseen = (ClockState.RUNNING, ClockState.PAUSED, ClockState.CANCELLED)
    return {
        key: with_changes(one, due_at=None) if one.state in foreseen else one
        for key, one in found.items()
    }


@examples(40)
@given(cases(rejudged=False))
def test_nothing_that_comes_later_is_looked_at(case: Case) -> None:
    now = at_minute(case.minute)
    nothing = EditTookEffect(edit=1, by=KIM, at=now)
    known = [nothing if one.effective_at > now else one for one in _dated(case.edits)]
    assert _as_judged(judged(case)) == _as_judged(keyed(clocks(cut(case), fold(known), now)))


def _dated(events: Sequence[BookEvent]) -> list[Any]:
    assert not any(isinstance(event, HistoryRejudged) for event in events)
    return list(events)


@examples(40)
@given(cases(), st.integers(0, 3000))
def test_counted_time_only_grows(case: Case, later: int) -> None:
    """Unless a clock began anew, gave back what it had taken over, or something was undone."""
    if any(recorded.event.undoes for recorded in case.events[len(cut(case)) :]):
        return  # what is undone may be what the clock began with
    now, then = judged(case), judged(case, case.minute + later)
    for key, clock in now.items():
        new = then[key].reasons[len(clock.reasons) :]
        lessens = (Because.RESTARTED, Because.BACKDATED, Because.UNDONE)
        if not any(reason.what in lessens for reason in new):
            assert then[key].elapsed >= clock.elapsed


@examples(40)
@given(cases(), st.integers(0, 5000))
def test_a_clock_that_stands_still_counts_nothing_and_cannot_breach(case: Case, later: int) -> None:
    events, book = cut(case), fold(case.edits)
    now = at_minute(case.minute)
    then = at_minute(case.minute + later)
    if book.boundaries(now, then):
        return
    after = keyed(clocks(events, book, then))
    for key, clock in keyed(clocks(events, book, now)).items():
        if clock.state not in (ClockState.RUNNING, ClockState.BREACHED):
            assert after[key].state is clock.state
            assert after[key].elapsed == clock.elapsed


@examples(40)
@given(cases())
def test_a_clock_is_due_at_the_last_instant_at_which_it_is_in_time(case: Case) -> None:
    """Right after it, it is breached, if nothing happens until then."""
    events = cut(case)
    for key, clock in keyed(clocks(events, case.book, at_minute(case.minute))).items():
        if clock.state in (ClockState.RUNNING, ClockState.PAUSED) and clock.due_at is not None:
            instants = (clock.due_at - INSTANT, clock.due_at, clock.due_at + INSTANT)
            early, due, late = (
                keyed(clocks(events, case.book, max(at, at_minute(case.minute))))[key]
                for at in instants
            )
            assert late.state is ClockState.BREACHED
            assert late.breached_at == clock.due_at
            if clock.due_at > at_minute(case.minute):
                assert early.state is not ClockState.BREACHED
            swapped = clock.due_at in case.book.boundaries(at_minute(case.minute), clock.due_at)
            assert (due.state is not ClockState.BREACHED) or swapped


@examples(40)
@given(cases())
def test_a_running_clock_without_a_due_instant_never_breaches(case: Case) -> None:
    events, far = cut(case), at_minute(case.minute) + FUSE
    after = keyed(clocks(events, case.book, far))
    for key, clock in keyed(clocks(events, case.book, at_minute(case.minute))).items():
        if clock.state is not ClockState.BREACHED:
            foreseen = clock.due_at is not None and clock.stopped_at is None
            is_due = foreseen and clock.due_at < far  # type: ignore[operator]
            assert (after[key].state is ClockState.BREACHED) is is_due


@examples(40)
@given(cases())
def test_what_was_cancelled_or_merged_away_breaches_no_more(case: Case) -> None:
    events = cut(case)
    status = fold_ticket(recorded.event for recorded in events).status if events else Status.NEW
    runs_on = any(
        isinstance(edit, PolicySet) and edit.options.on_merge is OnMerge.RUN_ON
        for edit in case.edits
    )
    if status is Status.CANCELLED or (status is Status.MERGED and not runs_on):
        now = clocks(events, case.book, at_minute(case.minute))
        later = keyed(clocks(events, case.book, at_minute(case.minute) + FUSE))
        for clock in now:
            after = later[clock.name, clock.instance]
            assert (after.state, after.breached_at) == (clock.state, clock.breached_at)
            assert after.elapsed == clock.elapsed
