"""Tickets: lists of them, and one of them as it is, was, and came to be."""

from typing import Annotated

from fastapi import Header, Path, Query
from starlette.responses import Response

from api.answers import PRIVATE, Answer
from api.paging import Pages
from api.past import as_it_was, versions_until
from api.problems import Problem
from api.reading import Instant, Reading, SeesEvents, SeesHistory, SeesQueues, SeesTickets
from api.resources import events_for, row_resource, ticket_resource, with_clocks
from api.routing import strict_router
from api.saved_views import asked_for, shown
from api.shapes import headers
from api.shapes.naming import answers
from api.shapes.tickets import (
    OwnTicket,
    OwnTicketEvents,
    OwnTicketPage,
    OwnTicketThen,
    Ticket,
    TicketEvents,
    TicketHistory,
    TicketPage,
    TicketPageThen,
    TicketThen,
)
from api.ticket_list import REQUESTER_PARAMETERS, TicketQuery
from api.ticket_rows import place_in, queue_of, tickets_of
from domain.ids import ticket_stream
from projections import history, queue
from projections.ticket_filter import TicketFilter, is_of_now
from projections.ticket_query import Order, Sort

router = strict_router("tickets")

TicketRef = Annotated[
    str,
    Path(
        min_length=1,
        max_length=200,
        description="Id or number of a ticket.",
        examples=["0b4d2c2e-1c3f-5a53-8e0b-3c1f5a2d7e10"],
    ),
]
AsOf = Annotated[
    Instant | None, Query(description="As it was at that instant, by when things occurred.")
]
Limit = Annotated[int, Query(ge=1, le=1_000, description="Most items on a page.")]


@router.get(
    "/tickets",
    summary="A page of tickets",
    responses=answers(TicketPage, TicketPageThen, to_requesters=(OwnTicketPage,)),
)
def list_tickets(reading: SeesQueues, query: Annotated[TicketQuery, Query()]) -> Answer:
    """Filtered, sorted, and as of any instant. A requester gets own tickets.

    `sla` is the clock that runs out next, or else what is late already: lists of the past have
    none. A client counts down to `warn_at` and `due_at` by itself.
    """
    principal = reading.principal
    if principal.is_requester:
        return _own_tickets(reading, query)
    wanted, order, saved = asked_for(reading, query)
    asked = [query.model_dump(exclude={"cursor", "limit"}, mode="json"), saved and saved.asked]
    pages = Pages(reading.services.signer, principal.workspace, principal.person, *asked)
    after = place_in(order, pages.after(query.cursor))
    if query.as_of is None:
        reader = queue_of(reading, wanted, order)
        page = queue.page(reader, wanted, order, after=after, limit=query.limit)
        now = reading.services.clock.now()
        items = with_clocks(page.rows, reading.view("sla_board"), now, reading.book())
    else:
        _refuse_clocks_of_the_past(wanted, order)
        page = history.page_as_of(
            reading.view("history"), query.as_of, wanted, order, after=after, limit=query.limit
        )
        items = [row_resource(row) | {"sla": None} for row in page.rows]
    body = {
        "items": items,
        "next": pages.next(page.next),
        "as_of": query.as_of,
        "saved": saved and shown(saved),
    }
    return Answer(body, 200, PRIVATE)


@router.get(
    "/tickets/{ticket}",
    summary="A ticket, now or then",
    responses={
        **answers(
            Ticket, TicketThen, to_requesters=(OwnTicket, OwnTicketThen), headers=headers.OF_VERSION
        ),
        304: {"description": "It is as it was at the version in If-None-Match."},
    },
)
def get_ticket(
    reading: SeesTickets,
    ticket: TicketRef,
    as_of: AsOf = None,
    at_version: Annotated[
        int | None, Query(ge=1, le=2**53, description="As it was after that many events.")
    ] = None,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """With the commands that its status allows. `ETag` is its version, for `If-Match`."""
    ident, now = reading.ticket(ticket)
    if as_of is None and at_version is None:
        headers = {"ETag": f'"{now.version}"', **PRIVATE}
        if if_none_match is not None and f'"{now.version}"' in if_none_match:
            return Response(status_code=304, headers=headers)
        return Answer(ticket_resource(ident, now, reading.principal), 200, headers)
    if as_of is not None and at_version is not None:
        fault = {"in": "query", "field": "at_version", "message": "given together with as_of",
                 "what_to_do": "Give one of the two."}  # fmt: skip
        raise Problem("invalid", "Give as_of or at_version, not both.", errors=[fault])
    events = reading.services.store.load(reading.principal.workspace, ticket_stream(ident))
    then = as_it_was(events, as_of=as_of, at_version=at_version)
    if then is None or not reading.may_see(then):
        raise Problem("not-found", f"There was no ticket {ticket[:100]!r} then.")
    shown = ticket_resource(ident, then, reading.principal)
    return Answer({**shown, "allowed_commands": [], "as_of": as_of}, 200, PRIVATE)


@router.get(
    "/tickets/{ticket}/events",
    summary="Everything that happened to a ticket",
    responses=answers(TicketEvents, to_requesters=(OwnTicketEvents,)),
)
def list_ticket_events(
    reading: SeesEvents,
    ticket: TicketRef,
    after: Annotated[int, Query(ge=0, le=2**53, description="Begin after this version.")] = 0,
    limit: Limit = 200,
    as_of: AsOf = None,
) -> Answer:
    """Each event with its envelope, in order. A requester sees the public ones."""
    ident, now = reading.ticket(ticket)
    loaded = reading.services.store.load(reading.principal.workspace, ticket_stream(ident))
    known = len(loaded) if as_of is None else versions_until(loaded, as_of)
    events = loaded[after:known]
    page = events[:limit]
    return Answer(
        {
            "items": events_for(reading.principal, page),
            "next_after": page[-1].version if len(events) > limit else None,
            "version": now.version,
        },
        200,
        PRIVATE,
    )


@router.get(
    "/tickets/{ticket}/history",
    summary="What a ticket looked like, interval by interval",
    responses=answers(TicketHistory),
)
def get_ticket_history(
    reading: SeesHistory,
    ticket: TicketRef,
    after: Annotated[int, Query(ge=0, le=2**53, description="Begin after this version.")] = 0,
    limit: Limit = 200,
) -> Answer:
    """Its row after each event, with the half-open interval in which it held."""
    ident, _ = reading.ticket(ticket)
    rows = history.versions(reading.view("history"), ident, after=after, limit=limit + 1)
    page = [row_resource(row) for row in rows[:limit]]
    following = page[-1]["version"] if len(rows) > limit else None
    return Answer({"items": page, "next_after": following}, 200, PRIVATE)


def _refuse_clocks_of_the_past(wanted: TicketFilter, order: Order) -> None:
    if is_of_now(wanted) or order.sort is Sort.DUE_AT:
        remedy = "Leave it out, or sla, due_from, due_until and sort=due_at."
        message = "clocks are known as they are now"
        fault = {"in": "query", "field": "as_of", "message": message, "what_to_do": remedy}
        raise Problem("invalid", "Lists of the past know no clocks.", errors=[fault])


def _own_tickets(reading: Reading, query: TicketQuery) -> Answer:
    """A requester's list: other filters are about how we work, and their answers would tell."""
    foreign = sorted(query.model_fields_set - REQUESTER_PARAMETERS)
    if foreign:
        detail = f"A requester's list does not take {' and '.join(foreign)}."
        raise Problem("forbidden", detail, allowed=sorted(REQUESTER_PARAMETERS))
    return tickets_of(reading, query, requester=reading.principal.person)
