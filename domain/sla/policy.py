"""What is promised: targets per priority, on which calendar, and when a clock stands still."""

from collections.abc import Mapping
from enum import StrEnum

from domain.calendar import ALWAYS, Calendar, weekdays
from domain.record import record
from domain.ticket.words import Category, Priority


class ClockName(StrEnum):
    """Clocks that a policy can promise; the first resolution is meant, not one after reopening."""

    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"


@record
class Target:
    """So many open seconds on the calendar of that name."""

    seconds: float
    calendar: str


@record
class Promise:
    """What is promised for one clock. A priority without a target has no such clock.

    The clock stands still while the ticket is in one of the categories `paused_in`.
    """

    targets: Mapping[Priority, Target]
    paused_in: frozenset[Category] = frozenset()


@record
class Policy:
    """A named and versioned set of promises; every judgement names the version it was made by."""

    name: str
    version: int
    promises: Mapping[ClockName, Promise]

    def target(self, clock: ClockName, priority: Priority) -> Target | None:
        """What holds for a clock at a priority; None when nothing is promised."""
        promise = self.promises.get(clock)
        return None if promise is None else promise.targets.get(priority)

    def pauses(self, clock: ClockName, category: Category) -> bool:
        """Whether a clock stands still in this category."""
        promise = self.promises.get(clock)
        return promise is not None and category in promise.paused_in


_MINUTE, _HOUR = 60, 3600

OFFICE_HOURS = weekdays("office-hours", "Asia/Seoul", (9, 18))

CALENDARS: Mapping[str, Calendar] = {calendar.name: calendar for calendar in (ALWAYS, OFFICE_HOURS)}
"""The calendars that the default policy names."""

DEFAULT_POLICY = Policy(
    name="default",
    version=1,
    promises={
        ClockName.FIRST_RESPONSE: Promise(
            targets={
                Priority.URGENT: Target(seconds=30 * _MINUTE, calendar=ALWAYS.name),
                Priority.HIGH: Target(seconds=1 * _HOUR, calendar=OFFICE_HOURS.name),
                Priority.NORMAL: Target(seconds=4 * _HOUR, calendar=OFFICE_HOURS.name),
                Priority.LOW: Target(seconds=9 * _HOUR, calendar=OFFICE_HOURS.name),
            }
        ),
        ClockName.RESOLUTION: Promise(
            targets={
                Priority.URGENT: Target(seconds=4 * _HOUR, calendar=ALWAYS.name),
                Priority.HIGH: Target(seconds=9 * _HOUR, calendar=OFFICE_HOURS.name),
                Priority.NORMAL: Target(seconds=27 * _HOUR, calendar=OFFICE_HOURS.name),
                Priority.LOW: Target(seconds=45 * _HOUR, calendar=OFFICE_HOURS.name),
            },
            paused_in=frozenset({Category.WAITING_REQUESTER}),
        ),
    },
)
"""Urgent tickets are counted round the clock, all others from Monday to Friday, 9 to 18 in Seoul.

A working day has nine hours there: 27 hours are three of them, 45 are a week.
"""
