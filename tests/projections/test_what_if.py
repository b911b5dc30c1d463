"""What-if: which tickets have to be judged twice, what counts in a period, and what is hidden."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.calendar import weekdays
from domain.conditions import ALWAYS, Comparison, Condition, Op
from domain.ids import CalendarId, PolicyId, RequesterId, ticket_stream
from domain.recorded import Recorded
from domain.sla.book import Book, fold, policy_aspect
from domain.sla.book_events import BookEvent, CalendarSet, PolicyRetired, PolicySet
from domain.sla.policy import PAUSES, ClockName, Options, Promise, Target
from domain.ticket.events import TicketResolved
from domain.ticket.words import Priority
from projections.what_if import (
    Edit,
    Period,
    Tally,
    WrongQuestion,
    as_if,
    compare,
    judging,
    question,
    without,
)
from tests.given import KIM, OPENED, TICKET, Log, happened
from tests.strategies import histories

HOUR = 3_600
UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG_AGO = OPENED.at - timedelta(days=30)
CONDITIONS: Sequence[Condition] = (
    ALWAYS,
    Comparison(attribute="priority", op=Op.IS, values=("urgent", "high")),
    Comparison(attribute="queue", op=Op.IS, values=("hardware",)),
    Comparison(attribute="tags", op=Op.IS_SET),
)


def policy(
    hours: float,
    *,
    ident: str = "gold",
    rank: int = 1,
    condition: Condition = ALWAYS,
    at: datetime = LONG_AGO,
    clocks: Iterable[ClockName] = ClockName,
) -> PolicySet:
    target = Target(seconds=hours * HOUR, calendar=CalendarId("24x7"))
    return PolicySet(
        policy=PolicyId(ident),
        name=ident.title(),
        rank=rank,
        condition=condition,
        promises=tuple(
            Promise(
                clock=clock,
                targets=dict.fromkeys(Priority, target),
                paused_in=PAUSES[clock],
            )
            for clock in clocks
        ),
        options=Options(),
        effective_at=at,
        by=KIM,
        at=at,
    )


def hours(n: float) -> datetime:
    return OPENED.at + timedelta(hours=n)


def ticket(*, resolved: float | None) -> Sequence[Recorded[Any]]:
    events: list[Any] = [OPENED]
    if resolved is not None:
        events.append(
            happened(
                TicketResolved, at=hours(resolved), requester=RequesterId("mina"), code="fixed"
            )
        )
    return Log(streams={ticket_stream(TICKET): events}).history(ticket_stream(TICKET))


def told(
    events: Sequence[Recorded[Any]],
    edits: Sequence[Edit],
    *,
    book: Book | None = None,
    start: float = -1,
    end: float = 100,
) -> dict[str, tuple[dict[str, int], dict[str, int]]]:
    """Clock -> what came out before and after, without noughts."""
    period = Period(start=hours(start), end=hours(end))
    asked = question(book or fold([policy(8)]), edits, period, hours(200))
    tally = Tally()
    compare(asked, "t-1", events, tally)
    return {
        row.clock.value: (_counts(row.before), _counts(row.after))
        for row in tally.told((), 0, 10).clocks
    }


def _counts(counts: Any) -> dict[str, int]:
    names = ("met", "breached", "running", "cancelled")
    return {name: n for name in names if (n := getattr(counts, name))}


def test_a_shorter_target_breaches_what_was_met() -> None:
    found = told(ticket(resolved=5), [policy(4)])
    assert found["resolution"] == ({"met": 1}, {"breached": 1})


def test_what_was_decided_before_the_period_does_not_count_in_it() -> None:
    found = told(ticket(resolved=5), [policy(6)], start=7)
    assert "resolution" not in found


def test_the_end_of_the_period_is_excluded() -> None:
    assert told(ticket(resolved=5), [policy(6)], end=5)["resolution"][0] == {"running": 1}
    assert told(ticket(resolved=4.999), [policy(6)], end=5)["resolution"][0] == {"met": 1}


def test_a_ticket_opened_after_the_period_does_not_count() -> None:
    assert told(ticket(resolved=5), [policy(4)], start=-9, end=0) == {}


def test_an_edit_counts_as_if_it_had_always_been_so() -> None:
    later = fold([policy(8), policy(2, at=hours(3))])
    assert told(ticket(resolved=5), [policy(6)], book=later)["resolution"] == (
        {"breached": 1},
        {"met": 1},
    )


def test_a_retired_policy_leaves_the_ticket_to_the_next_one() -> None:
    gone = PolicyRetired(policy=PolicyId("gold"), effective_at=hours(0), by=KIM, at=hours(0))
    book = fold([policy(8), policy(2, ident="silver", rank=2)])
    assert told(ticket(resolved=5), [gone], book=book)["resolution"] == (
        {"met": 1},
        {"breached": 1},
    )


def test_other_policies_keep_their_versions_and_instants() -> None:
    book = fold([policy(8), policy(2, ident="silver", rank=2, at=hours(3)), policy(4, at=hours(4))])
    changed = as_if(book, [policy(6)], hours(9))
    assert changed.version == 4
    attributes = {"priority": "normal"}
    assert [
        (found.id, found.version)
        for at in (hours(-1_000), hours(5))
        if (found := changed.policy(attributes, at, hours(0))) is not None
    ] == [(PolicyId("gold"), 4), (PolicyId("gold"), 4)]
    rest = without(changed, policy_aspect(PolicyId("gold")))
    assert [found.version for found in rest.policies_at(hours(5))] == [2, 0]


@pytest.mark.parametrize(
    ("period", "by", "field"),
    [
        (Period(start=hours(1), end=hours(1)), (), "until"),
        (Period(start=hours(8), end=hours(9)), (), "from"),
        (Period(start=hours(0), end=hours(9), zone="Mars/Base"), (), "zone"),
        (Period(start=hours(0), end=hours(9)), ("mood",), "by"),
        (Period(start=hours(0), end=hours(9)), ("tags",), "by"),
        (Period(start=hours(0), end=hours(9)), tuple(f"field:{n}" for n in range(7)), "by"),
    ],
)
def test_a_question_that_makes_no_sense_names_its_field(
    period: Period, by: Sequence[str], field: str
) -> None:
    with pytest.raises(WrongQuestion) as wrong:
        question(fold([]), [policy(1)], period, hours(8), by=by)
    assert wrong.value.field == field


SLOW_DAYS = CalendarSet(
    calendar=CalendarId("24x7"),
    name="Slow days",
    zone="Europe/Berlin",
    weekly=weekdays("slow", "Europe/Berlin", (9, 12)).weekly,
    effective_at=LONG_AGO,
    by=KIM,
    at=LONG_AGO,
)

some_clocks = st.one_of(
    st.just(tuple(ClockName)),
    st.lists(st.sampled_from(ClockName), min_size=1, unique=True).map(tuple),
)


@st.composite
def books(draw: st.DrawFn) -> Book:
    made: list[BookEvent] = [
        policy(
            draw(st.sampled_from([1, 4, 20])),
            ident=draw(st.sampled_from(["gold", "silver", "default"])),
            rank=draw(st.integers(1, 4)),
            condition=draw(st.sampled_from(CONDITIONS)),
            at=LONG_AGO if n == 0 else hours(draw(st.floats(0, 40))),
            clocks=draw(some_clocks),
        )
        for n in range(draw(st.integers(1, 3)))
    ]
    return fold(sorted(made, key=lambda event: event.at))


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    if draw(st.integers(0, 3)) == 0:
        return SLOW_DAYS
    ident = draw(st.sampled_from(["gold", "silver", "bronze", "default"]))
    if ident != "bronze" and draw(st.booleans()):
        return PolicyRetired(policy=PolicyId(ident), effective_at=hours(0), by=KIM, at=hours(0))
    return policy(
        draw(st.sampled_from([0.5, 3, 30])),
        ident=ident,
        rank=draw(st.integers(1, 4)),
        condition=draw(st.sampled_from(CONDITIONS)),
        clocks=draw(some_clocks),
    )


def outcomes(log: Log, asked: Any) -> tuple[Tally, Any]:
    tally = Tally()
    for stream in log.streams:
        if stream.startswith("ticket:"):
            compare(asked, stream, log.history(stream), tally)
    return tally, tally.told(asked.by, 0, 100)


def disagreement(log: Log, last: datetime, book: Book, edit: Edit) -> bool:
    """Whether judging some tickets once comes to anything but judging all of them twice."""
    period = Period(start=OPENED.at, end=last + timedelta(hours=20))
    asked = question(book, [edit], period, last + timedelta(days=9), by=("priority", "policy"))
    _, quick = outcomes(log, asked)
    _, slow = outcomes(log, replace(asked, alike_from=None))
    return bool(replace(quick, judged_twice=0) != replace(slow, judged_twice=0))


@UNHURRIED
@given(histories(steps=12), books(), edits())
def test_who_is_judged_once_would_have_come_out_the_same_twice(
    history: tuple[Log, datetime], book: Book, edit: Edit
) -> None:
    assert not disagreement(*history, book, edit)


def test_a_ticket_that_meets_no_change_is_judged_once() -> None:
    urgent = Comparison(attribute="priority", op=Op.IS, values=("urgent",))
    edit = policy(4, ident="other", condition=urgent)
    asked = question(fold([policy(8)]), [edit], Period(start=hours(-1), end=hours(9)), hours(9))
    tally = Tally()
    compare(asked, "t-1", ticket(resolved=5), tally)
    assert (tally.tickets, tally.judged_twice) == (1, 0)


def test_a_shortcut_too_short_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_is_met", lambda *_: False)
    log = Log(streams={ticket_stream(TICKET): [OPENED]})
    assert disagreement(log, hours(10), fold([policy(80)]), policy(4))


def test_the_parts_of_a_tally_add_up_to_the_whole() -> None:
    asked = question(
        fold([policy(8)]), [policy(4)], Period(start=hours(-1), end=hours(100)), hours(200), keep=3
    )
    whole, added = Tally(), Tally()
    for n in range(5):
        events = ticket(resolved=5 + n / 10)
        part = Tally()
        compare(asked, f"t-{n}", events, whole)
        compare(asked, f"t-{n}", events, part)
        added.take(part, asked.keep)
    one, other = whole.told((), 0, 3), added.told((), 0, 3)
    assert one == other
    # No clock was ever answered: all seven of them may breach, those that began do.
    assert one.newly_breached.total >= 5
    assert len(one.newly_breached.items) == 3
