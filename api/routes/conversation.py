"""What was said and done on a ticket, in the order in which people read it."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query

from api.answers import PRIVATE, Answer
from api.html import Files, safe_html
from api.paging import Pages
from api.reading import SeesTickets
from api.routes.tickets import AsOf, TicketRef
from api.routing import strict_router
from api.shapes.conversation import Conversation, OwnConversation
from api.shapes.naming import answers
from domain.access import Principal
from domain.actor import ActorKind
from domain.configuration.saved_view import Direction
from domain.ids import TicketId
from domain.ticket.words import Format
from projections import conversation

router = strict_router("tickets")


@router.get(
    "/tickets/{ticket}/conversation",
    summary="The timeline of a ticket",
    responses=answers(Conversation, to_requesters=(OwnConversation,)),
)
def get_conversation(
    *,
    reading: SeesTickets,
    ticket: TicketRef,
    as_of: AsOf = None,
    at_version: Annotated[
        int | None,
        Query(ge=1, le=2**53, description="Without what came to the ticket after that version."),
    ] = None,
    after_version: Annotated[
        int | None,
        Query(
            ge=0,
            le=2**53,
            description="Only what came to the ticket itself after that version: what is new to "
            "whom has seen it. What a merge or split among it did to earlier entries is not there.",
            examples=[42],
        ),
    ] = None,
    direction: Annotated[
        Direction,
        Query(
            description="`asc`: the oldest first. `desc`: the newest first, and pages go back.",
            examples=["desc"],
        ),
    ] = Direction.ASCENDING,
    limit: Annotated[
        int, Query(ge=1, le=conversation.MOST_ENTRIES, description="Most entries on a page.")
    ] = 100,
    cursor: Annotated[
        str | None,
        Query(max_length=4_096, description="`next` of the page before, in the same direction."),
    ] = None,
) -> Answer:
    """From either end, with what was merged and split. A requester sees the public part.

    `html` is what may be put into a page of a message that was written in HTML; its `body` may not.

    What another requester wrote on a ticket that was merged into this one stays between us and
    them.
    """
    principal = reading.principal
    ident, _ = reading.ticket(ticket)
    pages = Pages(
        reading.services.signer,
        principal.workspace,
        principal.role,
        ident,
        as_of,
        at_version,
        after_version,
        direction,
    )
    after = pages.after(cursor)
    entries, place = conversation.timeline(
        reading.view("conversation"),
        ident,
        public_only=principal.is_requester,
        foreign=reading.foreign(ident, as_of),
        as_of=as_of,
        at_version=at_version,
        after_version=after_version,
        newest_first=direction is Direction.DESCENDING,
        after=None if after is None else (datetime.fromisoformat(after[0]), after[1], after[2]),
        limit=limit,
    )
    items = [_shown(entry, ident, principal) for entry in entries]
    return Answer({"items": items, "next": pages.next(place)}, 200, PRIVATE)


def _shown(entry: dict[str, Any], ticket: TicketId, principal: Principal) -> dict[str, Any]:
    """A requester is told that we answered, not who of us."""
    html = None
    if entry["format"] == Format.HTML:
        blobs = frozenset(file["blob"] for file in entry["attachments"])
        html = safe_html(entry["body"] or "", Files(ticket=ticket, blobs=blobs))
    entry = {**entry, "html": html}
    if principal.is_requester and entry["actor_kind"] != ActorKind.REQUESTER:
        return {**entry, "actor": None}
    return entry
