"""Policies are set, retired and restored; refusals name the field that makes no sense."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from commands.envelope import Command
from commands.sla.calendars import RetireCalendar, SetCalendar
from commands.sla.policies import RestorePolicy, RetirePolicy, SetPolicy
from domain.conditions import ALWAYS, AllOf, Comparison, Condition, Op
from domain.errors import Invalid, NotFound
from domain.ids import SLA_BOOK, CalendarId, PolicyId, QueueId
from domain.sla.book_events import CalendarRetired, Opening, PolicyRetired, PolicySet
from domain.sla.policy import AppliesTo, ClockName, OnChange, Options, Promise, Step
from domain.ticket.words import Category, Priority
from tests.commands.sla.books import asked_twice, book_in, given_book, log_of
from tests.domain.promises import calendar_set, promise, target
from tests.given import NOW, after, command_id, happened

GOLD = PolicyId("gold")
FIRST, HANDLING = ClockName.FIRST_RESPONSE, ClockName.HANDLING
WAITING = frozenset({Category.WAITING_REQUESTER})
VIP: Condition = Comparison(attribute="vip", op=Op.IS, values=(True,))
PROMISES = (
    promise(FIRST, {Priority.HIGH: target(30)}, steps=(Step(name="soon", share=0.75),)),
    promise(HANDLING, 60, queues=(QueueId("billing"),)),
)
SET = SetPolicy(
    policy=GOLD,
    display_name="Gold",
    rank=10,
    condition=VIP,
    promises=PROMISES,
    options=Options(on_change=OnChange.RESTART),
)
WAS_SET = happened(
    PolicySet,
    policy=GOLD,
    name="Gold",
    rank=10,
    condition=VIP,
    promises=PROMISES,
    options=Options(on_change=OnChange.RESTART),
    effective_at=NOW,
)
BEFORE = replace(WAS_SET, rank=99, effective_at=after(days=-9), at=after(days=-9))
RETIRE = RetirePolicy(policy=GOLD)
GONE = happened(PolicyRetired, policy=GOLD, effective_at=NOW)


def set_to(*promises: Promise, **more: Any) -> SetPolicy:
    return replace(SET, promises=promises, **more)


def targets(minutes: float, calendar: str = "24x7") -> Mapping[Priority, Any]:
    return {Priority.HIGH: target(minutes, calendar)}


def test_a_policy_is_set_from_now_on() -> None:
    given_book().when(SET).then(WAS_SET)


def test_or_from_a_later_instant_on_for_new_tickets() -> None:
    given: dict[str, Any] = {"effective_at": after(days=30), "applies_to": AppliesTo.NEW_TICKETS}
    given_book().when(replace(SET, **given)).then(replace(WAS_SET, **given))


@pytest.mark.parametrize(
    ("clock", "usual"),
    [
        (ClockName.ACKNOWLEDGE, frozenset()),
        (FIRST, frozenset()),
        (ClockName.NEXT_RESPONSE, frozenset()),
        (ClockName.UPDATE, WAITING),
        (ClockName.RESOLUTION, WAITING),
        (ClockName.TOTAL_RESOLUTION, WAITING),
        (HANDLING, WAITING),
    ],
)
def test_a_promise_that_does_not_say_when_it_pauses_does_as_is_usual(
    clock: ClockName, usual: frozenset[Category]
) -> None:
    """What is usual is written down, so that it stays what it was."""
    silent = Promise(clock=clock, targets=targets(60))
    said, never = replace(silent, paused_in=usual), replace(silent, paused_in=frozenset())
    given_book().when(set_to(silent)).then(replace(WAS_SET, promises=(said,)))
    given_book(replace(WAS_SET, promises=(said,))).when(set_to(silent)).then_nothing()
    given_book().when(set_to(never)).then(replace(WAS_SET, promises=(never,)))


def test_what_is_so_is_not_written_again() -> None:
    given_book(WAS_SET).when(SET).then_nothing()
    given_book(WAS_SET).when(SET, at=after(days=3)).then_nothing()


def test_what_is_so_now_but_not_then_is_written() -> None:
    other = replace(WAS_SET, rank=50, effective_at=after(days=10))
    same = replace(SET, effective_at=after(days=11))
    expected = replace(WAS_SET, effective_at=after(days=11), at=after(hours=1))
    given_book(other, WAS_SET).when(same, at=after(hours=1)).then(expected)


def test_a_retired_policy_can_be_set_again() -> None:
    given_book(BEFORE, GONE).when(SET).then(WAS_SET)


DEEP: Condition = VIP
for _ in range(6):
    DEEP = AllOf(all=(DEEP,))


@pytest.mark.parametrize(
    ("command", "field", "saying"),
    [
        (replace(SET, policy=PolicyId("no spaces")), "policy", "letters"),
        (replace(SET, display_name=" "), "display_name", "blank"),
        (replace(SET, rank=-1), "rank", "0 to"),
        (
            replace(SET, condition=Comparison(attribute="mood", op=Op.IS, values=("bad",))),
            "condition.attribute",
            "There is no attribute 'mood'; there are priority,",
        ),
        (replace(SET, condition=DEEP), "condition.all[0].all[0].all[0].all[0].all[0]", "deep"),
        (set_to(), "promises", "promises nothing"),
        (set_to(promise(FIRST, 5), promise(FIRST, 6)), "promises[1].clock", "promised twice"),
        (
            set_to(promise(HANDLING, 5), promise(HANDLING, 6)),
            "promises[1].clock",
            "promised twice",
        ),
        (set_to(promise(FIRST, {})), "promises[0].targets", "one priority"),
        (
            set_to(promise(FIRST, targets(0))),
            "promises[0].targets.high.seconds",
            "over 0",
        ),
        (
            set_to(promise(FIRST, targets(5, "nowhere"))),
            "promises[0].targets.high.calendar",
            "no calendar 'nowhere'; set it first",
        ),
        (
            set_to(promise(FIRST, targets(5, ""))),
            "promises[0].targets.high.calendar",
            "no calendar",
        ),
        (
            set_to(promise(FIRST, 5, paused_in=frozenset({Category.DONE}))),
            "promises[0].paused_in",
            "pauses while waiting",
        ),
        (
            set_to(promise(HANDLING, 5, queues=(QueueId("billing"), QueueId("nowhere")))),
            "promises[0].queues[1]",
            "no queue 'nowhere'",
        ),
        (
            set_to(promise(FIRST, 5, steps=(Step(name="a", share=1.0),) * 2)),
            "promises[0].steps[1].name",
            "two steps 'a'",
        ),
        (
            set_to(promise(FIRST, 5, steps=(Step(name="a", share=-1.0),))),
            "promises[0].steps[0].share",
            "over 0",
        ),
        (
            set_to(promise(FIRST, 5, steps=(Step(name="a", after=0.0, queue=QueueId("nope")),))),
            "promises[0].steps[0].queue",
            "no queue 'nope'",
        ),
        (
            set_to(
                promise(FIRST, 5, steps=(Step(name="a", after=0.0, queue=QueueId("gone-queue")),))
            ),
            "promises[0].steps[0].queue",
            "is retired",
        ),
        (replace(SET, effective_at=after(seconds=-1)), "effective_at", "rejudge_history"),
        (replace(SET, effective_at=after(days=2000)), "effective_at", "five years"),
    ],
)
def test_what_makes_no_sense_is_refused(command: SetPolicy, field: str, saying: str) -> None:
    given_book().when(command).then_refused(Invalid, saying, field=field)


def test_a_calendar_is_there_when_the_policy_takes_effect() -> None:
    seoul = calendar_set("seoul", at=after(days=5))
    command = set_to(promise(FIRST, targets(60, "seoul")))
    field = "promises[0].targets.high.calendar"
    given_book(seoul).when(command).then_refused(Invalid, "no calendar 'seoul'", field=field)
    on_time = replace(command, effective_at=after(days=5))
    given_book(seoul).when(on_time).then(
        replace(WAS_SET, promises=command.promises, effective_at=after(days=5))
    )


def test_a_calendar_that_will_open_too_little_is_not_counted_on() -> None:
    fair = Opening(day=date(2027, 6, 1), name="Fair", windows=((0, 60),))
    less = replace(calendar_set("seoul", at=after(days=9)), weekly=((),) * 7, openings=(fair,))
    command = set_to(promise(FIRST, targets(60, "seoul")))
    given_book(calendar_set("seoul"), less).when(command).then_refused(
        Invalid, "within 20 years", field="promises[0].targets.high.seconds"
    )


def test_a_retired_calendar_is_named_no_more() -> None:
    retired = happened(CalendarRetired, calendar=CalendarId("seoul"))
    command = set_to(promise(FIRST, targets(60, "seoul")))
    given_book(calendar_set("seoul"), retired).when(command).then_refused(
        Invalid, "no calendar 'seoul'", field="promises[0].targets.high.calendar"
    )


def test_a_policy_is_retired() -> None:
    given_book(BEFORE).when(RETIRE).then(GONE)
    given_book(BEFORE, GONE).when(RETIRE).then_nothing()
    later = after(days=2)
    given_book(BEFORE).when(replace(RETIRE, effective_at=later)).then(
        replace(GONE, effective_at=later)
    )


def test_the_built_in_policy_can_be_retired() -> None:
    default = PolicyId("default")
    given_book().when(RetirePolicy(policy=default)).then(replace(GONE, policy=default))


def test_a_version_to_come_does_not_bring_a_retired_policy_back() -> None:
    to_come = replace(WAS_SET, effective_at=after(days=10))
    log = log_of(BEFORE, to_come)
    assert log.ask(RETIRE)[SLA_BOOK] == [GONE, replace(GONE, effective_at=after(days=10))]
    assert log.ask(RETIRE, at=after(hours=1), command_id=command_id("again")) == {}
    assert all(policy.id != GOLD for policy in book_in(log).ahead(NOW))


def test_older_tickets_may_keep_a_retired_policy() -> None:
    for_new = replace(RETIRE, applies_to=AppliesTo.NEW_TICKETS)
    gone_for_new = replace(GONE, applies_to=AppliesTo.NEW_TICKETS)
    given_book(BEFORE).when(for_new).then(gone_for_new)
    given_book(BEFORE, gone_for_new).when(for_new).then_nothing()
    given_book(BEFORE, gone_for_new).when(RETIRE).then(GONE)
    given_book(BEFORE, GONE).when(for_new).then_nothing()


@pytest.mark.parametrize("command", [RETIRE, RestorePolicy(policy=GOLD, version=0)])
def test_a_policy_that_is_not_there(command: Command) -> None:
    given_book().when(command).then_refused(NotFound, "no policy 'gold'", field="policy")


def test_an_earlier_version_is_restored() -> None:
    restore = RestorePolicy(policy=GOLD, version=1)
    again = replace(BEFORE, effective_at=NOW, at=NOW)
    given_book(BEFORE, WAS_SET).when(restore).then(again)
    given_book(BEFORE, GONE).when(restore).then(again)
    given_book(BEFORE).when(restore).then_nothing()


def test_the_built_in_policy_is_restored_as_version_0() -> None:
    default = PolicyId("default")
    log = log_of(replace(WAS_SET, policy=default))
    log.ask(RestorePolicy(policy=default, version=0))
    dated = book_in(log).policy_at(default, NOW)
    assert dated is not None
    assert dated.policy is not None
    assert (dated.version, dated.policy.rank, dated.policy.condition) == (2, 1_000_000, ALWAYS)


@pytest.mark.parametrize("version", [-1, 0, 2, 3])
def test_a_version_of_something_else_is_none(version: int) -> None:
    restore = RestorePolicy(policy=GOLD, version=version)
    given_book(WAS_SET, calendar_set("other")).when(restore).then_refused(
        NotFound, "version", field="version"
    )


def test_a_version_is_restored_only_where_it_still_can_be_kept() -> None:
    seoul = calendar_set("seoul")
    counts = replace(BEFORE, promises=(promise(FIRST, targets(60, "seoul")),))
    retired = happened(CalendarRetired, calendar=CalendarId("seoul"))
    restore = RestorePolicy(policy=GOLD, version=2)
    given_book(seoul, counts, WAS_SET, retired).when(restore).then_refused(
        Invalid, "no calendar 'seoul'", field="promises[0].targets.high.calendar"
    )
    step = Step(name="away", after=0.0, queue=QueueId("gone-queue"))
    moves = replace(BEFORE, promises=(promise(FIRST, 60, steps=(step,)),))
    given_book(moves, WAS_SET).when(RestorePolicy(policy=GOLD, version=1)).then_refused(
        Invalid, "is retired", field="promises[0].steps[0].queue"
    )


@pytest.mark.parametrize(
    "command",
    [
        SET,
        replace(SET, effective_at=after(days=3)),
        replace(SET, applies_to=AppliesTo.NEW_TICKETS),
        RETIRE,
        replace(RETIRE, effective_at=after(days=3), applies_to=AppliesTo.NEW_TICKETS),
        RestorePolicy(policy=GOLD, version=1),
    ],
)
def test_asked_twice_it_is_written_once(command: Command) -> None:
    once, again = asked_twice(log_of(BEFORE, replace(BEFORE, rank=5)), command)
    assert len(once) == 1
    assert again == []


def test_edits_of_different_things_come_out_the_same_in_any_order() -> None:
    edits: list[Command] = [
        SET,
        replace(SET, policy=PolicyId("silver"), rank=20),
        SetCalendar(
            calendar=CalendarId("seoul"),
            display_name="Seoul",
            zone="Asia/Seoul",
            weekly={"monday": ("09:00-18:00",)},
        ),
        RetirePolicy(policy=PolicyId("default")),
        RetireCalendar(calendar=CalendarId("unused")),
    ]
    seen = set()
    for order in permutations(edits):
        log = log_of(calendar_set("unused"))
        for n, edit in enumerate(order):
            log.ask(edit, command_id=command_id(str(n)))
        book = book_in(log)
        policies = [(policy.id, policy.rank) for policy in book.policies_at(NOW)]
        seoul = book.calendar_at(CalendarId("seoul"), NOW)
        assert seoul is not None
        seen.add((tuple(policies), seoul.calendar.zone, book.retired_calendars()))
    assert len(seen) == 1
    for one, two in permutations(edits, 2):
        assert not one.touches() & two.touches()
