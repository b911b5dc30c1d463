"""Merging, parting and following: what becomes of the clocks of both tickets, told in minutes."""

from typing import Any

import pytest

from domain.happened import Happened
from domain.ids import PolicyId
from domain.sla.book import Book
from domain.sla.clock import NOT_OPENED, Because, Clock, ClockState
from domain.sla.judge import clocks, fold
from domain.sla.policy import ClockName, FollowUp, OnMerge
from domain.ticket.events import SlaBreached
from domain.ticket.words import Priority, Status
from tests.domain.promises import (
    FIRST,
    OFFICE,
    RESOLUTION,
    book,
    minute,
    policy_set,
    promise,
    target,
)
from tests.domain.stories import (
    absorb,
    ask,
    at,
    every,
    history,
    merge,
    note,
    opened,
    priority,
    release,
    reply,
    resolve,
    restore,
    settle,
    unmerge,
)
from tests.given import BOT, KIM, event_of, happened

RUNNING, PAUSED, MET, BREACHED, CANCELLED = ClockState
ACK, TOTAL = ClockName.ACKNOWLEDGE, ClockName.TOTAL_RESOLUTION
PROMISES = tuple(promise(clock, 60) for clock in (ACK, FIRST, RESOLUTION, TOTAL))
USUAL = book(policy_set(*PROMISES))
RUNS_ON = book(policy_set(*PROMISES, on_merge=OnMerge.RUN_ON))


def told(n: float, *events: Happened, book: Book = USUAL) -> dict[ClockName, Clock]:
    return at(n, *events, book=book)


# ── The ticket that is merged ────────────────────────────────────────────────────────────────────


def test_a_merged_ticket_escalates_no_more() -> None:
    found = told(9999, opened(), merge(50))
    assert {one.state for one in found.values()} == {CANCELLED}
    assert {one.due_at for one in found.values()} == {None}


def test_a_breach_before_the_merge_stays_with_it() -> None:
    assert told(9999, opened(), merge(70))[RESOLUTION].breached_at == minute(60)


def test_the_resolution_of_the_other_one_does_not_meet_what_was_cancelled() -> None:
    found = told(9999, opened(), merge(20), settle(30))
    assert {one.state for one in found.values()} == {CANCELLED}
    assert found[RESOLUTION].decided_at is None


def test_it_may_run_on_until_the_other_one_is_resolved() -> None:
    assert told(61, opened(), merge(20), book=RUNS_ON)[RESOLUTION].breached_at == minute(60)
    found = told(9999, opened(), merge(20), settle(50), book=RUNS_ON)
    assert (found[RESOLUTION].state, found[RESOLUTION].elapsed) == (MET, 50 * 60)
    assert (found[TOTAL].state, found[TOTAL].elapsed) == (MET, 50 * 60)


def test_what_nobody_answered_by_then_is_cancelled_then() -> None:
    found = told(9999, opened(), merge(20), settle(50), book=RUNS_ON)
    assert [(found[one].state, found[one].elapsed / 60) for one in (ACK, FIRST)] == [
        (CANCELLED, 50),
        (CANCELLED, 50),
    ]


def test_parted_from_the_other_one_it_goes_on() -> None:
    parted = told(70, opened(), merge(20), unmerge(50))
    assert (parted[RESOLUTION].state, parted[RESOLUTION].elapsed / 60) == (RUNNING, 40)
    settled = told(70, opened(), merge(20), settle(30), unmerge(50), book=RUNS_ON)
    assert (settled[FIRST].state, settled[FIRST].elapsed / 60) == (RUNNING, 50)


# ── The ticket that takes it over ────────────────────────────────────────────────────────────────


def test_the_older_start_is_taken_over() -> None:
    found = told(10, opened(), absorb(5, "s", opened_at=-30, asked_at=-20))
    assert {one: found[one].elapsed / 60 for one in (ACK, FIRST, RESOLUTION, TOTAL)} == {
        ACK: 10,
        FIRST: 30,
        RESOLUTION: 40,
        TOTAL: 40,
    }
    assert found[RESOLUTION].started_at == minute(-30)
    assert found[RESOLUTION].reasons[-1].what is Because.BACKDATED


def test_what_is_late_by_the_older_start_is_late_from_the_merge_on() -> None:
    found = told(10, opened(), absorb(5, "s", opened_at=-100))
    assert found[RESOLUTION].breached_at == minute(5)


def test_a_younger_ticket_changes_nothing() -> None:
    found = told(10, opened(), absorb(5, "s", opened_at=2))
    assert (found[RESOLUTION].elapsed / 60, len(found[RESOLUTION].reasons)) == (10, 1)


def test_what_has_stopped_stays_as_it_was_judged() -> None:
    found = told(40, opened(), reply(10), absorb(20, "s", opened_at=-50, asked_at=-50))
    assert (found[FIRST].state, found[FIRST].elapsed / 60) == (MET, 10)


