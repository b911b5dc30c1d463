"""The book: what holds at an instant, for which ticket, and what it says about its own past."""

from datetime import datetime, timedelta

import pytest

from domain.conditions import Comparison, Op
from domain.ids import CalendarId, PolicyId
from domain.sla.book import Book, fold
from domain.sla.book_events import BookEvent, CalendarRetired, EditTookEffect
from domain.sla.policy import AppliesTo, ClockName
from tests.domain.promises import (
    BEFORE,
    FIRST,
    OFFICE,
    RESOLUTION,
    START,
    calendar_set,
    minute,
    policy_retired,
    policy_set,
    promise,
    rejudged,
)
from tests.given import KIM

NORMAL = {"priority": "normal", "queue": None}
URGENT = {"priority": "urgent", "queue": None}
NEW = AppliesTo.NEW_TICKETS


def first_within(minutes: float, at: datetime, ident: str = "test", **more: object) -> BookEvent:
    return policy_set(promise(FIRST, minutes), ident=ident, at=at, **more)  # type: ignore[arg-type]


def promised(book: Book, at: datetime, opened_at: datetime = START) -> float | None:
    """Minutes within which a normal ticket is answered first."""
    policy = book.policy(NORMAL, at, opened_at)
    if policy is None:
        return None
    term = book.term_of(policy, FIRST, NORMAL, None, at=at, opened_at=opened_at)
    return None if term is None else term.target.seconds / 60


def test_before_anybody_sets_anything_the_built_in_policy_holds() -> None:
    policy = Book().policy(NORMAL, START, START)
    assert policy is not None
    assert (policy.id, policy.version) == ("default", 0)
    assert Book().promised_at(START) == {FIRST, RESOLUTION}
    assert not Book().boundaries(BEFORE, minute(1_000_000))


def test_a_version_holds_from_its_effective_instant_on() -> None:
    book = fold([first_within(60, BEFORE), first_within(30, minute(10))])
    assert promised(book, minute(10) - timedelta(microseconds=1)) == 60
    assert promised(book, minute(10)) == 30


def test_a_version_may_be_set_ahead_and_another_one_until_then() -> None:
    """They hold in the order of their instants, not in that in which they were recorded."""
    book = fold(
        [
            first_within(60, BEFORE),
            first_within(30, minute(100), recorded_at=BEFORE),
            first_within(45, minute(10)),
        ]
    )
    assert [promised(book, minute(n)) for n in (0, 10, 99, 100)] == [60, 45, 45, 30]


def test_of_two_versions_of_one_instant_the_later_one_holds() -> None:
    book = fold([first_within(60, BEFORE), first_within(30, BEFORE)])
    assert promised(book, START) == 30
    assert book.version_at(BEFORE) == 2


@pytest.mark.parametrize(("opened_at", "expected"), [(-1, 60), (10, 30), (11, 30)])
def test_a_version_for_new_tickets_leaves_those_that_are_open(
    opened_at: float, expected: float
) -> None:
    book = fold([first_within(60, BEFORE), first_within(30, minute(10), applies_to=NEW)])
    assert promised(book, minute(500), minute(opened_at)) == expected


def test_a_version_for_all_tickets_ends_what_old_ones_had() -> None:
    book = fold(
        [
            first_within(60, BEFORE),
            first_within(30, minute(10), applies_to=NEW),
            first_within(20, minute(20)),
        ]
    )
    assert promised(book, minute(19), START) == 60
    assert promised(book, minute(20), START) == 20


def test_a_retired_policy_matches_nothing_any_more() -> None:
    book = fold([first_within(60, BEFORE), policy_retired(minute(10))])
    assert promised(book, minute(9)) == 60
    policy = book.policy(NORMAL, minute(10), START)
    assert policy is not None
    assert policy.id == "default"
    assert book.policy_in_force(PolicyId("test"), minute(10), START) is None


def test_a_policy_may_be_retired_for_new_tickets_only() -> None:
    book = fold([first_within(60, BEFORE), policy_retired(minute(10), applies_to=NEW)])
    assert promised(book, minute(20), START) == 60
    assert promised(book, minute(20), minute(15)) == 240


def test_the_built_in_policy_can_be_replaced_and_retired() -> None:
    replaced = fold([first_within(7, BEFORE, ident="default")])
    assert promised(replaced, START) == 7
    retired = fold([policy_retired(BEFORE, ident="default")])
    assert promised(retired, START) is None
    assert retired.promised_at(START) == frozenset()


