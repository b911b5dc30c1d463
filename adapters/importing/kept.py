"""What the log holds of an imported case, read back from its events."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from adapters.importing.case_history import Seen
from adapters.importing.mapping import Mapping
from adapters.importing.snapshot import Row
from domain.recorded import Recorded
from domain.ticket.events import HistoryRowKept, TicketClosed
from domain.ticket.state import fold

Likeness: TypeAlias = tuple[datetime, str, frozenset[tuple[str, str]]]
"""What makes a row the same row: its instant, its state and its cells.

Columns that the source fills in later are left out, since a newer file has them and an older one
had not. A row that stands several times in the file stands as often in the log.
"""


def seen_in(events: Sequence[Recorded[Any]], mapping: Mapping) -> Seen | None:
    """What the log has of a case; None when the stream does not exist."""
    if not events:
        return None
    rows = list(kept_rows(events, mapping.system))
    closings = [r.event.at for r in events if isinstance(r.event, TicketClosed)]
    orders = [cells.get(mapping.order) for _, cells in rows] if mapping.order else []
    return Seen(
        ticket=fold(recorded.event for recorded in events),
        last=rows[-1][1] if rows else {},
        last_order=int(orders[-1]) if orders and orders[-1] else None,
        latest=max(recorded.event.at for recorded in events),
        closed_at=closings[-1] if closings else None,
    )


def kept_rows(
    events: Iterable[Recorded[Any]], system: str
) -> Iterable[tuple[HistoryRowKept, dict[str, str]]]:
    """The rows of a case in the order in which they were written, each with all its cells."""
    cells: dict[str, str] = {}
    for recorded in events:
        event = recorded.event
        if not isinstance(event, HistoryRowKept):
            continue
        if recorded.source is None or recorded.source.system != system:
            continue
        cells = {name: cell for name, cell in {**cells, **event.changed}.items() if cell != ""}
        yield event, cells


def only_new(rows: Sequence[Row], events: Sequence[Recorded[Any]], mapping: Mapping) -> list[Row]:
    """The rows that the log does not hold, in their order."""
    hidden = mapping.hidden_columns
    there = Counter(
        _likeness(event.at, event.state, cells, hidden)
        for event, cells in kept_rows(events, mapping.system)
    )
    new = []
    for row in rows:
        likeness = _likeness(row.at, row.state, row.cells, hidden)
        if there[likeness] > 0:
            there[likeness] -= 1
        else:
            new.append(row)
    return new


def _likeness(at: datetime, state: str, cells: dict[str, str], hidden: frozenset[str]) -> Likeness:
    return at, state, frozenset(item for item in cells.items() if item[0] not in hidden)
