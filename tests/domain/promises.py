"""Books that clocks are tested with: round figures, two calendars, one gap."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.conditions import ALWAYS as EVERY_TICKET
from domain.conditions import Condition
from domain.ids import CalendarId, PolicyId
from domain.sla.book import Book, fold
from domain.sla.book_events import (
    BookEvent,
    CalendarSet,
    HistoryRejudged,
    PolicyRetired,
    PolicySet,
)
from domain.sla.policy import PAUSES, AppliesTo, ClockName, Options, Promise, Target
from domain.ticket.words import Priority
from tests.given import KIM

START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
"""A Monday, 9 o'clock in Seoul: when the tickets of these tests are opened."""

BEFORE = START - timedelta(days=30)
FIRST, RESOLUTION = ClockName.FIRST_RESPONSE, ClockName.RESOLUTION
OFFICE = "office"


def minute(n: float) -> datetime:
    """So many minutes after START."""
    return START + timedelta(minutes=n)


def target(minutes: float, calendar: str = "24x7") -> Target:
    return Target(seconds=minutes * 60, calendar=CalendarId(calendar))


def promise(
    clock: ClockName,
    minutes: float | Mapping[Priority, Target],
    calendar: str = "24x7",
    **more: Any,
) -> Promise:
    """The same for every priority when `minutes` is a number. It pauses as is usual."""
    if not isinstance(minutes, Mapping):
        minutes = {priority: target(minutes, calendar) for priority in Priority}
    return Promise(clock=clock, targets=minutes, **{"paused_in": PAUSES[clock], **more})


def policy_set(
    *promises: Promise,
    ident: str = "test",
    rank: int = 1,
    condition: Condition = EVERY_TICKET,
    at: datetime = BEFORE,
    recorded_at: datetime | None = None,
    applies_to: AppliesTo = AppliesTo.RUNNING,
    **options: Any,
) -> PolicySet:
    """A version of a policy that holds from `at` on, recorded then unless said otherwise."""
    return PolicySet(
        policy=PolicyId(ident),
        name=ident.title(),
        rank=rank,
        condition=condition,
        promises=promises,
        options=Options(**options),
        effective_at=at,
        applies_to=applies_to,
        by=KIM,
        at=recorded_at or at,
    )


def policy_retired(
    at: datetime, ident: str = "test", applies_to: AppliesTo = AppliesTo.RUNNING
) -> PolicyRetired:
    return PolicyRetired(
        policy=PolicyId(ident), effective_at=at, applies_to=applies_to, by=KIM, at=at
    )


def calendar_set(
    ident: str = OFFICE,
    *,
    hours: tuple[float, float] = (9, 18),
    zone: str = "Asia/Seoul",
    at: datetime = BEFORE,
    recorded_at: datetime | None = None,
    applies_to: AppliesTo = AppliesTo.RUNNING,
) -> CalendarSet:
    """The same hours of the wall clock from Monday to Friday."""
    daily = ((int(hours[0] * 3600), int(hours[1] * 3600)),)
    return CalendarSet(
        calendar=CalendarId(ident),
        name=ident,
        zone=zone,
        weekly=(daily, daily, daily, daily, daily, (), ()),
        effective_at=at,
        applies_to=applies_to,
        by=KIM,
        at=recorded_at or at,
    )


def rejudged(since: datetime, at: datetime) -> HistoryRejudged:
    return HistoryRejudged(since=since, reason="It was wrong.", by=KIM, at=at)


def book(*events: BookEvent) -> Book:
    """The book after the office calendar was set and these events happened."""
    return fold([calendar_set(), *events])


BOOK = book(
    policy_set(
        promise(FIRST, {Priority.URGENT: target(10), Priority.NORMAL: target(60)}),
        promise(
            RESOLUTION,
            {
                Priority.URGENT: target(30),
                Priority.NORMAL: target(120),
                Priority.HIGH: target(540, OFFICE),
            },
        ),
    )
)
"""Two clocks: nothing is promised for a low priority, and no first response for a high one."""
