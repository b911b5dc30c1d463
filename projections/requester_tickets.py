"""What a requester sees: their tickets over all channels, and those of their organisation.

Nothing internal moves these rows: `updated_at` is when something happened that the requester is
told about. When a ticket's requester changes, it leaves one list and enters the other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.ids import ident_of
from domain.record import record
from domain.recorded import Recorded
from domain.ticket.events import (
    MessageReceived,
    ReplySent,
    TicketAssigned,
    TicketCancelled,
    TicketClosed,
    TicketHeld,
    TicketMerged,
    TicketOpened,
    TicketPended,
    TicketRenamed,
    TicketReopened,
    TicketRequesterChanged,
    TicketResolved,
    TicketResumed,
    TicketStatusRestored,
    TicketUnmerged,
)
from domain.ticket.words import Status
from projections.columns import columns_of
from projections.ports import Key, Projection, Reader, Rows, Table
from projections.ticket_row import effective_at

MOST_TICKETS = 200
"""The longest page."""


@record
class RequesterTicket:
    """A ticket in its requester's words. `messages` counts public ones, both ways."""

    workspace: str
    ticket: str
    number: int
    subject: str
    requester: str
    organisation: str | None
    channel: str
    status: str
    opened_at: datetime
    updated_at: datetime
    resolved_at: datetime | None = None
    answered_at: datetime | None = None
    messages: int = 0
    merged_into: str | None = None


REQUESTER_TICKET = Table(
    name="requester_ticket",
    row=RequesterTicket,
    key=("workspace", "ticket"),
    ddl=columns_of(RequesterTicket),
    by_stream=True,
    indexes=(
        "(workspace, requester, updated_at, number)",
        "(workspace, organisation, updated_at, number) WHERE organisation IS NOT NULL",
    ),
)


def keys(recorded: Recorded[Any]) -> Iterable[tuple[Table, Key]]:
    """The ticket's own row."""
    return [(REQUESTER_TICKET, (recorded.workspace, ident_of(recorded.stream)))]


def apply(recorded: Recorded[Any], rows: Rows) -> None:
    """Put the row if the event changes what the requester sees."""
    key = (recorded.workspace, ident_of(recorded.stream))
    before: RequesterTicket | None = rows.get(REQUESTER_TICKET, key)
    event = recorded.event
    if isinstance(event, TicketOpened):
        rows.put(REQUESTER_TICKET, _opened(before, event, key))
        return
    changes = {} if before is None else _changes(before, event)
    if before is not None and changes:
        at = effective_at(before.updated_at, event.at)
        rows.put(REQUESTER_TICKET, replace(before, **changes, updated_at=at))


PROJECTION = Projection(
    name="requester_tickets",
    version=1,
    tables=(REQUESTER_TICKET,),
    wants=frozenset({"ticket"}),
    keys=keys,
    apply=apply,
    by_stream=True,
)


def page(
    reader: Reader,
    *,
    requester: str | None = None,
    organisation: str | None = None,
    statuses: tuple[str, ...] = (),
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> tuple[list[dict[str, Any]], tuple[datetime, int] | None]:
    """A page of a requester's or an organisation's tickets, the latest change first.

    The second part of the answer is where the next page begins (None: nowhere).
    Raises ValueError unless exactly one of the two is named, or for a limit out of bounds.
    """
    if (requester is None) == (organisation is None):
        raise ValueError("name a requester or an organisation")
    if not 1 <= limit <= MOST_TICKETS:
        raise ValueError(f"a page has 1 to {MOST_TICKETS} rows, not {limit}")
    whose = "requester" if requester is not None else "organisation"
    where = [f"{whose} = %(whose)s"]
    params: dict[str, Any] = {"whose": requester or organisation, "limit": limit + 1}
    if statuses:
        where.append("status = ANY (%(statuses)s)")
        params["statuses"] = [str(status) for status in statuses]
    if after is not None:
        where.append("(updated_at, number) < (%(updated_at)s, %(number)s)")
        params["updated_at"], params["number"] = after
    found = reader.fetch(
        f"SELECT * FROM read.requester_ticket WHERE {' AND '.join(where)}"  # noqa: S608
        " ORDER BY updated_at DESC, number DESC LIMIT %(limit)s",
        params,
    )
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return shown, (last["updated_at"], last["number"]) if last else None


def some(
    reader: Reader, *, requester: str, tickets: Sequence[str], number: int | None
) -> list[dict[str, Any]]:
    """A requester's tickets with one of these ids, or that number."""
    return reader.fetch(
        "SELECT * FROM read.requester_ticket WHERE requester = %(requester)s"
        " AND (ticket = ANY (%(tickets)s) OR number = %(number)s::bigint)",
        {"requester": requester, "tickets": list(tickets), "number": number},
    )


def ticket(reader: Reader, ident: str) -> dict[str, Any] | None:
    """One ticket in its requester's words, or None."""
    found = reader.fetch(
        "SELECT * FROM read.requester_ticket WHERE ticket = %(ticket)s", {"ticket": ident}
    )
    return found[0] if found else None


def tickets(reader: Reader, idents: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The rows of several tickets by id; those that have none are left out."""
    found = reader.fetch(
        "SELECT * FROM read.requester_ticket WHERE ticket = ANY (%(tickets)s)",
        {"tickets": list(idents)},
    )
    return {row["ticket"]: row for row in found}


def _opened(before: RequesterTicket | None, event: TicketOpened, key: Key) -> RequesterTicket:
    workspace, ident = map(str, key)
    return RequesterTicket(
        workspace=workspace,
        ticket=ident,
        number=event.number,
        subject=event.subject,
        requester=event.requester,
        organisation=event.organisation,
        channel=event.channel,
        status=Status.NEW,
        opened_at=event.at,
        updated_at=effective_at(before.updated_at if before else None, event.at),
        messages=1 if event.description and event.by.is_requester else 0,
    )


def _changes(row: RequesterTicket, event: Any) -> dict[str, Any]:
    match event:
        case MessageReceived():
            return {"messages": row.messages + 1}
        case ReplySent(at=at):
            return {"messages": row.messages + 1, "answered_at": at, **_worked(row)}
        case TicketAssigned(agent=agent, team=team):
            return _worked(row) if agent or team else {}
        case TicketPended():
            return {"status": Status.PENDING}
        case TicketHeld():
            return {"status": Status.ON_HOLD}
        case TicketResumed() | TicketReopened():
            return {"status": Status.OPEN}
        case TicketResolved(at=at):
            return {"status": Status.RESOLVED, "resolved_at": at}
        case TicketClosed():
            return {"status": Status.CLOSED}
        case TicketCancelled():
            return {"status": Status.CANCELLED}
        case TicketStatusRestored(status=status, resolved_at=resolved_at):
            return {"status": status, "resolved_at": resolved_at}
        case TicketMerged(into=into):
            return {"status": Status.MERGED, "merged_into": into}
        case TicketUnmerged(status=status):
            return {"status": status, "merged_into": None}
        case TicketRenamed(subject=subject):
            return {"subject": subject}
        case TicketRequesterChanged(requester=requester, organisation=organisation):
            return {"requester": requester, "organisation": organisation}
        case _:
            return {}  # nothing that the requester is shown


def _worked(row: RequesterTicket) -> dict[str, Any]:
    return {"status": Status.OPEN} if row.status == Status.NEW else {}
