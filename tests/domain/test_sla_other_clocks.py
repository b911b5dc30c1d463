"""Acknowledge, next response, update, total resolution and handling, told in minutes."""

import pytest

from domain.happened import Happened
from domain.sla.book import Book
from domain.sla.clock import Clock, ClockState
from domain.sla.policy import BotReply, ClockName, OnBehalf, OnChange, OnReopen
from domain.ticket.words import Category, Priority, Status
from tests.domain.promises import FIRST, RESOLUTION, book, minute, policy_set, promise, target
from tests.domain.stories import (
    acknowledge,
    ask,
    cancel,
    close,
    every,
    hold,
    note,
    opened,
    pend,
    priority,
    queue,
    reopen,
    reply,
    resolve,
    restore,
    resume,
)
from tests.given import BOT, KIM, event_of

RUNNING, PAUSED, MET, BREACHED, CANCELLED = ClockState
ACK, NEXT, UPDATE = ClockName.ACKNOWLEDGE, ClockName.NEXT_RESPONSE, ClockName.UPDATE
TOTAL, HANDLING = ClockName.TOTAL_RESOLUTION, ClockName.HANDLING
ALL = tuple(promise(clock, 60) for clock in ClockName)
SEVEN = book(policy_set(*ALL))


def told(clock: ClockName, n: float, *events: Happened, book: Book = SEVEN) -> list[Clock]:
    return [one for one in every(n, *events, book=book) if one.name is clock]


STORIES: list[tuple[str, ClockName, list[Happened], float, list[tuple[ClockState, float]]]] = [
    # what happened, clock, events, minute looked at, state and elapsed minutes of each instance
    ("untouched", ACK, [opened()], 30, [(RUNNING, 30)]),
    ("acknowledged", ACK, [opened(), acknowledge(10)], 30, [(MET, 10)]),
    ("a note is a touch", ACK, [opened(), note(10)], 30, [(MET, 10)]),
    ("that of a rule is none", ACK, [opened(), note(10, BOT)], 30, [(RUNNING, 30)]),
    ("a rule's reply is none", ACK, [opened(), reply(10, BOT)], 30, [(RUNNING, 30)]),
    ("an agent's reply is one", ACK, [opened(), reply(10)], 30, [(MET, 10)]),
    ("nothing was answered yet", NEXT, [opened(), ask(5)], 30, []),
    ("it waits again", NEXT, [opened(), reply(5), ask(10)], 30, [(RUNNING, 20)]),
    ("the oldest counts", NEXT, [opened(), reply(5), ask(10), ask(20)], 30, [(RUNNING, 20)]),
    (
        "one instance for each wait",
        NEXT,
        [opened(), reply(5), ask(10), ask(20), reply(25), ask(40), reply(41)],
        90,
        [(MET, 15), (MET, 1)],
    ),
    ("a note is no answer", NEXT, [opened(), reply(5), ask(10), note(20)], 30, [(RUNNING, 20)]),
    ("late again", NEXT, [opened(), reply(5), ask(10)], 71, [(BREACHED, 61)]),
    ("no reply yet", UPDATE, [opened(), ask(5)], 30, []),
    (
        "each reply asks for another",
        UPDATE,
        [opened(), reply(5), reply(45)],
        50,
        [(MET, 40), (RUNNING, 5)],
    ),
    (
        "not while the requester is to act",
        UPDATE,
        [opened(), reply(5), pend(10)],
        99,
        [(PAUSED, 5)],
    ),
    (
        "waiting for others is no excuse",
        UPDATE,
        [opened(), reply(5), hold(10)],
        45,
        [(RUNNING, 40)],
    ),
    ("no news of what is done", UPDATE, [opened(), reply(5), resolve(5)], 99, [(CANCELLED, 0)]),
    (
        "but of what comes back",
        UPDATE,
        [opened(), reply(5), resolve(15), reopen(99)],
        109,
        [(RUNNING, 20)],
    ),
    ("an answer after the end asks for none", UPDATE, [opened(), resolve(5), reply(6)], 99, []),
    ("total: done", TOTAL, [opened(), resolve(50)], 99, [(MET, 50)]),
    ("total: it goes on", TOTAL, [opened(), resolve(50), reopen(90)], 95, [(RUNNING, 55)]),
    (
        "total: late the second time",
        TOTAL,
        [opened(), resolve(50), reopen(90)],
        101,
        [(BREACHED, 61)],
    ),
    (
        "days resolved are no minutes at work",
        TOTAL,
        [opened(), resolve(30), reopen(9000), resolve(9020)],
        9999,
        [(MET, 50)],
    ),
    ("no queue", HANDLING, [opened()], 30, []),
    ("in a queue from the opening on", HANDLING, [opened(queue="a")], 30, [(RUNNING, 30)]),
    (
        "an instance for each stay",
        HANDLING,
        [opened(queue="a"), queue(10, "b"), queue(15, "a"), queue(40, None)],
        90,
        [(MET, 10), (MET, 5), (MET, 25)],
    ),
    ("done ends a stay", HANDLING, [opened(queue="a"), resolve(30)], 90, [(MET, 30)]),
    (
        "and it begins anew when the ticket comes back",
        HANDLING,
        [opened(queue="a"), resolve(30), reopen(60)],
        70,
        [(MET, 30), (RUNNING, 10)],
    ),
    (
        "it pauses as a resolution",
        HANDLING,
        [opened(queue="a"), pend(10), resume(50)],
        55,
        [(RUNNING, 15)],
    ),
    ("cancelled", HANDLING, [opened(queue="a"), cancel(10)], 999, [(CANCELLED, 10)]),
    (
        "an undone move leaves the one stay",
        HANDLING,
        [opened(queue="a"), queue(10, "b"), queue(20, "a", undoes=event_of(2))],
        30,
        [(RUNNING, 30)],
    ),
]


