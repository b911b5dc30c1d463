"""Business time: which instants count, how many seconds lie between two of them, when they end.

A window is wall-clock time in the calendar's zone; what elapses in it is real time. So a window of
00:00 to 06:00 lasts five hours on the night clocks go forward and seven when they go back. An
instant is open exactly when the wall clock at that instant reads a time inside a window; where the
wall clock reads the same time twice, both count.

Each year is laid out once per calendar: its openings in real time, with what was open before each.
From then on a question is two searches in that table, however far apart its instants are.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from datetime import UTC, date, datetime
from itertools import accumulate
from zoneinfo import ZoneInfo

from domain.record import record
from domain.wall_clock import DAY as _DAY
from domain.wall_clock import SECOND as _SECOND
from domain.wall_clock import date_of, instant_at, microseconds, stretches_of_year

DAY = 86_400
"""Seconds on the wall clock from midnight to midnight."""

Windows = tuple[tuple[int, int], ...]
"""Openings that begin on one day: (from, until) in seconds on the wall clock since its midnight.

Half-open, ascending and apart from each other, though they may touch. `until` may lie on the next
day, up to its midnight: (79200, 108000) is from 22:00 to 06:00. A break is where there is none.
"""

_YEARS_WITHOUT_CHANGE = 3


@record
class Holiday:
    """A day on which nobody works, and why."""

    day: date
    name: str


class NeverOpen(ValueError):
    """The calendar does not open again in the year asked about and the three after it."""


class NeverClosed(ValueError):
    """The calendar does not close in the year asked about and the three after it."""


class _Year:
    """A UTC year: openings in microseconds since 1970, and the open time before each of them."""

    __slots__ = ("before", "closes", "opens", "total")

    def __init__(self, openings: list[tuple[int, int]]) -> None:
        self.opens = [opens for opens, _ in openings]
        self.closes = [closes for _, closes in openings]
        lengths = [closes - opens for opens, closes in openings]
        self.before = list(accumulate(lengths, initial=0))
        self.total = self.before[-1]

    def open_until(self, at: int) -> int:
        """Open microseconds from the beginning of the year until `at`."""
        last = bisect_right(self.opens, at) - 1
        if last < 0:
            return 0
        return self.before[last] + min(at, self.closes[last]) - self.opens[last]

    def reached(self, open_time: int) -> int:
        """The earliest instant by which so much of the year was open: over 0, up to `total`."""
        last = bisect_left(self.before, open_time) - 1
        return self.opens[last] + open_time - self.before[last]


@record
class Calendar:
    """`zone` is an IANA name; `weekly` has the windows of Monday to Sunday.

    `exceptions` has dates on which other windows begin than on that weekday: none on a holiday,
    more on an exceptional opening. What began the day before goes on into a holiday; what overlaps
    counts once.

    Raises ValueError when the windows of a week overlap, are empty, or leave the day and the next
    one; ZoneInfoNotFoundError when there is no such zone.
    """

    name: str
    zone: str
    weekly: tuple[Windows, Windows, Windows, Windows, Windows, Windows, Windows]
    exceptions: Mapping[date, Windows] = field(default_factory=dict, hash=False)
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ZoneInfo(self.zone)
        for windows in (*self.weekly, *self.exceptions.values()):
            last = 0
            for begins, ends in windows:
                if not (last <= begins < ends <= 2 * DAY and begins < DAY):
                    raise ValueError(
                        "windows are ascending, apart, begin inside a day and end before the day"
                        f" after the next: {windows}"
                    )
                last = ends
        for day, windows in enumerate(self.weekly):
            begins = min((begins for begins, _ in windows), default=DAY)
            if any(ends - DAY > begins for _, ends in self.weekly[day - 1]):
                raise ValueError(f"windows overlap those of the day before: {windows}")

    @property
    def is_always(self) -> bool:
        """No instant is closed."""
        return self.weekly == _WHOLE_WEEK and not self.exceptions

    def windows_on(self, day: date) -> Windows:
        """The windows that begin on a day."""
        return self.exceptions.get(day, self.weekly[day.weekday()])

    def is_open(self, instant: datetime) -> bool:
        """Whether time counts at `instant` (aware)."""
        at = microseconds(instant)
        year = self._year(_year_of(instant))
        last = bisect_right(year.opens, at) - 1
        return last >= 0 and at < year.closes[last]

    def elapsed(self, begin: datetime, end: datetime) -> float:
        """Open seconds from `begin` until `end`; zero when `end` is not after `begin`."""
        if end <= begin:
            return 0.0
        if self.is_always:
            return (microseconds(end) - microseconds(begin)) / _SECOND
        first, last = _year_of(begin), _year_of(end)
        whole = sum(self._year(year).total for year in range(first, last))
        until = self._year(last).open_until(microseconds(end))
        return (whole + until - self._year(first).open_until(microseconds(begin))) / _SECOND

    def add(self, instant: datetime, seconds: float) -> datetime:
        """The earliest instant by which `seconds` of open time have elapsed since `instant` (UTC).

        `seconds` of zero give `instant` itself, open or not. Raises ValueError when `seconds` is
        negative, NeverOpen when time stops counting before, OverflowError beyond the year 9998.
        """
        left = round(seconds * _SECOND)
        if left < 0:
            raise ValueError(f"time cannot be taken back: {seconds}")
        at = microseconds(instant)
        if left == 0 or self.is_always:
            return instant_at(at + left)
        left += self._year(_year_of(instant)).open_until(at)
        for year in self._years_from(instant):
            if left <= year.total:
                return instant_at(year.reached(left))
            left -= year.total
        raise NeverOpen(f"calendar {self.name!r} does not open again")

    def next_opening(self, instant: datetime) -> datetime:
        """The earliest open instant that is not before `instant` (UTC). Raises NeverOpen."""
        at = microseconds(instant)
        for year in self._years_from(instant):
            first = bisect_right(year.closes, at)
            if first < len(year.opens):
                return instant_at(max(at, year.opens[first]))
        raise NeverOpen(f"calendar {self.name!r} does not open again")

    def next_closing(self, instant: datetime) -> datetime:
        """The earliest closed instant that is not before `instant` (UTC). Raises NeverClosed."""
        at = microseconds(instant)
        if self.is_always:
            raise NeverClosed(f"calendar {self.name!r} is always open")
        for _ in range(_YEARS_WITHOUT_CHANGE + 2):
            year = self._year(instant_at(at).year)
            last = bisect_right(year.opens, at) - 1
            if last < 0 or at >= year.closes[last]:
                return instant_at(at)
            at = year.closes[last]  # closed then, unless the next year begins with an opening
        raise NeverClosed(f"calendar {self.name!r} does not close")

    def _years_from(self, instant: datetime) -> Iterator[_Year]:
        """Years from that of `instant` on, until there is nothing open for too long."""
        number, closed = _year_of(instant), 0
        while closed <= _YEARS_WITHOUT_CHANGE:
            year = self._year(number)
            yield year
            closed = 0 if year.total else closed + 1
            number += 1

    def _year(self, number: int) -> _Year:
        """Threads may lay out the same year at the same time, and get the same."""
        known = self._years.get(number)
        if known is None:
            known = self._years[number] = _Year(self._openings(number))
        return known

    def _openings(self, year: int) -> list[tuple[int, int]]:
        """The open parts of a UTC year, ascending and apart, in microseconds since 1970."""
        found: list[tuple[int, int]] = []
        for starts, ends, offset in stretches_of_year(self.zone, year):
            local_start, local_end = starts + offset, ends + offset
            for day in range(local_start // _DAY - 1, -(-local_end // _DAY)):
                midnight = day * _DAY
                for opens, closes in self.windows_on(date_of(day)):
                    a = max(local_start, midnight + opens * _SECOND) - offset
                    b = min(local_end, midnight + closes * _SECOND) - offset
                    if found and a <= found[-1][1] < b:
                        found[-1] = (found[-1][0], b)
                    elif a < b and not (found and b <= found[-1][1]):
                        found.append((a, b))
        return found


def closed_on(holidays: Iterable[Holiday]) -> dict[date, Windows]:
    """Exceptions for a calendar that is closed on these days."""
    return {holiday.day: () for holiday in holidays}


WHOLE_DAY: Windows = ((0, DAY),)

_WHOLE_WEEK = (WHOLE_DAY, WHOLE_DAY, WHOLE_DAY, WHOLE_DAY, WHOLE_DAY, WHOLE_DAY, WHOLE_DAY)

ALWAYS = Calendar(name="24x7", zone="UTC", weekly=_WHOLE_WEEK)
"""Every instant counts."""


def weekdays(name: str, zone: str, *windows: tuple[int, int]) -> Calendar:
    """The same windows (hours on the wall clock) from Monday to Friday, closed at weekends."""
    daily = tuple((begins * 3600, ends * 3600) for begins, ends in windows)
    return Calendar(name=name, zone=zone, weekly=(daily, daily, daily, daily, daily, (), ()))


def _year_of(instant: datetime) -> int:
    return instant.astimezone(UTC).year
