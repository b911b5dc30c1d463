"""What a measurement is, and how several runs become one figure."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`value` and `yardstick` are medians over the runs, in `unit`; the ratio is of the two.

    `aim` is what the ratio should be: at least, where more is better, and at most, where less is.
    """

    what: str
    unit: str
    value: float
    yardstick: float
    beside: str
    runs: int
    less_is_better: bool = False
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.value / self.yardstick if self.yardstick else 0.0


@dataclass(frozen=True)
class Sizes:
    """How much of everything; `seconds` is the length of each timed load."""

    runs: int
    seconds: float
    import_cases: int
    tickets: int
    many_tickets: int
    pages: int


FULL = Sizes(runs=3, seconds=4, import_cases=4_000, tickets=1_000, many_tickets=100_000, pages=400)
QUICK = Sizes(runs=1, seconds=1, import_cases=500, tickets=200, many_tickets=5_000, pages=100)


def median(values: list[float]) -> float:
    return statistics.median(values)


def per_second(count: int, work: Callable[[], object]) -> float:
    """How many of `count` things `work` does in a second."""
    begun = time.perf_counter()
    work()
    return count / (time.perf_counter() - begun)
