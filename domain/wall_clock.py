"""Wall clocks beside real time: how far a zone is from UTC, and when that changes.

All arithmetic is on whole microseconds since 1970 (UTC), so nothing is rounded on the way.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000
"""Microseconds."""

DAY = 86_400 * SECOND
"""Microseconds on the wall clock from midnight to midnight."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST_YEAR, _LAST_YEAR = 2, 9998
_SAMPLE = timedelta(hours=12)

Stretch = tuple[int, int, int]
"""From, until and the zone's distance from UTC in between, all in microseconds."""


def microseconds(instant: datetime) -> int:
    """Microseconds since 1970 of an aware instant."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_at(microseconds: int) -> datetime:
    """The instant (UTC) so many microseconds after the beginning of 1970."""
    return _EPOCH + microseconds * _MICROSECOND


def date_of(day: int) -> date:
    """The date so many days after 1970-01-01."""
    return _EPOCH.date() + timedelta(days=day)


def first_instant(day: date, zone: str) -> datetime:
    """The first instant (UTC) of a local day, also where clocks skip or repeat its midnight."""
    midnight = (day - _EPOCH.date()).days * DAY
    around = stretches(zone, midnight - 2 * DAY, midnight + 2 * DAY)
    return instant_at(
        next(
            max(starts, midnight - offset)
            for starts, ends, offset in around
            if ends + offset > midnight
        )
    )


def stretches(zone: str, begin: int, end: int) -> Iterator[Stretch]:
    """[begin, end) cut where the zone's distance from UTC changes.

    Raises OverflowError outside the years 2 to 9998.
    """
    while begin < end:
        for starts, ends, offset in stretches_of_year(zone, instant_at(begin).year):
            if ends > begin:
                until = min(ends, end)
                yield max(starts, begin), until, offset
                begin = until
                if begin >= end:
                    return


@lru_cache(maxsize=4096)
def stretches_of_year(zone: str, year: int) -> tuple[Stretch, ...]:
    """One UTC year of a zone. Raises OverflowError outside the years 2 to 9998.

    A sample every twelve hours finds every change: no zone has two that close to each other.
    """
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise OverflowError(f"the year {year} is beyond the calendar")
    where = ZoneInfo(zone)
    begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    found = []
    starts, offset, at = begin, begin.astimezone(where).utcoffset(), begin
    while at < end:
        following = min(at + _SAMPLE, end)
        if following.astimezone(where).utcoffset() != offset:
            change = _change(where, at, following)
            found.append((microseconds(starts), microseconds(change), _distance(offset)))
            starts, offset = change, change.astimezone(where).utcoffset()
        at = following
    if starts < end:
        found.append((microseconds(starts), microseconds(end), _distance(offset)))
    return tuple(found)


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


def _distance(offset: timedelta | None) -> int:
    return 0 if offset is None else offset // _MICROSECOND
