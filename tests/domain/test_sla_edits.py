"""Edits of policies and calendars, and priorities, while clocks run; told in minutes."""

from datetime import timedelta

import pytest

from domain.conditions import Comparison, Op
from domain.sla.book import Book
from domain.sla.clock import Because, Clock, ClockState
from domain.sla.policy import AppliesTo, ClockName, OnChange, Promise, Step
from domain.ticket.words import Category, Priority
from tests.domain.promises import (
    BEFORE,
    FIRST,
    OFFICE,
    RESOLUTION,
    book,
    calendar_set,
    minute,
    policy_retired,
    policy_set,
    promise,
    rejudged,
    target,
)
from tests.domain.stories import at, every, opened, pend, priority, resolve, resume

RUNNING, PAUSED, MET, BREACHED, CANCELLED = ClockState
INSTANT = timedelta(microseconds=1)


def resolution(minutes: float, calendar: str = "24x7", **more: object) -> Promise:
    return promise(RESOLUTION, minutes, calendar, **more)


def clock(n: float, *events: object, book: Book) -> Clock:
    return at(n, opened(), *events, book=book)[RESOLUTION]  # type: ignore[arg-type]


EDITED = book(policy_set(resolution(60)), policy_set(resolution(30), at=minute(20)))


def test_a_running_clock_takes_an_edit_from_its_instant_on() -> None:
    assert clock(19, book=EDITED).target == 3600
    assert clock(20, book=EDITED).target == 1800
    assert clock(31, book=EDITED).breached_at == minute(30)


def test_before_that_it_is_foreseen() -> None:
    """The due instant is the true one, not that of a target that will not hold then."""
    assert clock(5, book=EDITED).due_at == minute(30)
    assert clock(5, book=EDITED).state is RUNNING


def test_it_says_which_version_of_the_book_judges_now() -> None:
    reason = clock(25, book=EDITED).reasons[-1]
    assert (reason.what, reason.version, reason.book_version) == (Because.RETARGETED, None, 3)
    assert (reason.policy_version, reason.target) == (3, 1800)


def test_an_edit_after_which_it_is_late_breaches_at_its_instant() -> None:
    edited = book(policy_set(resolution(60)), policy_set(resolution(10), at=minute(20)))
    assert clock(19, book=edited).state is RUNNING
    assert clock(19, book=edited).due_at == minute(20)
    found = clock(20, book=edited)
    assert (found.state, found.breached_at) == (BREACHED, minute(20))


def test_at_the_instant_of_a_longer_target_the_shorter_one_is_not_exceeded() -> None:
    """It would be due at the very instant from which on it has more time."""
    edited = book(policy_set(resolution(20)), policy_set(resolution(60), at=minute(20)))
    assert clock(5, book=edited).due_at == minute(60)
    assert clock(59, book=edited).state is RUNNING
    assert clock(61, book=edited).breached_at == minute(60)


def test_what_was_decided_before_keeps_its_judgement() -> None:
    edited = book(policy_set(resolution(60)), policy_set(resolution(10), at=minute(50)))
    met = clock(99, resolve(40), book=edited)
    assert (met.state, met.target, met.policy_version) == (MET, 3600, 2)
    longer = book(policy_set(resolution(30)), policy_set(resolution(90), at=minute(50)))
    late = clock(60, book=longer)
    assert (late.state, late.breached_at, late.target) == (BREACHED, minute(30), 5400)


def test_an_edit_for_new_tickets_leaves_the_running_ones() -> None:
    edited = book(
        policy_set(resolution(60)),
        policy_set(resolution(10), at=minute(5), applies_to=AppliesTo.NEW_TICKETS),
    )
    assert clock(30, book=edited).target == 3600


def test_a_calendar_edit_counts_from_its_instant_on() -> None:
    edited = book(
        policy_set(resolution(900, OFFICE)),
        calendar_set(hours=(9, 12), at=minute(60)),
    )
    assert clock(60, book=edited).elapsed == 3600
    assert clock(600, book=edited).elapsed == 3 * 3600
    assert clock(600, book=edited).calendar_version == 3


