"""What is due now: tickets to be woken, and resolved ones to be closed.

No tables of its own: the queue's rows carry the instants, with an index on each. A status that an
imported history says is evidence of what happened elsewhere: no timer acts on it.
"""

from datetime import datetime, timedelta
from typing import Any

from projections.ports import Reader


def due_wake_ups(reader: Reader, now: datetime, limit: int = 100) -> list[dict[str, Any]]:
    """`ticket`, `version` and `wake_at` of pending and held tickets whose time has come."""
    return reader.fetch(
        "SELECT ticket, version, wake_at FROM read.ticket"
        " WHERE backlog AND wake_at IS NOT NULL AND wake_at <= %(now)s AND NOT status_imported"
        " AND status IN ('pending', 'on_hold') ORDER BY wake_at LIMIT %(limit)s",
        {"now": now, "limit": limit},
    )


def due_closings(
    reader: Reader, now: datetime, close_after: timedelta, limit: int = 100
) -> list[dict[str, Any]]:
    """`ticket`, `version` and `resolved_at` of tickets resolved at least `close_after` ago."""
    return reader.fetch(
        "SELECT ticket, version, resolved_at FROM read.ticket"
        " WHERE status = 'resolved' AND resolved_at <= %(before)s AND NOT status_imported"
        " ORDER BY resolved_at, number LIMIT %(limit)s",
        {"before": now - close_after, "limit": limit},
    )
