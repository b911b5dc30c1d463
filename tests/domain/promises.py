"""The policy that clocks are tested with: round figures, two calendars, one gap."""

from domain.calendar import ALWAYS, Calendar, weekdays
from domain.sla.policy import ClockName, Policy, Promise, Target
from domain.ticket.words import Category, Priority

FIRST, RESOLUTION = ClockName.FIRST_RESPONSE, ClockName.RESOLUTION
OFFICE = weekdays("office", "Asia/Seoul", (9, 18))
CALENDARS: dict[str, Calendar] = {"24x7": ALWAYS, "office": OFFICE}
POLICY = Policy(
    name="test",
    version=3,
    promises={
        FIRST: Promise(
            targets={
                Priority.URGENT: Target(seconds=10 * 60, calendar="24x7"),
                Priority.NORMAL: Target(seconds=60 * 60, calendar="24x7"),
            }
        ),
        RESOLUTION: Promise(
            targets={
                Priority.URGENT: Target(seconds=30 * 60, calendar="24x7"),
                Priority.NORMAL: Target(seconds=120 * 60, calendar="24x7"),
                Priority.HIGH: Target(seconds=540 * 60, calendar="office"),
            },
            paused_in=frozenset({Category.WAITING_REQUESTER}),
        ),
    },
)
