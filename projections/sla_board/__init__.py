"""The clocks of every ticket: which run, which come due next, which were met or breached.

The clocks themselves are judged by domain/sla; this view keeps their state between events
(apply.py, judged.py, state_text.py), writes a row for each of them (rows.py, write.py) and finds
those that matter now (queries.py, next_clock.py, preview.py).
"""

from collections.abc import Sequence
from typing import Any

from domain.ids import SLA_BOOK
from domain.recorded import Recorded
from domain.sla.book import Book, fold
from projections.ports import Beside, Projection
from projections.sla_board.apply import apply, keys, refresh
from projections.sla_board.next_clock import NextClock, next_clocks
from projections.sla_board.preview import BoardTicket, Preview, preview
from projections.sla_board.queries import (
    BoardPage,
    BoardRow,
    ClockFilter,
    ClockKey,
    DueClock,
    counts,
    due_clocks,
    next_due,
    page,
)
from projections.sla_board.rows import BOOK, CLOCK, CLOCK_COUNT, DECISION, REFRESHED, TICKET

__all__ = [
    "PROJECTION",
    "BoardPage",
    "BoardRow",
    "BoardTicket",
    "ClockFilter",
    "ClockKey",
    "DueClock",
    "NextClock",
    "Preview",
    "counts",
    "due_clocks",
    "next_clocks",
    "next_due",
    "page",
    "preview",
]


def _book(events: Sequence[Recorded[Any]]) -> Book:
    return fold(recorded.event for recorded in events)


PROJECTION = Projection(
    name="sla_board",
    version=7,
    tables=(TICKET, CLOCK, CLOCK_COUNT, DECISION, BOOK, REFRESHED),
    wants=frozenset({"ticket", "sla"}),
    keys=keys,
    apply=apply,
    by_stream=True,
    beside=Beside(stream=SLA_BOOK, fold=_book, refresh=refresh),
)
