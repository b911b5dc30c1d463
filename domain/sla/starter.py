"""What a new workspace promises before anybody has set anything."""

from collections.abc import Mapping

from domain.calendar import ALWAYS, Calendar, weekdays
from domain.ids import CalendarId, PolicyId
from domain.sla.policy import PAUSES, ClockName, Policy, Promise, Target
from domain.ticket.words import Priority

_MINUTE, _HOUR = 60, 3600

OFFICE_HOURS = weekdays("office-hours", "Asia/Seoul", (9, 18))

_ALL_DAY, _OFFICE = CalendarId(ALWAYS.name), CalendarId(OFFICE_HOURS.name)

STARTER = Policy(
    id=PolicyId("default"),
    version=0,
    name="Default",
    rank=1_000_000,
    promises=(
        Promise(
            clock=ClockName.FIRST_RESPONSE,
            targets={
                Priority.URGENT: Target(seconds=30 * _MINUTE, calendar=_ALL_DAY),
                Priority.HIGH: Target(seconds=1 * _HOUR, calendar=_OFFICE),
                Priority.NORMAL: Target(seconds=4 * _HOUR, calendar=_OFFICE),
                Priority.LOW: Target(seconds=9 * _HOUR, calendar=_OFFICE),
            },
            paused_in=PAUSES[ClockName.FIRST_RESPONSE],
        ),
        Promise(
            clock=ClockName.RESOLUTION,
            targets={
                Priority.URGENT: Target(seconds=4 * _HOUR, calendar=_ALL_DAY),
                Priority.HIGH: Target(seconds=9 * _HOUR, calendar=_OFFICE),
                Priority.NORMAL: Target(seconds=27 * _HOUR, calendar=_OFFICE),
                Priority.LOW: Target(seconds=45 * _HOUR, calendar=_OFFICE),
            },
            paused_in=PAUSES[ClockName.RESOLUTION],
        ),
    ),
)
"""Urgent tickets are counted round the clock, all others from Monday to Friday, 9 to 18 in Seoul.

A working day has nine hours there: 27 hours are three of them, 45 are a week.
"""

BUILT_IN: Mapping[CalendarId, Calendar] = {_ALL_DAY: ALWAYS, _OFFICE: OFFICE_HOURS}
"""Calendars that are there before any is set."""
