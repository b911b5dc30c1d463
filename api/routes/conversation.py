"""What was said and done on a ticket, in the order in which people read it."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query

from api.answers import PRIVATE, Answer
from api.paging import Pages
from api.reading import SeesTickets
from api.routes.tickets import AsOf, TicketRef
from api.routing import strict_router
from domain.access import Principal
from domain.actor import ActorKind
from projections import conversation

router = strict_router("tickets")


@router.get("/tickets/{ticket}/conversation", summary="The timeline of a ticket")
def ticket_conversation(
    *,
    reading: SeesTickets,
    ticket: TicketRef,
    as_of: AsOf = None,
    at_version: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    limit: Annotated[int, Query(ge=1, le=conversation.MOST_ENTRIES)] = 100,
    cursor: Annotated[str | None, Query(max_length=4_096)] = None,
) -> Answer:
    """Oldest first, with what was merged and split. A requester sees the public part."""
    principal = reading.principal
    ident, _ = reading.ticket(ticket)
    pages = Pages(
        reading.services.signer, principal.workspace, principal.role, ident, as_of, at_version
    )
    after = pages.after(cursor)
    entries, place = conversation.timeline(
        reading.view("conversation"),
        ident,
        public_only=principal.is_requester,
        as_of=as_of,
        at_version=at_version,
        after=None if after is None else (datetime.fromisoformat(after[0]), after[1], after[2]),
        limit=limit,
    )
    items = [_shown(entry, principal) for entry in entries]
    return Answer({"items": items, "next": pages.next(place)}, 200, PRIVATE)


def _shown(entry: dict[str, Any], principal: Principal) -> dict[str, Any]:
    """A requester is told that we answered, not who of us."""
    if principal.is_requester and entry["actor_kind"] != ActorKind.REQUESTER:
        return {**entry, "actor": None}
    return entry
