"""Which tickets a bulk is about: named one by one, or found by a filter as the queue shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from api.bulk import Chosen
from api.paging import Pages
from api.problems import Problem
from api.reading import Reading, is_ticket_id
from api.saved_views import asked_for
from api.ticket_list import TicketQuery
from api.ticket_rows import queue_of
from domain.record import record
from projections import chosen_tickets
from projections.chosen_tickets import MOST_MATCHING


@record
class Choice:
    """The tickets of this call, how many remain for further ones, and the cursor of the next."""

    chosen: list[Chosen]
    remaining: int = 0
    next: str | None = None


def by_name(reading: Reading, tickets: Sequence[Chosen]) -> Choice:
    """The tickets that these references name. Raises Problem (invalid) for one named twice."""
    numbers = {
        one.reference: int(one.reference)
        for one in tickets
        if not is_ticket_id(one.reference) and len(one.reference) <= 18  # noqa: PLR2004 - a bigint
    }
    idents = chosen_tickets.numbered(reading.view("queue"), list(numbers.values()))
    named = {name: idents.get(number) for name, number in numbers.items()}
    found, at = [], dict[str, int]()
    for n, one in enumerate(tickets):
        ref = one.reference
        ticket = ref if is_ticket_id(ref) else named.get(ref)
        if ticket is not None and at.setdefault(ticket, n) != n:
            raise fault(
                f"tickets[{n}].ticket", f"is the ticket of tickets[{at[ticket]}]", "Name it once."
            )
        found.append(replace(one, ticket=ticket))
    return Choice(chosen=found)


@record
class Wanted:
    """Tickets by a filter: `expected` is how many there are, unless a `cursor` goes on.

    `purpose` is what else the cursor belongs to.
    """

    query: Mapping[str, Any]
    expected: int | None
    cursor: str | None
    purpose: Any


def by_filter(reading: Reading, wanted: Wanted, body: BaseModel, limit: int) -> Choice:
    """The next tickets of a filter, in the order of their numbers.

    A ticket that is opened after the first call is not among them. Raises Problem
    (selection-changed, invalid, bad-cursor, not-found).
    """
    query = TicketQuery.model_validate(wanted.query)
    asked, _, saved = asked_for(reading, query)
    principal = reading.principal
    pages = Pages(
        reading.services.signer,
        principal.workspace,
        principal.person,
        "bulk",
        wanted.purpose,
        query.model_dump(mode="json"),
        saved and saved.asked,
    )
    after, until = pages.after(wanted.cursor) or (0, None)
    found = chosen_tickets.matching(
        queue_of(reading, asked), asked, limit, after=after, until=until
    )
    if wanted.cursor is None and found.tickets != wanted.expected:
        raise _changed(found.tickets)
    remaining = found.tickets - len(found.rows)
    place = (found.rows[-1].number, found.last) if remaining else None
    chosen = [
        Chosen(reference=row.ticket, ticket=row.ticket, seen=row.version, body=body)
        for row in found.rows
    ]
    return Choice(chosen=chosen, remaining=remaining, next=pages.next(place))


def _changed(tickets: int) -> Problem:
    many = f"more than {MOST_MATCHING:,}" if tickets > MOST_MATCHING else f"{tickets:,}"
    return Problem(
        "selection-changed", f"It finds {many} tickets now.", tickets=min(tickets, MOST_MATCHING)
    )


def fault(field: str, message: str, remedy: str) -> Problem:
    """The answer to one wrong field of the body."""
    error = {"in": "body", "field": field, "message": message, "what_to_do": remedy}
    return Problem("invalid", f"{field}: {message}. {remedy}", errors=[error])
