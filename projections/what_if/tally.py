"""What came out, added up: how many clocks were kept before and after, and which changed sides."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from heapq import nsmallest

from domain.record import record
from domain.sla.policy import ClockName


class Side(StrEnum):
    """By what was in force, or by what would have been."""

    BEFORE = "before"
    AFTER = "after"


class Outcome(StrEnum):
    """What a clock counts as. One that stands still is running."""

    MET = "met"
    BREACHED = "breached"
    RUNNING = "running"
    CANCELLED = "cancelled"


@record
class Moved:
    """A clock that breached on one side only, at `breached_at`. A state is None for no clock."""

    newly_breached: bool
    number: int
    ticket: str
    clock: ClockName
    instance: int
    breached_at: datetime | None
    before: str | None
    after: str | None
    policy_before: str | None
    policy_after: str | None


@record
class Counts:
    """`attainment` is met / (met + breached); None when nothing was decided."""

    met: int
    breached: int
    running: int
    cancelled: int
    attainment: float | None


@record
class Row:
    """A clock, in all or for one value of a dimension."""

    clock: ClockName
    value: str | None = None
    before: Counts
    after: Counts


@record
class Changed:
    """`total` clocks on as many as `total` tickets; some of them, in the order of their numbers."""

    total: int
    items: tuple[Moved, ...]


@record
class Comparison:
    """`tickets` were opened before the end of the period; `counted` of them have clocks in it.

    `judged_twice` are those which the changes could touch.
    """

    tickets: int
    counted: int
    judged_twice: int
    clocks: tuple[Row, ...]
    by: Mapping[str, tuple[Row, ...]]
    newly_breached: Changed
    newly_saved: Changed


_Place = tuple[ClockName, str | None, str | None]
"""Clock, dimension and value; the dimension is None for all together."""


class Tally:
    """Sums that can be added up from parts: of a range of tickets, of several ranges."""

    def __init__(self) -> None:
        self.tickets = self.counted = self.judged_twice = 0
        self.counts: dict[tuple[Side, _Place, Outcome], int] = defaultdict(int)
        self.totals = {True: 0, False: 0}
        self.moved: dict[bool, list[Moved]] = {True: [], False: []}

    def count(
        self, side: Side, clock: ClockName, dimension: str | None, value: str | None, what: Outcome
    ) -> None:
        """One clock more."""
        self.counts[side, (clock, dimension, value), what] += 1

    def add(self, moved: Moved, keep: int) -> None:
        """One clock more that breached on one side only; the first `keep` are remembered."""
        kind = moved.newly_breached
        self.totals[kind] += 1
        self.moved[kind].append(moved)
        if len(self.moved[kind]) > 2 * keep + 1_000:
            self.moved[kind] = nsmallest(keep, self.moved[kind], key=_order)

    def take(self, other: "Tally", keep: int) -> None:
        """Add a part."""
        self.tickets += other.tickets
        self.counted += other.counted
        self.judged_twice += other.judged_twice
        for key, n in other.counts.items():
            self.counts[key] += n
        for kind in (True, False):
            self.totals[kind] += other.totals[kind]
            both = [*self.moved[kind], *other.moved[kind]]
            self.moved[kind] = nsmallest(keep, both, key=_order)

    def told(self, by: Sequence[str], skip: int, limit: int) -> Comparison:
        """All of it; of the clocks that moved, `limit` after the first `skip`."""
        places = {place for _, place, _ in self.counts}
        return Comparison(
            tickets=self.tickets,
            counted=self.counted,
            judged_twice=self.judged_twice,
            clocks=self._rows(places, None),
            by={name: self._rows(places, name) for name in by},
            newly_breached=self._changed(skip, limit, kind=True),
            newly_saved=self._changed(skip, limit, kind=False),
        )

    def _rows(self, places: set[_Place], dimension: str | None) -> tuple[Row, ...]:
        wanted = [place for place in places if place[1] == dimension]
        order = list(ClockName)
        wanted.sort(key=lambda place: (order.index(place[0]), place[2] is None, place[2] or ""))
        return tuple(
            Row(
                clock=place[0],
                value=place[2],
                before=self._of(Side.BEFORE, place),
                after=self._of(Side.AFTER, place),
            )
            for place in wanted
        )

    def _of(self, side: Side, place: _Place) -> Counts:
        found = {what: self.counts.get((side, place, what), 0) for what in Outcome}
        met, breached = found[Outcome.MET], found[Outcome.BREACHED]
        return Counts(
            met=met,
            breached=breached,
            running=found[Outcome.RUNNING],
            cancelled=found[Outcome.CANCELLED],
            attainment=met / (met + breached) if met + breached else None,
        )

    def _changed(self, skip: int, limit: int, *, kind: bool) -> Changed:
        ordered = sorted(self.moved[kind], key=_order)
        return Changed(total=self.totals[kind], items=tuple(ordered[skip : skip + limit]))


def _order(moved: Moved) -> tuple[int, str, str, int]:
    return moved.number, moved.ticket, moved.clock.value, moved.instance
