"""Lists of tickets, and where their next page begins."""

from datetime import datetime
from typing import Any

from api.answers import PRIVATE, Answer
from api.paging import Pages
from api.reading import Reading
from api.resources import row_resource
from api.ticket_list import TicketQuery, TicketsOfQuery
from projections import requester_tickets
from projections.ports import Reader
from projections.ticket_filter import TicketFilter, has_text, is_of_now
from projections.ticket_query import CursorKey, Order, Sort

_INSTANTS = {sort for sort in Sort if sort.value.endswith(("_at", "_since"))}


def tickets_of(
    reading: Reading,
    query: TicketQuery | TicketsOfQuery,
    *,
    requester: str | None = None,
    organisation: str | None = None,
) -> Answer:
    """The tickets of a requester or an organisation as these see them, latest change first."""
    signer, principal = reading.services.signer, reading.principal
    pages = Pages(signer, principal.workspace, requester, organisation, query.status)
    after = pages.after(query.cursor)
    rows, place = requester_tickets.page(
        reading.view("requester_tickets"),
        requester=requester,
        organisation=organisation,
        statuses=tuple(query.status),
        after=None if after is None else (datetime.fromisoformat(after[0]), after[1]),
        limit=query.limit,
    )
    items = [row_resource(row) for row in rows]
    return Answer({"items": items, "next": pages.next(place)}, 200, PRIVATE)


def queue_of(reading: Reading, wanted: TicketFilter, order: Order | None = None) -> Reader:
    """Read access to the queue, and to what else a filter and an order look into."""
    if is_of_now(wanted) or (order is not None and order.sort is Sort.DUE_AT):
        reading.view("sla_board")
    if has_text(wanted):
        reading.view("search")
    return reading.view("queue")


def place_in(order: Order, place: list[Any] | None) -> CursorKey | None:
    """A cursor's content as the query wants it: instants travelled as text."""
    if place is None:
        return None
    value, number = place
    if order.sort in _INSTANTS and value is not None:
        value = datetime.fromisoformat(value)
    return value, number
