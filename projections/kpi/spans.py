"""Cuts a window of time into the hours, days, weeks or months of a zone."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.wall_clock import first_instant

MOST_SPANS = 10_000
"""More than a year of hours; a finer report is a mistake."""

_HOUR = timedelta(hours=1)


class Bucket(StrEnum):
    """How long each row of a report over time is. Weeks begin on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def starts(start: datetime, end: datetime, zone: str, bucket: Bucket | None) -> list[datetime]:
    """When each span of [start, end) begins (UTC), ascending; the first one begins at `start`.

    Without a bucket, the window is one span. Raises ValueError when there are over MOST_SPANS.
    """
    found = [start.astimezone(UTC)]
    while bucket is not None and (following := _next(found[-1], zone, bucket)) < end:
        if len(found) == MOST_SPANS:
            raise ValueError(f"a report has at most {MOST_SPANS:,} rows over time")
        found.append(following)
    return found


def _next(instant: datetime, zone: str, bucket: Bucket) -> datetime:
    """When the next span begins on the wall clock of `zone` (UTC)."""
    local = instant.astimezone(ZoneInfo(zone))
    if bucket is Bucket.HOUR:
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return instant + _HOUR - past
    following = first_instant(_next_day(local.date(), bucket), zone)
    if following <= instant:  # clocks went back over midnight: the day that began is over
        following = first_instant(_next_day(local.date() + timedelta(days=1), bucket), zone)
    return following


def _next_day(day: date, bucket: Bucket) -> date:
    """The first day of the next span."""
    match bucket:
        case Bucket.WEEK:
            return day + timedelta(days=7 - day.weekday())
        case Bucket.MONTH:
            return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        case _:
            return day + timedelta(days=1)
