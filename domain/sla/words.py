"""Durations, instants and opening hours as a reader says them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from domain.calendar import DAY, Calendar, Windows
from domain.sla.book_events import CalendarSet
from domain.sla.explanation import DayApart

_MINUTE, _HOUR = 60, 3_600
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MOST_HOLIDAYS = 20


def number(seconds: float) -> str:
    """Such as `16 200` or `12.346`: digits in groups of three, milliseconds if there are any."""
    text = f"{seconds:,.3f}".replace(",", " ").rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def duration(seconds: float) -> str:
    """Such as `4 h 30 min (16 200 s)`: never in days, which have as many hours as somebody says."""
    sign = "-" if seconds < 0 else ""
    rest = round(abs(seconds), 3)
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    parts = [f"{number(hours)} h"] if hours else []
    parts += [f"{minutes:.0f} min"] if minutes else []
    if not parts:
        return f"{number(round(seconds, 3))} s ({number(round(seconds, 3))} s)"
    parts += [f"{number(round(rest, 3))} s"] if round(rest, 3) else []
    return f"{sign}{' '.join(parts)} ({number(round(seconds, 3))} s)"


def instant_in(zone: str, at: datetime) -> str:
    """Such as `2026-03-02 09:00:00 +09:00 (2026-03-02 00:00:00 UTC)`; in UTC just once."""
    utc = _to_the_second(at.astimezone(UTC))
    local = at.astimezone(ZoneInfo(zone))
    if zone == "UTC":
        return f"{utc} UTC"
    offset = local.strftime("%z")
    return f"{_to_the_second(local)} {offset[:3]}:{offset[3:5]} ({utc} UTC)"


def _to_the_second(at: datetime) -> str:
    fraction = f"{at.microsecond / 1e6:.6f}".rstrip("0").removeprefix("0").rstrip(".")
    return f"{at:%Y-%m-%d %H:%M:%S}{fraction}"


def windows_in_words(calendar: Calendar) -> str:
    """The opening hours of a week, weekdays with the same ones together."""
    if calendar.is_always:
        return "round the clock, every day"
    parts = []
    first = 0
    for day in range(1, len(_WEEKDAYS) + 1):
        if day == len(_WEEKDAYS) or calendar.weekly[day] != calendar.weekly[first]:
            parts.append(f"{_days(first, day - 1)} {_hours(calendar.weekly[first])}")
            first = day
    return "; ".join(parts)


def _days(first: int, last: int) -> str:
    names = _WEEKDAYS[first : last + 1]
    if len(names) > 2:  # noqa: PLR2004 - from three days on there is something in between
        return f"{names[0]} to {names[-1]}"
    return " and ".join(names)


def _hours(windows: Windows) -> str:
    if not windows:
        return "closed"
    return " and ".join(f"{_clock(begins)}-{_clock(ends)}" for begins, ends in windows)


def _clock(seconds: int) -> str:
    """The time of day; what lies beyond midnight is of the next day."""
    next_day = " of the next day" if seconds > DAY else ""
    seconds -= DAY if seconds > DAY else 0
    hours, rest = divmod(seconds, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    return f"{hours:02}:{minutes:02}{f':{rest:02}' if rest else ''}{next_day}"


def days_apart(edit: CalendarSet, begin: datetime, end: datetime | None) -> tuple[DayApart, ...]:
    """Days of a calendar on which other hours hold, in their order.

    Those of the given span, the day before it included, whose windows may reach into it.
    """
    zone = ZoneInfo(edit.zone)
    first = begin.astimezone(zone).date()
    last = (end or begin).astimezone(zone).date()
    days = {one.day: DayApart(day=one.day, name=one.name, windows=()) for one in edit.holidays}
    days |= {
        one.day: DayApart(day=one.day, name=one.name, windows=one.windows) for one in edit.openings
    }
    return tuple(days[day] for day in sorted(days) if _from(first) <= day <= last)


def days_apart_in_words(days: Sequence[DayApart]) -> list[str]:
    """Such as `2026-03-02 Day off: closed`; not all of them when there are many."""
    told = [f"{one.day} {one.name}: {_hours(one.windows)}" for one in days[:_MOST_HOLIDAYS]]
    more = len(days) - len(told)
    return [*told, *([f"and {more} more"] if more > 0 else [])]


def _from(day: date) -> date:
    return date.fromordinal(max(1, day.toordinal() - 1))
