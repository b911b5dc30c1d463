"""Business time counted second by second or minute by minute, from nothing but the wall clock."""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.calendar import DAY, Calendar
from domain.sla.book_events import Week

ORIGIN = datetime(2026, 3, 20, tzinfo=UTC)
"""Minute 0 of tests that count minutes: before the clocks change in Europe and in Australia."""

MINUTES = 45 * 24 * 60
"""How many are laid out from there on."""


def at_minute(n: float) -> datetime:
    return ORIGIN + timedelta(minutes=n)


def minute_of(instant: datetime) -> int:
    """Minutes since ORIGIN. Raises ValueError when it is not a whole number of them."""
    whole, rest = divmod(instant - ORIGIN, timedelta(minutes=1))
    if rest:
        raise ValueError(f"{instant} is not at a whole minute")
    return whole


def slowly(calendar: Calendar, begin: datetime, end: datetime) -> int:
    """Open seconds, second by second."""
    zone = ZoneInfo(calendar.zone)
    seconds = int((end - begin).total_seconds())
    return sum(reads_open(calendar, begin + timedelta(seconds=n), zone) for n in range(seconds))


def reads_open(calendar: Calendar, instant: datetime, zone: ZoneInfo) -> bool:
    """Whether the wall clock reads a time in a window that began on this day or the day before."""
    local = instant.astimezone(zone)
    second = local.hour * 3600 + local.minute * 60 + local.second
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    return any(
        begins <= second + later < ends
        for day, later in ((today, 0), (yesterday, DAY))
        for begins, ends in calendar.exceptions.get(day, calendar.weekly[day.weekday()])
    )


class OpenMinutes:
    """Which minutes of a calendar are open, and how many were before each of them."""

    def __init__(self, zone: str, weekly: Week) -> None:
        calendar = Calendar(name="slow", zone=zone, weekly=weekly)
        where = ZoneInfo(zone)
        self.before = [0]
        for n in range(MINUTES):
            is_open = reads_open(calendar, at_minute(n), where)
            self.before.append(self.before[-1] + is_open)

    def between(self, begin: int, end: int) -> int:
        return self.before[end] - self.before[begin] if end > begin else 0

    def reached(self, begin: int, count: int) -> int | None:
        """The first minute, not before `begin`, by which so many were open; None: none yet."""
        if count <= 0:
            return begin
        found = bisect_left(self.before, self.before[begin] + count, lo=begin)
        return found if found <= MINUTES else None


@lru_cache
def open_minutes(zone: str, weekly: Week) -> OpenMinutes:
    """It is laid out once for each calendar."""
    return OpenMinutes(zone, weekly)
