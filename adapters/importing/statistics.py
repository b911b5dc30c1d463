"""Summaries of durations, with the definitions that reports use."""

import math
from collections.abc import Iterable

from domain.record import record


@record
class Summary:
    """Of `n` values; all zero when there is none.

    The median of an even n is the mean of the middle two; p90 is interpolated linearly between
    the closest ranks (Hyndman and Fan's type 7, as in NumPy and Excel).
    """

    n: int
    mean: float
    median: float
    p90: float
    min: float
    max: float


def summary(values: Iterable[float]) -> Summary:
    """Summarise the values, in their unit."""
    ordered = sorted(values)
    if not ordered:
        return Summary(n=0, mean=0.0, median=0.0, p90=0.0, min=0.0, max=0.0)
    return Summary(
        n=len(ordered),
        mean=math.fsum(ordered) / len(ordered),
        median=quantile(ordered, 0.5),
        p90=quantile(ordered, 0.9),
        min=ordered[0],
        max=ordered[-1],
    )


def quantile(ordered: list[float], share: float) -> float:
    """The value below which `share` of the ascending values lie; at least one value is needed."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
