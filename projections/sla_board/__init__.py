"""The clocks of every ticket: which run, which come due next, which were met or breached.

The clocks themselves are judged by domain/sla/clock.py; this view keeps their state between events
(rows.py, apply.py) and finds those that matter now (queries.py).
"""

from projections.ports import Projection
from projections.sla_board.apply import apply, keys
from projections.sla_board.queries import (
    BoardPage,
    BoardRow,
    ClockFilter,
    ClockKey,
    clocks_as_of,
    clocks_of,
    counts,
    page,
)
from projections.sla_board.rows import CLOCK, CLOCK_COUNT, DECISION, TICKET

__all__ = [
    "PROJECTION",
    "BoardPage",
    "BoardRow",
    "ClockFilter",
    "ClockKey",
    "clocks_as_of",
    "clocks_of",
    "counts",
    "page",
]

PROJECTION = Projection(
    name="sla_board",
    version=3,
    tables=(TICKET, CLOCK, CLOCK_COUNT, DECISION),
    wants=frozenset({"ticket"}),
    keys=keys,
    apply=apply,
    by_stream=True,
)
