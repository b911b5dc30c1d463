"""What one measurement says: a value, the yardstick's value beside it, and what it should be."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Measure = Literal["ratio", "value", "p99_ms"]


@dataclass(frozen=True)
class Aim:
    """A limit for one part of a figure: at least, or with `at_most` at most."""

    of: Measure
    limit: float
    at_most: bool = False

    def met(self, measured: float | None) -> bool:
        if measured is None:
            return False
        return measured <= self.limit if self.at_most else measured >= self.limit

    def __str__(self) -> str:
        name = {"ratio": "ratio", "value": "value", "p99_ms": "p99"}[self.of]
        unit = " ms" if self.of == "p99_ms" else ""
        return f"{name} {'<=' if self.at_most else '>='} {self.limit:g}{unit}"


def at_least(limit: float, of: Measure = "ratio") -> Aim:
    return Aim(of=of, limit=limit)


def at_most(limit: float, of: Measure = "ratio") -> Aim:
    return Aim(of=of, limit=limit, at_most=True)


@dataclass(frozen=True)
class Figure:
    """`values` and `yardsticks` are those of each round, in `unit`; a round takes both.

    Percentiles are in milliseconds, medians over the rounds. `name` never changes, so that runs
    can be compared; `what` and `yardstick` are for people.
    """

    name: str
    what: str
    unit: str
    values: Sequence[float]
    yardstick: str
    yardsticks: Sequence[float]
    aims: tuple[Aim, ...] = ()
    p50_ms: float | None = None
    p99_ms: float | None = None
    yardstick_p99_ms: float | None = None
    note: str = ""
    more: dict[str, float] = field(default_factory=dict)

    @property
    def value(self) -> float:
        return statistics.median(self.values)

    @property
    def yardstick_value(self) -> float:
        return statistics.median(self.yardsticks)

    @property
    def ratios(self) -> list[float]:
        """One per round: what swings with the machine swings in both."""
        return [ours / theirs for ours, theirs in zip(self.values, self.yardsticks, strict=True)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def met(self) -> bool | None:
        """Whether all aims are met; None where there is none."""
        return all(aim.met(getattr(self, aim.of)) for aim in self.aims) if self.aims else None

    def as_json(self) -> dict[str, Any]:
        """The line that is printed and kept."""
        return {
            "name": self.name,
            "what": self.what,
            "value": _rounded(self.value),
            "unit": self.unit,
            "yardstick": self.yardstick,
            "yardstick_value": _rounded(self.yardstick_value),
            "ratio": _rounded(self.ratio),
            "ratio_from": _rounded(min(self.ratios)),
            "ratio_to": _rounded(max(self.ratios)),
            "rounds": len(self.values),
            "aim": ", ".join(map(str, self.aims)) or None,
            "met": self.met,
            "p50_ms": _rounded(self.p50_ms),
            "p99_ms": _rounded(self.p99_ms),
            "yardstick_p99_ms": _rounded(self.yardstick_p99_ms),
            "note": self.note,
            **{name: _rounded(value) for name, value in self.more.items()},
        }


def _rounded(value: float | None) -> float | None:
    """Four significant digits: no measurement here has more."""
    return None if value is None else float(f"{value:.4g}")