@pytest.mark.parametrize(
    ("clock", "events", "n", "expected"),
    [story[1:] for story in STORIES],
    ids=[f"{story[1]}: {story[0]}" for story in STORIES],
)
def test_instances(
    clock: ClockName, events: list[Happened], n: float, expected: list[tuple[ClockState, float]]
) -> None:
    found = told(clock, n, *events)
    assert [(one.state, one.elapsed / 60) for one in found] == expected


def test_an_update_does_not_overrule_the_first_response() -> None:
    found = {one.name: one for one in every(30, opened(), reply(20, BOT), reply(25), book=SEVEN)}
    assert (found[FIRST].state, found[FIRST].elapsed) == (MET, 25 * 60)
    assert (found[UPDATE].state, found[UPDATE].elapsed) == (RUNNING, 5 * 60)


def test_a_rule_may_answer_if_the_policy_says_so() -> None:
    said = book(policy_set(*ALL, bot_reply=BotReply.STOPS))
    events = (opened(), reply(5, BOT), ask(10))
    assert [one.state for one in told(FIRST, 30, *events, book=said)] == [MET]
    assert [one.elapsed for one in told(NEXT, 30, *events, book=said)] == [20 * 60]
    assert [one.state for one in told(ACK, 30, *events, book=said)] == [RUNNING]


# ── On behalf ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "first", "waits"),
    [
        (OnBehalf.FIRST_MESSAGE, [(MET, 5)], []),
        (OnBehalf.OPENING, [(MET, 15)], []),
        (OnBehalf.EXEMPT, [], [(MET, 5)]),
    ],
)
def test_a_ticket_opened_on_behalf(
    rule: OnBehalf, first: list[tuple[ClockState, float]], waits: list[tuple[ClockState, float]]
) -> None:
    """Where there is no first response, the requester's first message waits for a next one."""
    said = book(policy_set(*ALL, on_behalf=rule))
    events = (opened(KIM), ask(10), reply(15))
    for clock, expected in ((FIRST, first), (NEXT, waits)):
        found = told(clock, 30, *events, book=said)
        assert [(one.state, one.elapsed / 60) for one in found] == expected


def test_an_answer_before_the_first_message_counts_if_the_opening_is_the_start() -> None:
    said = book(policy_set(*ALL, on_behalf=OnBehalf.OPENING))
    events = (opened(KIM), reply(5), ask(10))
    assert [one.elapsed / 60 for one in told(FIRST, 30, *events, book=said)] == [5]
    assert [one.elapsed / 60 for one in told(NEXT, 30, *events, book=said)] == [20]


# ── Reopening ────────────────────────────────────────────────────────────────────────────────────


def test_a_reopened_ticket_may_get_a_new_total_resolution() -> None:
    said = book(policy_set(*ALL, on_reopen=OnReopen.NEW_INSTANCE))
    found = told(TOTAL, 95, opened(), resolve(50), reopen(90), book=said)
    assert [(one.state, one.elapsed / 60, one.instance) for one in found] == [
        (MET, 50, 1),
        (RUNNING, 5, 3),
    ]


def test_time_spent_resolved_may_count() -> None:
    said = book(policy_set(promise(TOTAL, 60, counts_resolved=True)))
    before = told(TOTAL, 99, opened(), resolve(50), book=said)
    assert [one.state for one in before] == [MET]
    (after,) = told(TOTAL, 99, opened(), resolve(50), reopen(90), book=said)
    assert (after.state, after.elapsed / 60, after.breached_at) == (BREACHED, 99, minute(90))


