"""What holds for every book that commands can make, whatever they are and in any order."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from commands.sla.calendars import OpeningHours, RestoreCalendar, RetireCalendar, SetCalendar
from commands.sla.editing import BookCommand
from commands.sla.policies import RestorePolicy, RetirePolicy, SetPolicy
from commands.sla.rejudge import RejudgeHistory
from domain.conditions import ALWAYS
from domain.errors import Refused
from domain.ids import SLA_BOOK, CalendarId, PolicyId
from domain.sla.book import Book
from domain.sla.editions import calendars_in
from domain.sla.policy import AppliesTo, ClockName
from domain.states import FOLDS
from domain.ticket.aspects import Aspect
from tests.commands.sla.books import book_in, log_of
from tests.domain.promises import promise
from tests.given import NOW, Log, command_id

CALENDARS = st.sampled_from([CalendarId("a"), CalendarId("b"), CalendarId("office-hours")])
POLICIES = st.sampled_from([PolicyId("p"), PolicyId("q"), PolicyId("default")])
HOURS = st.sampled_from([("09:00-18:00",), ("22:00-06:00",), ()])
FAIR = OpeningHours(day=date(2026, 6, 1), name="Fair", windows=("10:00-11:00",))


@st.composite
def commands(draw: DrawFn, at: datetime) -> BookCommand:
    """Any command on the book, with few names, so that they meet each other."""
    effective = draw(st.sampled_from([None, 0, 1, 5, 40]))
    when = None if effective is None else at + timedelta(days=effective)
    applies_to = draw(st.sampled_from(AppliesTo))
    version = draw(st.integers(0, 8))
    calendar, policy = draw(CALENDARS), draw(POLICIES)
    return draw(
        st.sampled_from(
            [
                SetCalendar(
                    calendar=calendar,
                    display_name="x",
                    zone=draw(st.sampled_from(["UTC", "Asia/Seoul"])),
                    weekly={"monday": draw(HOURS), "tuesday": draw(HOURS)},
                    openings=draw(st.sampled_from([(), (FAIR,)])),
                    effective_at=when,
                    applies_to=applies_to,
                ),
                SetPolicy(
                    policy=policy,
                    display_name="x",
                    rank=draw(st.integers(0, 2)),
                    condition=ALWAYS,
                    promises=(promise(ClockName.FIRST_RESPONSE, 240, draw(CALENDARS)),),
                    effective_at=when,
                    applies_to=applies_to,
                ),
                RetireCalendar(calendar=calendar),
                RetirePolicy(policy=policy, effective_at=when, applies_to=applies_to),
                RestoreCalendar(
                    calendar=calendar, version=version, effective_at=when, applies_to=applies_to
                ),
                RestorePolicy(
                    policy=policy, version=version, effective_at=when, applies_to=applies_to
                ),
                RejudgeHistory(since=at - timedelta(days=version + 1), reason="x"),
            ]
        )
    )


@st.composite
def books(draw: DrawFn) -> tuple[Log, datetime]:
    """A log with a book that the real deciders made, and the instant after its last edit."""
    log, at = log_of(), NOW
    for step in range(draw(st.integers(1, 12))):
        at += timedelta(days=draw(st.sampled_from([0, 1, 10])))
        try:
            log.ask(draw(commands(at)), at=at, command_id=command_id(str(step)))
        except Refused:
            continue
    return log, at


@settings(max_examples=150)
@given(books(), st.data())
def test_asked_twice_it_is_written_once(made: tuple[Log, datetime], data: st.DataObject) -> None:
    log, at = made
    command = data.draw(commands(at))
    try:
        once = log.ask(command, at=at, command_id=command_id("once"))
    except Refused:
        return
    later = at + timedelta(seconds=data.draw(st.sampled_from([0, 1])))
    if getattr(command, "effective_at", None) == at:
        later = at  # what is for this very instant is refused when it has gone by
    assert log.decide(command, at=later, command_id=command_id("again")) == {}, once


@settings(max_examples=150)
@given(books())
def test_whatever_is_promised_has_its_calendar(made: tuple[Log, datetime]) -> None:
    log, at = made
    book = book_in(log)
    instants = [NOW, at, *book.boundaries(NOW - timedelta(days=60), at + timedelta(days=60))]
    for instant in instants:
        for policy in book.policies_at(instant):
            for promised in policy.promises:
                for target in promised.targets.values():
                    dated = book.calendar_at(target.calendar, instant)
                    assert dated is not None
                    gone = target.calendar in book.retired_calendars()
                    assert not gone or instant < at  # it was there, then


@settings(max_examples=150)
@given(books(), st.data())
def test_edits_of_different_things_commute(made: tuple[Log, datetime], data: st.DataObject) -> None:
    log, at = made
    one, two = data.draw(commands(at)), data.draw(commands(at))
    there, back = _both(log, one, two, at), _both(log, two, one, at)
    if there is None or back is None:
        return
    (held, seen_by_two), (other, seen_by_one) = there, back
    # What overwrites something that the other one changed is refused by the handler.
    if two.touches() & seen_by_two or one.touches() & seen_by_one:
        return
    instants = held.boundaries(at - timedelta(days=90), at + timedelta(days=90))
    assert instants == other.boundaries(at - timedelta(days=90), at + timedelta(days=90))
    for instant in instants:
        assert _held(held, instant) == _held(other, instant)


def _both(
    log: Log, first: BookCommand, second: BookCommand, at: datetime
) -> tuple[Book, frozenset[Aspect]] | None:
    """The book after both, and what the first one changed; None when one of them is refused."""
    copy = Log({stream: list(events) for stream, events in log.streams.items()})
    try:
        decided = copy.ask(first, at=at, command_id=command_id("first"))
        copy.ask(second, at=at, command_id=command_id("second"))
    except Refused:
        return None
    changed_by = FOLDS["sla"].changed_by
    return book_in(copy), frozenset(a for e in decided.get(SLA_BOOK, ()) for a in changed_by(e))


def _held(book: Book, at: datetime) -> Any:
    """What holds at an instant, whatever the versions are called."""
    dated = [book.calendar_at(calendar, at) for calendar in calendars_in(book)]
    return (
        [replace(policy, version=0) for policy in book.policies_at(at)],
        [one and (one.calendar, one.applies_to) for one in dated],
        book.retired_calendars(),
    )