def test_a_calendar_edit_does_not_judge_the_past_again() -> None:
    edited = book(
        policy_set(resolution(60, OFFICE)),
        calendar_set(hours=(11, 18), at=minute(60 * 24 * 3)),
    )
    assert clock(99, resolve(50), book=edited).elapsed == 50 * 60
    assert clock(60 * 24 * 4, resolve(50), book=edited).elapsed == 50 * 60


def test_a_rejudgement_does() -> None:
    anew = book(
        policy_set(resolution(60)),
        policy_set(resolution(30), at=minute(500)),
        rejudged(BEFORE, at=minute(600)),
    )
    assert clock(99, resolve(40), book=anew.known_at(minute(599))).state is MET
    assert clock(99, resolve(40), book=anew).breached_at == minute(30)


def test_while_it_stands_still_a_shorter_target_waits() -> None:
    found = clock(999, pend(15), book=book(
        policy_set(resolution(60)), policy_set(resolution(10), at=minute(20))
    ))  # fmt: skip
    assert (found.state, found.breached_at, found.due_at) == (PAUSED, None, None)
    assert found.remaining == -5 * 60


def test_an_edit_may_let_a_clock_go_on_that_stood_still() -> None:
    edited = book(
        policy_set(resolution(60)),
        policy_set(resolution(60, paused_in=frozenset[Category]()), at=minute(100)),
    )
    found = clock(50, pend(15), book=edited)
    assert (found.state, found.due_at) == (PAUSED, minute(145))
    assert clock(146, pend(15), book=edited).breached_at == minute(145)


def test_a_retired_policy_leaves_its_tickets_to_the_next_one() -> None:
    retired = book(
        policy_set(resolution(600), ident="all", rank=2),
        policy_set(resolution(60)),
        policy_retired(minute(30)),
    )
    assert (clock(29, book=retired).policy, clock(31, book=retired).policy) == ("test", "all")
    assert clock(90, book=retired).state is RUNNING


def test_a_promise_that_nobody_made_before_does_not_reach_back() -> None:
    """An edit must not breach all old tickets at once."""
    late = book(
        policy_set(promise(FIRST, 60)),
        policy_retired(BEFORE, ident="default"),
        policy_set(promise(FIRST, 60), resolution(10), at=minute(20)),
    )
    assert RESOLUTION not in at(50, opened(), book=late)


def test_time_that_passed_without_a_promise_counts_by_the_calendar_of_the_next_one() -> None:
    gap = book(
        policy_set(resolution(900, OFFICE)),
        policy_set(promise(FIRST, 60), at=minute(60)),
        policy_set(resolution(900, OFFICE), at=minute(12 * 60)),
        policy_retired(BEFORE, ident="default"),
    )
    held = clock(6 * 60, book=gap)
    assert (held.state, held.target, held.elapsed) == (CANCELLED, None, 3600)
    assert clock(24 * 60, book=gap).elapsed == 9 * 3600


# ── Options on change ────────────────────────────────────────────────────────────────────────────

BY_PRIORITY = {Priority.NORMAL: target(60), Priority.URGENT: target(20)}


def changing(rule: OnChange, *more: object) -> Book:
    first = policy_set(promise(RESOLUTION, BY_PRIORITY), on_change=rule)
    return book(first, *more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "expected_target", "elapsed", "state"),
    [
        (OnChange.SWAP_TARGET, 20, 45, BREACHED),
        (OnChange.KEEP_FIRST, 60, 45, RUNNING),
        (OnChange.RESTART, 20, 15, RUNNING),
    ],
)
def test_another_priority(
    rule: OnChange, expected_target: float, elapsed: float, state: ClockState
) -> None:
    found = clock(45, priority(30, Priority.URGENT), book=changing(rule))
    assert found.target == expected_target * 60
    assert (found.elapsed / 60, found.state) == (elapsed, state)


def test_the_first_target_is_kept_also_by_an_edit_but_the_edit_is_taken() -> None:
    edit = policy_set(
        promise(RESOLUTION, {Priority.NORMAL: target(90), Priority.URGENT: target(1)}),
        at=minute(40),
        on_change=OnChange.KEEP_FIRST,
    )
    found = clock(45, priority(30, Priority.URGENT), book=changing(OnChange.KEEP_FIRST, edit))
    assert (found.target, found.policy_version) == (90 * 60, 3)


