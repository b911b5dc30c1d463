"""What is wrong with a calendar or a policy, and where."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import DAY, Calendar, Holiday
from domain.conditions import AllOf, AnyOf, Comparison, Condition, Op
from domain.ids import CalendarId, PolicyId, QueueId
from domain.sla.book_events import CalendarSet, Opening
from domain.sla.checks import (
    HORIZON,
    LONGEST_TARGET,
    MOST_DAYS,
    MOST_PROMISES,
    MOST_STEPS,
    calendar_problems,
    policy_problems,
    reach_problems,
)
from domain.sla.eras import calendar_of, policy_of
from domain.sla.policy import ClockName, Promise, Step
from domain.sla.starter import BUILT_IN
from domain.ticket.words import Category, Priority
from tests.domain.promises import calendar_set, policy_set, promise, target

FIRST, RESOLUTION = ClockName.FIRST_RESPONSE, ClockName.RESOLUTION
NIGHT = ((79_200, DAY + 21_600),)  # 22:00-06:00
OFFICE: CalendarSet = calendar_set()


def weekly(*first: Any) -> Any:
    """Windows of the first days of the week; the others are closed."""
    return (*first, *[()] * (7 - len(first)))


def problems_of(**changes: Any) -> list[tuple[str, str]]:
    return [(one.at, one.message) for one in calendar_problems(replace(OFFICE, **changes))]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"weekly": weekly(NIGHT, NIGHT, NIGHT, NIGHT, NIGHT, NIGHT, NIGHT)},
        {"weekly": weekly(NIGHT, ((21_600, 30_000),))},
        {"holidays": (Holiday(day=date(2026, 3, 1), name="삼일절"),)},
        # Closed but for one fair that is still to come.
        {
            "weekly": weekly(),
            "openings": (Opening(day=date(2026, 6, 1), name="Fair", windows=((0, 60),)),),
        },
        {"zone": "America/Argentina/Buenos_Aires"},
    ],
)
def test_a_good_calendar_has_no_problems(changes: dict[str, Any]) -> None:
    assert problems_of(**changes) == []


@pytest.mark.parametrize(
    "zone",
    ["", "Asia", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "a\0b", "localtime", "é" * 300],
)
def test_a_zone_that_is_none_is_named(zone: str) -> None:
    ((at, message),) = problems_of(zone=zone)
    assert at == "zone"
    assert "Asia/Seoul" in message


@pytest.mark.parametrize(
    "changes",
    [
        {"weekly": weekly()},
        {
            "weekly": weekly(),
            "openings": (Opening(day=date(2025, 6, 1), name="Last year", windows=((0, 60),)),),
        },
    ],
)
def test_a_calendar_without_any_opening_is_refused(changes: dict[str, Any]) -> None:
    ((at, message),) = problems_of(**changes)
    assert at == "weekly"
    assert "never opens" in message


def test_a_night_that_reaches_into_the_next_days_window_is_refused_on_that_day() -> None:
    ((at, message),) = problems_of(weekly=weekly(NIGHT, ((18_000, 36_000),)))
    assert at == "weekly.tuesday"
    assert "05:00-10:00 overlaps the 22:00-06:00 of monday" in message
    sunday = ((*[()] * 6, NIGHT), "weekly.monday")
    ((at, _),) = problems_of(weekly=(((0, 60),), *sunday[0][1:]))
    assert at == sunday[1]


def test_days_are_there_once_have_names_and_are_not_too_many() -> None:
    day, other = date(2026, 5, 5), date(2026, 5, 6)
    twice = (Holiday(day=day, name="A"), Holiday(day=other, name="B"), Holiday(day=day, name="C"))
    assert problems_of(holidays=twice) == [("holidays[2].day", "2026-05-05 is there twice.")]
    openings = tuple(Opening(day=day, name="x", windows=()) for _ in range(2))
    assert problems_of(openings=openings)[0][0] == "openings[1].day"
    assert problems_of(holidays=(Holiday(day=day, name=" "),))[0][0] == "holidays[0].name"
    many = tuple(Holiday(day=date.fromordinal(700_000 + n), name="x") for n in range(MOST_DAYS + 1))
    assert problems_of(holidays=many)[0][0] == "holidays"


WINDOWS = st.lists(st.tuples(st.integers(0, DAY - 1), st.integers(1, 2 * DAY)), max_size=2).map(
    tuple
)


@given(
    st.tuples(*[WINDOWS] * 7),
    st.sampled_from(["UTC", "Asia/Seoul", "Nowhere", "Australia/Lord_Howe", ""]),
    st.lists(st.builds(Opening, day=st.dates(), name=st.just("x"), windows=WINDOWS), max_size=2),
)
def test_what_passes_can_be_built_and_opens(week: Any, zone: str, openings: list[Opening]) -> None:
    event = replace(OFFICE, weekly=week, zone=zone, openings=tuple(openings))
    if calendar_problems(event) == []:
        calendar_of(event).next_opening(event.effective_at)


# --- policies --------------------------------------------------------------------------------


def known(calendar: CalendarId) -> Calendar | None:
    return BUILT_IN.get(calendar)


def wrong(*promises: Promise, **more: Any) -> list[tuple[str, str]]:
    event = policy_set(*promises, **more)
    return [(one.at, one.message) for one in policy_problems(event, known)]


def step(name: str = "soon", **point: Any) -> Step:
    return Step(name=name, **(point or {"share": 0.5}))


def with_steps(*steps: Step) -> Promise:
    return promise(FIRST, {Priority.HIGH: target(60), Priority.LOW: target(120)}, steps=steps)


@pytest.mark.parametrize(
    "good",
    [
        (promise(FIRST, 30), promise(RESOLUTION, 60)),
        (promise(ClockName.HANDLING, 30), promise(ClockName.HANDLING, 5, queues=(QueueId("vip"),))),
        (promise(RESOLUTION, 60, paused_in=frozenset({Category.WAITING_THIRD_PARTY})),),
        (promise(ClockName.TOTAL_RESOLUTION, 60, counts_resolved=True),),
        (with_steps(step("a", share=0.5), step("b", before=60.0), step("c", after=0.0, level=1)),),
    ],
)
def test_a_good_policy_has_no_problems(good: tuple[Promise, ...]) -> None:
    assert wrong(*good) == []


def test_a_policy_promises_something_and_not_too_much() -> None:
    assert [at for at, _ in wrong()] == ["promises"]
    queues = [
        promise(ClockName.HANDLING, 5, queues=(QueueId(f"q{n}"),)) for n in range(MOST_PROMISES + 1)
    ]
    assert [at for at, _ in wrong(*queues)] == ["promises"]


@pytest.mark.parametrize("rank", [-1, 1_000_001])
def test_a_rank_is_within_its_bounds(rank: int) -> None:
    assert [at for at, _ in wrong(promise(FIRST, 5), rank=rank)] == ["rank"]


@pytest.mark.parametrize(
    ("condition", "at"),
    [
        (Comparison(attribute="mood", op=Op.IS, values=("bad",)), "condition.attribute"),
        (
            AllOf(all=(Comparison(attribute="priority", op=Op.IS, values=("highest",)),)),
            "condition.all[0].values[0]",
        ),
        (AnyOf(any=()), "condition"),
        (
            AllOf(all=(Comparison(attribute="vip", op=Op.IS_SET),) * 201),
            "condition",
        ),
    ],
)
def test_a_condition_is_checked_part_by_part(condition: Condition, at: str) -> None:
    assert [place for place, _ in wrong(promise(FIRST, 5), condition=condition)] == [at]


def test_a_condition_that_is_too_deep_is_refused() -> None:
    condition: Condition = Comparison(attribute="vip", op=Op.IS_SET)
    for _ in range(6):
        condition = AllOf(all=(condition,))
    ((at, message),) = wrong(promise(FIRST, 5), condition=condition)
    assert at.startswith("condition.all[0]")
    assert "deep" in message


@pytest.mark.parametrize(
    ("promises", "at"),
    [
        ((promise(FIRST, 5), promise(FIRST, 6)), "promises[1].clock"),
        (
            (
                promise(ClockName.HANDLING, 5, queues=(QueueId("a"), QueueId("b"))),
                promise(ClockName.HANDLING, 6, queues=(QueueId("b"),)),
            ),
            "promises[1].clock",
        ),
        ((promise(ClockName.HANDLING, 5, queues=(QueueId("a"),) * 2),), "promises[0].clock"),
        ((promise(FIRST, 5, queues=(QueueId("a"),)),), "promises[0].queues"),
        ((promise(FIRST, {}),), "promises[0].targets"),
        ((promise(FIRST, 5, paused_in=frozenset({Category.ACTIVE})),), "promises[0].paused_in"),
        ((promise(RESOLUTION, 5, counts_resolved=True),), "promises[0].counts_resolved"),
        ((promise(FIRST, {Priority.LOW: target(0)}),), "promises[0].targets.low.seconds"),
        ((promise(FIRST, {Priority.LOW: target(-1)}),), "promises[0].targets.low.seconds"),
        (
            (promise(FIRST, {Priority.LOW: target(LONGEST_TARGET / 60 + 1)}),),
            "promises[0].targets.low.seconds",
        ),
        (
            (promise(FIRST, {Priority.LOW: target(5, "nowhere")}),),
            "promises[0].targets.low.calendar",
        ),
    ],
)
def test_a_promise_is_checked_part_by_part(promises: tuple[Promise, ...], at: str) -> None:
    assert [place for place, _ in wrong(*promises)] == [at]


def test_a_target_that_its_calendar_never_reaches_is_refused() -> None:
    once = calendar_of(
        replace(
            OFFICE,
            weekly=weekly(),
            openings=(Opening(day=date(2026, 6, 1), name="Fair", windows=((0, 60),)),),
        )
    )
    event = policy_set(promise(FIRST, {Priority.LOW: target(1), Priority.HIGH: target(2)}))
    found = policy_problems(event, lambda _: once)
    assert [one.at for one in found] == ["promises[0].targets.high.seconds"]
    assert "or never" in found[0].message


def test_a_calendar_that_leaves_a_policy_without_end_is_refused() -> None:
    policy = policy_of(policy_set(promise(FIRST, 60, "office"), ident="gold"), 3)
    elsewhere = policy_of(policy_set(promise(FIRST, 60), ident="other"), 4)
    fair = replace(
        OFFICE,
        weekly=weekly(),
        openings=(Opening(day=date(2026, 6, 1), name="Fair", windows=((0, 60),)),),
    )
    assert reach_problems(OFFICE, [policy, elsewhere]) == []
    (found,) = reach_problems(fair, [policy, elsewhere])
    assert found.at == "weekly"
    assert "'gold'" in found.message


def test_a_horizon_is_a_horizon() -> None:
    late = datetime(9990, 1, 1, tzinfo=UTC)
    event = policy_set(promise(FIRST, LONGEST_TARGET / 60, "office-hours"), at=late)
    assert {one.at for one in policy_problems(event, known)} == {
        f"promises[0].targets.{priority}.seconds" for priority in Priority
    }


HARDLY = replace(OFFICE, weekly=weekly(((0, 2),)))
"""Open for two seconds a week: it takes two thousand years for 200,000 of them."""


def test_nothing_is_due_beyond_the_horizon() -> None:
    within = 2 * (HORIZON.days // 7) / 60
    targets = {Priority.LOW: target(within), Priority.HIGH: target(200_000 / 60)}
    found = policy_problems(policy_set(promise(FIRST, targets)), lambda _: calendar_of(HARDLY))
    assert [one.at for one in found] == ["promises[0].targets.high.seconds"]
    assert "within 20 years" in found[0].message


def test_no_step_is_reached_beyond_the_horizon() -> None:
    steps = (step("late", after=60.0), step("too late", after=200_000.0))
    event = policy_set(promise(FIRST, {Priority.LOW: target(1, "office")}, steps=steps))
    found = policy_problems(event, lambda _: calendar_of(HARDLY))
    assert [one.at for one in found] == ["promises[0].steps[1]"]
    assert "within 20 years" in found[0].message
    (kept,) = reach_problems(HARDLY, [policy_of(event, 3)])
    assert kept.at == "weekly"


@pytest.mark.parametrize(
    ("steps", "at"),
    [
        ([step("")], "[0].name"),
        ([step("breach")], "[0].name"),
        ([step("x" * 61)], "[0].name"),
        ([step("a"), step("b"), step("a")], "[2].name"),
        ([Step(name="never")], "[0]"),
        ([step(share=0.5, after=5.0)], "[0]"),
        ([step(share=0.0)], "[0].share"),
        ([step(share=10.5)], "[0].share"),
        ([step(before=0.0)], "[0].before"),
        ([step(before=3600.0)], "[0].before"),
        ([step(after=-1.0)], "[0].after"),
        ([step(level=0, share=0.5)], "[0].level"),
        ([step(level=1_000, share=0.5)], "[0].level"),
    ],
)
def test_a_step_is_checked_part_by_part(steps: list[Step], at: str) -> None:
    assert [place for place, _ in wrong(with_steps(*steps))] == [f"promises[0].steps{at}"]


def test_steps_are_not_too_many() -> None:
    steps = [step(f"s{n}") for n in range(MOST_STEPS + 1)]
    assert [place for place, _ in wrong(with_steps(*steps))] == ["promises[0].steps"]


def test_all_problems_are_told_at_once() -> None:
    bad = promise(FIRST, {Priority.LOW: target(0), Priority.HIGH: target(5, "nowhere")})
    assert len(wrong(bad, promise(FIRST, 5), rank=-1)) == 4


def test_where_something_is_leads_to_it() -> None:
    """Every path can be followed from the policy as it is sent."""
    event = policy_set(with_steps(step(share=0.0)), ident="gold")
    (found,) = policy_problems(event, known)
    follow: Callable[[Any, str], Any] = lambda value, part: (  # noqa: E731
        value[int(part)] if part.isdigit() else getattr(value, part)
    )
    value: Any = event
    for part in found.at.replace("[", ".").replace("]", "").split("."):
        value = follow(value, part)
    assert value == 0.0
    assert event.policy == PolicyId("gold")
