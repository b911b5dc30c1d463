"""When requests come in: many on Monday mornings, few after lunch, hardly any at night.

A Poisson process whose rate follows the hour and the weekday, in Korea and in Europe, given the
number of arrivals: then they are independent draws from the rate, taken here in ascending order.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from adapters.simulating.hours import BERLIN, SEOUL
from domain.record import record

_HOURS = (
    *(0.05, 0.03, 0.02, 0.02, 0.03, 0.06, 0.15, 0.45, 1.30, 2.20, 2.40, 2.10),
    *(1.00, 1.50, 2.00, 1.95, 1.75, 1.30, 0.70, 0.45, 0.38, 0.30, 0.20, 0.10),
)
"""Relative rate by hour of the local day."""

_WEEKDAYS = (1.30, 1.12, 1.05, 1.00, 0.90, 0.18, 0.14)
_KOREA, _EUROPE = 0.72, 0.28


@record
class Arrival:
    """A request comes in at `at` (UTC); `korean`: from Korea, else from Europe."""

    at: datetime
    korean: bool


def arrivals(count: int, start: datetime, end: datetime, rng: Random) -> Iterator[Arrival]:
    """`count` arrivals in [start, end), ascending. Memory grows with the hours, not with them."""
    hours = list(_rates(start.astimezone(UTC), end.astimezone(UTC)))
    total = sum(weight for _, weight, _ in hours)
    passed, share = 0.0, 0.0
    position = iter(hours)
    begin, weight, length = next(position)
    for left in range(count, 0, -1):
        # The smallest of `left` uniform draws from what is left: 1 - U**(1/left).
        share += (1 - share) * (1 - rng.random() ** (1 / left))
        while passed + weight < share * total:
            following = next(position, None)
            if following is None:  # rounding, at the very end
                break
            passed += weight
            begin, weight, length = following
        within = min(0.999999, max(0.0, (share * total - passed) / weight))
        at = begin + length * within
        korea, europe = _regions(at)
        yield Arrival(at=at, korean=rng.random() < korea / (korea + europe))


def _rates(start: datetime, end: datetime) -> Iterator[tuple[datetime, float, timedelta]]:
    """Pieces of at most an hour: their beginning, their weight and their length."""
    at = start
    while at < end:
        following = min(end, at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
        yield at, sum(_regions(at)) * ((following - at) / timedelta(hours=1)), following - at
        at = following


def _regions(at: datetime) -> tuple[float, float]:
    return _KOREA * _rate(at, SEOUL), _EUROPE * _rate(at, BERLIN)


def _rate(at: datetime, zone: ZoneInfo) -> float:
    local = at.astimezone(zone)
    return _HOURS[local.hour] * _WEEKDAYS[local.weekday()]
