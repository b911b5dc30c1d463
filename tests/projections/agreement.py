"""Says where a ticket's row and the domain's state of the same ticket differ."""

from typing import Any

from domain.ticket.state import Ticket
from projections.ticket_row import TicketRow

_SAME = (
    *("number", "subject", "requester", "organisation", "channel", "language", "region"),
    *("status", "agent", "team", "queue", "priority", "impact", "urgency", "category"),
    *("opened_at", "acknowledged_at", "resolved_at", "waiting_for", "wake_at", "reopened"),
    *("escalation_level", "resolution_code", "satisfaction", "merged_into", "version"),
)


def disagreements(row: TicketRow, state: Ticket) -> dict[str, tuple[Any, Any]]:
    """What the row and the state say, by column, where it is not the same."""
    said: dict[str, tuple[Any, Any]] = {
        name: (getattr(row, name), getattr(state, name)) for name in _SAME
    }
    said["backlog"] = (row.backlog, state.status.is_backlog)
    said["status_category"] = (row.status_category, state.status.category)
    said["priority_rank"] = (row.priority_rank, state.priority.rank)
    said["tags"] = (row.tags, tuple(sorted(state.tags)))
    said["followers"] = (row.followers, tuple(sorted(state.followers)))
    said["fields"] = (tuple(row.fields.items()), state.fields)
    return {name: both for name, both in said.items() if both[0] != both[1]}
