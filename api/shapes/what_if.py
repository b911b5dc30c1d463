"""What-if: lines of a comparison, and the clocks of a ticket before and after."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.shapes.deriving import like
from api.shapes.sla import ExplainedClock
from domain.record import record
from projections import what_if


@record
class Done:
    """Events judged so far, and all there are."""

    done: int
    total: int


@record
class ProgressLine:
    """How far the comparison is."""

    progress: Done


@like(what_if.Counts)
class ClockCounts:
    """`attainment` is met / (met + breached); null when nothing was decided."""


@like(what_if.Row)
class ComparedClock:
    """A clock before and after, in all or for one value of a dimension."""

    before: ClockCounts
    after: ClockCounts


@like(what_if.Moved)
class MovedClock:
    """A clock that breached on one side only, at `breached_at`. A state is null for no clock."""


@like(what_if.Changed)
class MovedClocks:
    """`total` clocks on as many as `total` tickets; some of them, in the order of their numbers."""

    items: tuple[MovedClock, ...]


@like(what_if.Comparison)
class Compared:
    """`tickets` were opened before the end of the period; `counted` of them have clocks in it.

    `judged_twice` are those which the changes could touch.
    """

    clocks: tuple[ComparedClock, ...]
    by: Mapping[str, tuple[ComparedClock, ...]]
    newly_breached: MovedClocks
    newly_saved: MovedClocks


@record
class OutcomeLine:
    """The last line of a comparison that came to its end."""

    outcome: Compared


@record
class ProblemLine:
    """The last line of a comparison that failed on the way: a problem document."""

    problem: dict[str, Any]


@record
class TicketWhatIf:
    """The clocks of a ticket by what was in force, and by what would have been."""

    ticket: str
    as_of: datetime
    before: tuple[ExplainedClock, ...]
    after: tuple[ExplainedClock, ...]
