"""Business time: which instants count, how many seconds lie between two of them, when they end.

A window is wall-clock time in the calendar's zone; what elapses in it is real time. So a window of
00:00 to 06:00 lasts five hours on the night clocks go forward and seven when they go back. An
instant is open exactly when the wall clock at that instant reads a time inside a window; where the
wall clock reads the same time twice, both count.

All arithmetic is on whole microseconds since 1970 (UTC), so nothing is rounded on the way.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.record import record

DAY = 86_400
"""Seconds on the wall clock from midnight to midnight."""

Windows = tuple[tuple[int, int], ...]
"""Openings of one day: (from, until) in seconds on the wall clock since midnight, half-open.

Ascending and apart from each other; `until` may be 86400, the midnight that ends the day.
"""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND_US = 1_000_000
_DAY_US = DAY * _SECOND_US
_THURSDAY = 3  # 1970-01-01, when Monday is 0
_FIRST_YEAR, _LAST_YEAR = 2, 9998
_SAMPLE = timedelta(hours=12)
_LONGEST_CLOSURE_DAYS = 3 * 366


class NeverOpen(ValueError):
    """The calendar does not open again within three years of the instant asked about."""


@record
class Calendar:
    """`zone` is an IANA name; `weekly` has the windows of Monday to Sunday.

    Raises ValueError when windows overlap, are empty, or leave the day; ZoneInfoNotFoundError when
    there is no such zone.
    """

    name: str
    zone: str
    weekly: tuple[Windows, Windows, Windows, Windows, Windows, Windows, Windows]

    def __post_init__(self) -> None:
        ZoneInfo(self.zone)
        for windows in self.weekly:
            last = 0
            for begins, ends in windows:
                if not last <= begins < ends <= DAY:
                    raise ValueError(f"windows are ascending, apart and inside a day: {windows}")
                last = ends

    @property
    def is_always(self) -> bool:
        """No instant is closed."""
        return all(windows == WHOLE_DAY for windows in self.weekly)

    def windows_on(self, day: date) -> Windows:
        """The openings of a day. Closed dates and extra openings belong here."""
        return self.weekly[day.weekday()]

    def is_open(self, instant: datetime) -> bool:
        """Whether time counts at `instant` (aware)."""
        local = instant.astimezone(ZoneInfo(self.zone))
        second = local.hour * 3600 + local.minute * 60 + local.second
        return any(begins <= second < ends for begins, ends in self.windows_on(local.date()))

    def elapsed(self, begin: datetime, end: datetime) -> float:
        """Open seconds from `begin` until `end`; zero when `end` is not after `begin`."""
        if self.is_always:
            return max(0, _us(end) - _us(begin)) / _SECOND_US
        return sum(b - a for a, b in self._openings(_us(begin), _us(end))) / _SECOND_US

    def add(self, instant: datetime, seconds: float) -> datetime:
        """The earliest instant by which `seconds` of open time have elapsed since `instant` (UTC).

        `seconds` of zero give `instant` itself, open or not. Raises ValueError when `seconds` is
        negative, NeverOpen when time stops counting before, OverflowError beyond the year 9998.
        """
        left = round(seconds * _SECOND_US)
        if left < 0:
            raise ValueError(f"time cannot be taken back: {seconds}")
        begin = _us(instant)
        if left == 0 or self.is_always:
            return _instant(begin + left)
        for opens, closes in self._openings_after(begin):
            if left <= closes - opens:
                return _instant(opens + left)
            left -= closes - opens
        raise NeverOpen(f"calendar {self.name!r} has no opening")

    def next_opening(self, instant: datetime) -> datetime:
        """The earliest open instant that is not before `instant` (UTC). Raises NeverOpen."""
        for opens, _ in self._openings_after(_us(instant)):
            return _instant(opens)
        raise NeverOpen(f"calendar {self.name!r} has no opening")

    def _openings_after(self, begin: int) -> Iterator[tuple[int, int]]:
        """Openings from `begin` on, without an end; NeverOpen when too long a time is closed."""
        closed_days = 0
        while True:
            found = False
            for opening in self._openings(begin, begin + 7 * _DAY_US):
                found = True
                yield opening
            begin += 7 * _DAY_US
            closed_days = 0 if found else closed_days + 7
            if closed_days > _LONGEST_CLOSURE_DAYS:
                raise NeverOpen(f"calendar {self.name!r} has no opening within three years")

    def _openings(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """The open parts of [begin, end), ascending, in microseconds since 1970."""
        for starts, ends, offset in _stretches(self.zone, begin, end):
            local_start, local_end = starts + offset, ends + offset
            for number in range(local_start // _DAY_US, -(-local_end // _DAY_US)):
                midnight = number * _DAY_US
                for opens, closes in self._windows_on_day(number):
                    a = max(local_start, midnight + opens * _SECOND_US)
                    b = min(local_end, midnight + closes * _SECOND_US)
                    if a < b:
                        yield a - offset, b - offset

    def _windows_on_day(self, number: int) -> Windows:
        return self.windows_on(_EPOCH.date() + timedelta(days=number))


WHOLE_DAY: Windows = ((0, DAY),)

ALWAYS = Calendar(
    name="24x7",
    zone="UTC",
    weekly=(WHOLE_DAY, WHOLE_DAY, WHOLE_DAY, WHOLE_DAY, WHOLE_DAY, WHOLE_DAY, WHOLE_DAY),
)
"""Every instant counts."""


def weekdays(name: str, zone: str, *windows: tuple[int, int]) -> Calendar:
    """The same windows (hours on the wall clock) from Monday to Friday, closed at weekends."""
    daily = tuple((begins * 3600, ends * 3600) for begins, ends in windows)
    return Calendar(name=name, zone=zone, weekly=(daily, daily, daily, daily, daily, (), ()))


def first_instant(day: date, zone: str) -> datetime:
    """The first instant (UTC) of a local day, also where clocks skip or repeat its midnight."""
    midnight = (day - _EPOCH.date()).days * _DAY_US
    around = _stretches(zone, midnight - 2 * _DAY_US, midnight + 2 * _DAY_US)
    return _instant(
        next(
            max(starts, midnight - offset)
            for starts, ends, offset in around
            if ends + offset > midnight
        )
    )


def _stretches(zone: str, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """[begin, end) cut where the zone's distance from UTC changes: (from, until, distance)."""
    while begin < end:
        year = _instant(begin).year
        for starts, ends, offset in _year(zone, year):
            if ends > begin:
                until = min(ends, end)
                yield max(starts, begin), until, offset
                begin = until
                if begin >= end:
                    return


@lru_cache(maxsize=4096)
def _year(zone: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """One UTC year of a zone as stretches of one distance from UTC, all in microseconds.

    A sample every twelve hours finds every change: no zone has two that close to each other.
    """
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise OverflowError(f"the year {year} is beyond the calendar")
    where = ZoneInfo(zone)
    begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    stretches = []
    starts, offset, at = begin, begin.astimezone(where).utcoffset(), begin
    while at < end:
        following = min(at + _SAMPLE, end)
        if following.astimezone(where).utcoffset() != offset:
            change = _change(where, at, following)
            stretches.append((_us(starts), _us(change), _microseconds(offset)))
            starts, offset = change, change.astimezone(where).utcoffset()
        at = following
    if starts < end:
        stretches.append((_us(starts), _us(end), _microseconds(offset)))
    return tuple(stretches)


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second at which the distance from UTC changes between two instants, by halving."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _us(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _instant(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND


def _microseconds(offset: timedelta | None) -> int:
    return 0 if offset is None else offset // _MICROSECOND
