"""What the API shows of a ticket and of an event, to staff and to its requester."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from api.command_paths import REQUESTER_MAY
from domain.access import Principal
from domain.happened import Happened
from domain.ids import category_of, ident_of
from domain.recorded import Recorded
from domain.sla.book import Book
from domain.ticket.rules import allowed_commands
from domain.ticket.state import Ticket
from projections import sla_board
from projections.ports import Reader
from projections.ticket_row import TicketRow

PUBLIC_EVENTS = frozenset(
    {
        "ticket.opened",
        "ticket.message_received",
        "ticket.reply_sent",
        "ticket.follow_up_requested",
        "ticket.pended",
        "ticket.held",
        "ticket.resumed",
        "ticket.resolved",
        "ticket.reopened",
        "ticket.closed",
        "ticket.cancelled",
        "ticket.satisfaction_asked",
        "ticket.satisfaction_rated",
    }
)
"""Kinds of events that a requester sees on own tickets. A new kind is internal until it is here."""

PUBLIC_FIELDS = (
    "number", "status", "requester", "subject", "channel", "priority", "language", "opened_at",
    "resolved_at", "reopened", "satisfaction", "satisfaction_asked", "merged_into",
)  # fmt: skip

INTERNAL_DETAILS = frozenset(
    {"queue", "organisation", "impact", "urgency", "category", "region", "tags", "fields", "reason",
     "wake_at", "split_from", "undoes", "code", "note"}
)  # fmt: skip


_INNER = ("workspace", "priority_rank", "ticket")
"""Columns that are not shown as such."""

ROW_COLUMNS = (
    "id",
    *(field.name for field in fields(TicketRow) if field.name not in _INNER),
    "sla",
)
"""What a row of the queue shows, under these names."""


def ticket_resource(ident: str, ticket: Ticket, principal: Principal) -> dict[str, Any]:
    """A ticket as JSON wants it, with the commands that its status and the role allow."""
    if principal.is_requester:
        shown = {name: getattr(ticket, name) for name in PUBLIC_FIELDS}
        allowed = [name for name in allowed_commands(ticket) if name in REQUESTER_MAY]
    else:
        shown = {name: getattr(ticket, name) for name in _names(Ticket)}
        shown["fields"] = dict(ticket.fields)
        shown["links"] = sorted(
            ({"other": link.other, "relation": link.relation} for link in ticket.links),
            key=lambda link: (link["relation"], link["other"]),
        )
        allowed = allowed_commands(ticket)
    return {
        "id": ident,
        "version": ticket.version,
        **{name: value for name, value in shown.items() if name != "version"},
        "status_category": ticket.status.category,
        "allowed_commands": allowed,
    }


def with_clocks(
    rows: Sequence[dict[str, Any]], reader: Reader, now: datetime, book: Book
) -> list[dict[str, Any]]:
    """Rows of the queue as resources, each with the clock that comes due next (or None)."""
    clocks = sla_board.next_clocks(reader, [row["ticket"] for row in rows], now, book)
    return [row_resource(row) | {"sla": clocks.get(row["ticket"])} for row in rows]


def row_resource(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a list, under the same names as the ticket itself."""
    shown = {"id": row["ticket"], **row}
    for inner in _INNER:
        shown.pop(inner, None)
    return shown


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a record, which `fields` would look for anew each time."""
    return tuple(field.name for field in fields(kind))


def event_resource(recorded: Recorded[Any]) -> dict[str, Any]:
    """An event with its envelope, as staff see it."""
    event: Happened = recorded.event
    shape: Any = type(event)
    details = {
        name: getattr(event, name) for name in _names(shape) if name not in {"kind", "by", "at"}
    }
    return {
        "id": recorded.event_id,
        "kind": getattr(event, "kind", ""),
        "stream": recorded.stream,
        category_of(recorded.stream): ident_of(recorded.stream),
        "version": recorded.version,
        "occurred_at": recorded.occurred_at,
        "recorded_at": recorded.recorded_at,
        "by": event.by,
        "details": details,
        "command_id": recorded.command_id,
        "correlation_id": recorded.correlation_id,
        "causation_id": recorded.causation_id,
        "schema_version": recorded.schema_version,
        "source": recorded.source,
    }


def events_for(principal: Principal, events: Sequence[Recorded[Any]]) -> list[dict[str, Any]]:
    """Events as this person may see them: to a requester the public ones, without inner detail."""
    if not principal.is_requester:
        return [event_resource(recorded) for recorded in events]
    shown = (r for r in events if getattr(r.event, "kind", "") in PUBLIC_EVENTS)
    return [_public(event_resource(recorded)) for recorded in shown]


def _public(event: dict[str, Any]) -> dict[str, Any]:
    kept = ("id", "kind", "ticket", "version", "occurred_at")
    by = event["by"]
    return {
        **{name: event[name] for name in kept},
        "by": {"kind": by.kind, "id": by.id if by.is_requester else None},
        "details": {k: v for k, v in event["details"].items() if k not in INTERNAL_DETAILS},
    }


def notification_resource(row: dict[str, Any], *, read: bool) -> dict[str, Any]:
    """A notification as an item of the list and as a live event."""
    return {
        "id": row["id"],
        "kind": row["kind"],
        "ticket": row["ticket"],
        "number": row["number"],
        "subject": row["subject"],
        "version": row["version"],
        "text": row["text"],
        "by": {"kind": row["actor_kind"], "id": row["actor"]},
        "at": row["at"],
        "read": read,
    }