def test_a_message_that_came_with_a_merge_waits_for_a_first_response() -> None:
    """The ticket was opened by an agent, so nobody waited for an answer before."""
    found = told(10, opened(KIM), absorb(5, "s", opened_at=-30, asked_at=-20))
    assert (found[FIRST].started_at, found[FIRST].elapsed / 60) == (minute(-20), 30)


def test_what_was_taken_over_is_given_back() -> None:
    found = told(20, opened(), absorb(5, "s", opened_at=-30), release(15, "s"))
    assert (found[RESOLUTION].started_at, found[RESOLUTION].elapsed / 60) == (minute(0), 20)


@pytest.mark.parametrize(
    ("released", "elapsed"), [("old", 20 + 10), ("older", 20 + 20), ("young", 20 + 20)]
)
def test_of_several_the_oldest_that_is_left_counts(released: str, elapsed: float) -> None:
    events = (
        opened(),
        absorb(1, "older", opened_at=-10),
        absorb(2, "old", opened_at=-20),
        absorb(3, "young", opened_at=0),
    )
    found = told(20, *events, release(10, released))
    assert found[RESOLUTION].elapsed / 60 == elapsed


def test_what_is_taken_over_counts_by_the_calendar_of_the_promise() -> None:
    """Opened on Sunday evening: nothing of the night counts."""
    office = book(policy_set(promise(RESOLUTION, 600, OFFICE)))
    found = told(30, opened(), absorb(5, "s", opened_at=-600), book=office)
    assert found[RESOLUTION].elapsed / 60 == 30


def test_what_was_taken_over_without_a_promise_counts_later_and_is_given_back_then() -> None:
    said = book(policy_set(promise(RESOLUTION, {Priority.URGENT: target(600)})))
    events = (opened(), absorb(5, "s", opened_at=-30), priority(10, Priority.URGENT))
    assert told(20, *events, book=said)[RESOLUTION].elapsed / 60 == 50
    given_back = told(20, *events, release(15, "s"), book=said)
    assert given_back[RESOLUTION].elapsed / 60 == 20
    never = (opened(), absorb(5, "s", opened_at=-30), release(7, "s"))
    later = told(20, *never, priority(10, Priority.URGENT), book=said)
    assert later[RESOLUTION].elapsed / 60 == 20


# ── A ticket that follows another one ────────────────────────────────────────────────────────────


def test_a_follow_up_has_fresh_clocks_or_inherits_the_start() -> None:
    events = (opened(origin_opened_at=minute(-30)),)
    assert told(10, *events)[RESOLUTION].elapsed / 60 == 10
    inherits = book(policy_set(*PROMISES, follow_up=FollowUp.INHERIT_START))
    found = told(10, *events, book=inherits)
    assert {one.elapsed / 60 for one in found.values()} == {40}


def test_an_inherited_start_is_not_given_back_with_an_absorbed_ticket() -> None:
    inherits = book(policy_set(*PROMISES, follow_up=FollowUp.INHERIT_START))
    events = (
        opened(origin_opened_at=minute(-10)),
        absorb(2, "s", opened_at=-20),
        release(4, "s"),
    )
    assert told(3, *events, book=inherits)[RESOLUTION].elapsed / 60 == 23
    assert told(10, *events, book=inherits)[RESOLUTION].elapsed / 60 == 20


# ── What the log says of clocks ──────────────────────────────────────────────────────────────────


def said_late(n: float) -> Happened:
    """The breach of the resolution, written down later, with its true instant."""
    return happened(
        SlaBreached,
        by=BOT,
        at=minute(n),
        clock=RESOLUTION.value,
        instance=1,
        policy=PolicyId("test"),
        policy_version=2,
    )


def test_what_the_log_says_is_not_said_again_also_after_an_undo() -> None:
    events = (
        opened(),
        said_late(60),
        resolve(90),
        restore(95, Status.NEW, version=3),
    )
    found = told(99, *events)[RESOLUTION]
    assert (found.state, found.noted, found.stopped_at) == (BREACHED, ("breach",), None)


def test_a_breach_in_the_log_at_its_very_instant_has_happened() -> None:
    (before,) = (one for one in every(60, opened(), book=USUAL) if one.name is RESOLUTION)
    assert before.state is RUNNING
    assert told(60, opened(), said_late(60))[RESOLUTION].breached_at == minute(60)


def test_undoing_a_new_priority_keeps_what_was_noted() -> None:
    events = (
        opened(),
        said_late(60),
        priority(70, Priority.URGENT),
        priority(80, Priority.NORMAL, undoes=event_of(3)),
    )
    assert told(99, *events)[RESOLUTION].noted == ("breach",)


@pytest.mark.parametrize("first", [ask(1), note(1), reply(1), resolve(1), absorb(1, "s")])
def test_without_an_opening_there_are_no_clocks(first: Any) -> None:
    """Imported history may begin anywhere."""
    assert clocks(history(first), USUAL, minute(9)) == ()
    assert fold(history(first), USUAL).tracks == NOT_OPENED.tracks
