"""How the tickets of a list look, and to whom."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from api.answers import PRIVATE, Answer
from api.paging import Pages
from api.reading import Reading
from api.ticket_list import TicketQuery, TicketsOfQuery
from domain.sla.book import Book
from projections import requester_tickets, sla_board
from projections.ports import Reader
from projections.ticket_query import CursorKey, Order, Sort
from projections.ticket_row import TicketRow

_INNER = ("workspace", "priority_rank", "ticket")
"""Columns that are not shown as such."""

ROW_COLUMNS = (
    "id",
    *(field.name for field in fields(TicketRow) if field.name not in _INNER),
    "sla",
)
"""What a row of the queue shows, under these names."""

_INSTANTS = {sort for sort in Sort if sort.value.endswith(("_at", "_since"))}


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


def place_in(order: Order, place: list[Any] | None) -> CursorKey | None:
    """A cursor's content as the query wants it: instants travelled as text."""
    if place is None:
        return None
    value, number = place
    if order.sort in _INSTANTS and value is not None:
        value = datetime.fromisoformat(value)
    return value, number