def test_policies_are_tried_by_rank_and_then_by_id() -> None:
    urgent = Comparison(attribute="priority", op=Op.IS, values=("urgent",))
    book = fold(
        [
            first_within(60, BEFORE, ident="b", rank=2),
            first_within(50, BEFORE, ident="a", rank=2),
            first_within(5, BEFORE, ident="z", rank=1, condition=urgent),
        ]
    )
    assert promised(book, START) == 50
    policy = book.policy(URGENT, START, START)
    assert policy is not None
    assert policy.id == "z"
    assert [policy.id for policy in book.policies_at(START)] == ["z", "a", "b", "default"]


def test_a_calendar_edit_holds_from_its_instant_on_for_the_tickets_that_take_it() -> None:
    book = fold(
        [
            calendar_set(at=BEFORE),
            calendar_set(hours=(8, 20), at=minute(10), applies_to=NEW),
            policy_set(promise(FIRST, 60, OFFICE)),
        ]
    )
    policy = book.policy(NORMAL, START, START)
    assert policy is not None

    def version(at: datetime, opened_at: datetime) -> int | None:
        term = book.term_of(policy, FIRST, NORMAL, None, at=at, opened_at=opened_at)
        return None if term is None else term.calendar_version

    assert version(minute(500), START) == 1
    assert version(minute(500), minute(10)) == 2
    found = book.calendar_at(CalendarId(OFFICE), minute(500))
    assert found is not None
    assert found.version == 2


def test_a_priority_without_a_target_has_no_term() -> None:
    book = fold([policy_set(promise(FIRST, {}))])
    assert promised(book, START) is None
    assert FIRST in book.promised_at(START)


def test_handling_is_promised_for_a_queue_or_for_all_the_others() -> None:
    handling = ClockName.HANDLING
    book = fold(
        [policy_set(promise(handling, 60), promise(handling, 5, queues=("billing",)), at=BEFORE)]
    )
    policy = book.policy(NORMAL, START, START)
    assert policy is not None

    def target(queue: str) -> float:
        term = book.term_of(policy, handling, NORMAL, queue, at=START, opened_at=START)
        assert term is not None
        return term.target.seconds

    assert (target("billing"), target("hardware")) == (300, 3600)


def test_boundaries_are_the_instants_at_which_something_else_begins_to_hold() -> None:
    book = fold(
        [
            first_within(60, BEFORE),
            first_within(30, minute(10)),
            calendar_set(at=minute(10)),
            policy_retired(minute(20)),
            CalendarRetired(calendar=CalendarId(OFFICE), by=KIM, at=minute(30)),
            EditTookEffect(edit=2, by=KIM, at=minute(40)),
        ]
    )
    assert book.boundaries(BEFORE, minute(99)) == [minute(10), minute(20)]
    assert book.boundaries(minute(10), minute(20)) == [minute(20)]
    assert book.version_at(minute(10)) == 3


def test_a_rejudgement_moves_back_what_holds_now() -> None:
    """Not what was set ahead for later."""
    book = fold(
        [
            first_within(60, BEFORE),
            first_within(30, minute(100)),
            first_within(10, minute(300), recorded_at=minute(110)),
            rejudged(minute(5), at=minute(200)),
        ]
    )
    assert [promised(book, minute(n)) for n in (4, 5, 150, 300)] == [60, 30, 30, 10]
    assert book.boundaries(BEFORE, minute(999)) == [minute(5), minute(300)]


def test_after_a_rejudgement_what_held_last_still_holds_last() -> None:
    book = fold(
        [
            first_within(60, minute(50), recorded_at=BEFORE),
            first_within(30, minute(40), recorded_at=BEFORE),
            rejudged(minute(5), at=minute(200)),
        ]
    )
    assert promised(book, minute(100)) == 60


def test_the_book_as_it_was_known_is_without_what_was_recorded_later() -> None:
    book = fold(
        [
            first_within(60, BEFORE),
            first_within(30, minute(100)),
            rejudged(minute(5), at=minute(200)),
        ]
    )
    known = book.known_at(minute(150))
    assert known.version == book.version_known_at(minute(150)) == 2
    assert [promised(known, minute(n)) for n in (5, 100)] == [60, 30]
    assert promised(book, minute(5)) == 30
    assert book.known_at(minute(200)) is book
    assert book.known_at(BEFORE - timedelta(days=1)) == Book()


def test_versions_can_be_looked_up_whether_they_hold_or_not() -> None:
    book = fold([first_within(60, BEFORE), calendar_set(), policy_retired(minute(1))])
    policy = book.policy_version(PolicyId("test"), 1)
    assert policy is not None
    assert policy.version == 1
    assert book.policy_version(PolicyId("test"), 3) is None
    assert book.calendar_version(CalendarId(OFFICE), 2) is not None
    assert book.calendar_version(CalendarId("24x7"), 0) is not None