def test_a_new_target_may_come_while_it_is_resolved() -> None:
    """It is taken when the ticket comes back: what was judged is not judged again."""
    said = book(
        policy_set(promise(TOTAL, {Priority.NORMAL: target(60), Priority.URGENT: target(30)}))
    )
    events = (opened(), resolve(50), priority(60, Priority.URGENT))
    assert [one.state for one in told(TOTAL, 80, *events, book=said)] == [MET]
    (after,) = told(TOTAL, 95, *events, reopen(90), book=said)
    assert (after.state, after.target, after.breached_at) == (BREACHED, 30 * 60, minute(90))


def test_a_policy_edited_while_it_is_resolved_is_taken_on_reopening_also_by_who_keeps_it() -> None:
    kept = OnChange.KEEP_FIRST
    said = book(
        policy_set(promise(TOTAL, 60), on_change=kept),
        policy_set(promise(TOTAL, 40), at=minute(70), on_change=kept),
    )
    (after,) = told(TOTAL, 95, opened(), resolve(50), reopen(90), book=said)
    assert (after.target, after.state) == (40 * 60, BREACHED)


def test_closing_a_resolved_ticket_changes_nothing() -> None:
    found = told(RESOLUTION, 99, opened(), resolve(50), close(90))
    assert [(one.state, one.stopped_at) for one in found] == [(MET, minute(50))]


# ── Nothing promised ─────────────────────────────────────────────────────────────────────────────


def test_what_nobody_promised_when_it_was_done_was_not_met() -> None:
    said = book(policy_set(promise(RESOLUTION, {Priority.NORMAL: target(60)})))
    (one,) = told(RESOLUTION, 99, opened(), priority(10, Priority.LOW), resolve(20), book=said)
    assert (one.state, one.target, one.due_at, one.decided_at) == (CANCELLED, None, None, None)


def test_time_without_a_promise_counts_when_there_is_one_again() -> None:
    said = book(policy_set(promise(RESOLUTION, {Priority.NORMAL: target(60)})))
    events = (opened(), priority(10, Priority.LOW), priority(40, Priority.NORMAL))
    (one,) = told(RESOLUTION, 45, *events, book=said)
    assert (one.state, one.elapsed / 60) == (RUNNING, 45)


def test_pauses_are_those_of_the_promise() -> None:
    waiting = frozenset({Category.WAITING_REQUESTER, Category.WAITING_THIRD_PARTY})
    said = book(policy_set(promise(FIRST, 60, paused_in=waiting)))
    (one,) = told(FIRST, 999, opened(), hold(20), book=said)
    assert (one.state, one.elapsed / 60, one.due_at) == (PAUSED, 20, None)


# ── Undo ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_breach_of_a_stay_that_was_undone_stays_and_counts_no_more() -> None:
    events = (opened(queue="a"), queue(10, "b"), queue(80, "a", undoes=event_of(2)), resolve(90))
    first, gone = told(HANDLING, 500, *events)
    assert (first.state, first.elapsed / 60) == (BREACHED, 90)
    assert (gone.state, gone.breached_at, gone.elapsed / 60) == (BREACHED, minute(70), 70)
    assert gone.target is None


def test_a_stay_that_was_undone_is_not_in_the_way_of_the_next_one() -> None:
    events = (
        opened(),
        queue(10, "b"),
        queue(80, None, undoes=event_of(2)),
        queue(90, "b"),
    )
    gone, now = told(HANDLING, 100, *events)
    assert (gone.state, gone.elapsed / 60) == (BREACHED, 70)
    assert (now.state, now.elapsed / 60) == (RUNNING, 10)


def test_a_breach_under_a_promise_that_was_undone_stays() -> None:
    said = book(policy_set(promise(RESOLUTION, {Priority.URGENT: target(30)})))
    events = (
        opened(),
        priority(1, Priority.URGENT),
        priority(50, Priority.NORMAL, undoes=event_of(2)),
    )
    (one,) = told(RESOLUTION, 60, *events, book=said)
    assert (one.state, one.breached_at, one.target) == (BREACHED, minute(30), None)


def test_an_undone_resolution_goes_on_as_if_it_had_not_been() -> None:
    (one,) = told(TOTAL, 40, opened(), resolve(10), restore(30, Status.NEW, 2))
    assert (one.state, one.elapsed / 60, one.stopped_at) == (RUNNING, 40, None)