def test_what_is_kept_is_the_target_that_held_when_keeping_began() -> None:
    """Not that of a priority which the ticket had before, under a policy that swapped targets."""
    edits = [
        policy_set(promise(RESOLUTION, BY_PRIORITY), at=minute(n), on_change=OnChange.KEEP_FIRST)
        for n in (10, 15)
    ]
    found = clock(19, priority(5, Priority.URGENT), book=changing(OnChange.SWAP_TARGET, *edits))
    assert (found.target, found.policy_version) == (20 * 60, 4)


def test_a_policy_that_is_retired_keeps_nothing() -> None:
    other = policy_set(resolution(600), ident="all", rank=2)
    said = changing(OnChange.KEEP_FIRST, other, policy_retired(minute(10)))
    assert clock(9, book=said).policy == "test"
    assert clock(11, book=said).policy == "all"


def test_a_policy_that_promises_the_clock_no_more_keeps_nothing() -> None:
    other = policy_set(resolution(600), ident="all", rank=2)
    edit = policy_set(
        promise(FIRST, 60),
        at=minute(10),
        on_change=OnChange.KEEP_FIRST,
        condition=Comparison(attribute="priority", op=Op.IS, values=("low",)),
    )
    assert clock(11, book=changing(OnChange.KEEP_FIRST, other, edit)).policy == "all"


def test_a_restart_keeps_a_breach_and_takes_time_without_a_promise_away() -> None:
    said = changing(OnChange.RESTART)
    events = (priority(61, Priority.LOW), priority(70, Priority.URGENT))
    found = clock(75, *events, book=said)
    assert (found.state, found.breached_at, found.elapsed) == (BREACHED, minute(60), 5 * 60)


def test_a_target_of_the_same_length_on_the_same_calendar_is_no_other_one() -> None:
    said = book(policy_set(resolution(60), on_change=OnChange.RESTART))
    found = clock(45, priority(30, Priority.URGENT), book=said)
    assert (found.elapsed, len(found.reasons)) == (45 * 60, 1)


# ── Points ───────────────────────────────────────────────────────────────────────────────────────


def test_steps_are_reached_at_their_points_and_after_them_once() -> None:
    steps = (
        Step(name="half", share=0.5),
        Step(name="soon", before=600),
        Step(name="long over", after=1800),
    )
    said = book(policy_set(resolution(60, steps=steps)))
    found = clock(999, book=said)
    assert [(one.name, one.at) for one in found.reached] == [
        ("half", minute(30)),
        ("soon", minute(50)),
        ("long over", minute(90)),
    ]


def test_exactly_at_its_point_nothing_is_reached_yet() -> None:
    said = book(policy_set(resolution(60, steps=(Step(name="half", share=0.5),))))
    (running,) = every(minute(30), opened(), book=said)
    (after,) = every(minute(30) + INSTANT, opened(), book=said)
    assert (running.reached, len(after.reached)) == ((), 1)


def test_steps_behind_a_new_target_are_reached_with_it() -> None:
    said = book(
        policy_set(
            promise(RESOLUTION, BY_PRIORITY, steps=(Step(name="half", share=0.5),)),
        )
    )
    found = clock(18, priority(15, Priority.URGENT), book=said)
    assert [(one.name, one.at) for one in found.reached] == [("half", minute(15))]


def test_no_step_is_reached_while_it_stands_still() -> None:
    said = book(policy_set(resolution(60, steps=(Step(name="half", share=0.5),))))
    assert clock(999, pend(20), book=said).reached == ()
    found = clock(999, pend(20), resume(900), book=said)
    assert [one.at for one in found.reached] == [minute(910)]


def test_all_seven_clocks_may_be_promised_at_once() -> None:
    said = book(policy_set(*(promise(one, 60) for one in ClockName)))
    names = {found.name for found in every(30, opened(queue="a"), book=said)}
    assert names == {FIRST, RESOLUTION, *_FROM_OPENING}


_FROM_OPENING = (ClockName.ACKNOWLEDGE, ClockName.TOTAL_RESOLUTION, ClockName.HANDLING)
