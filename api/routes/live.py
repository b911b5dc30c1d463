"""The live stream, and who is on a ticket."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Header, Query
from pydantic import Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from api.answers import PRIVATE, Answer
from api.auth.allow import Allow
from api.auth.permissions import Permission
from api.bodies import Body, Text
from api.live.crier import PRESENCE
from api.live.stream import EventStream
from api.reading import Reading, reads, services_of
from api.routes.tickets import TicketRef
from api.routing import strict_router
from api.shapes.live import (
    ConfigurationTold,
    DraftTold,
    OwnTicketTold,
    People,
    PresenceTold,
    ResetTold,
    TicketTold,
)
from api.shapes.naming import EVENTS, answers, streams
from api.shapes.notifications import Notification
from domain.access import Principal
from domain.ids import TicketId
from domain.presence import Activity, Present

router = strict_router("live")

SeesPresence = Annotated[Reading, Depends(reads(Permission.SEE_PRESENCE))]
ShowsPresence = Annotated[Reading, Depends(reads(Permission.WORK))]

Position = Annotated[str, StringConstraints(max_length=4_096)]
Window = Annotated[
    Text,
    StringConstraints(max_length=64),
    Field(description="Names the window, when there are several under one token."),
]

_EVENTS = streams(
    TicketTold,
    PresenceTold,
    ConfigurationTold,
    DraftTold,
    Notification,
    ResetTold,
    to_requesters=(OwnTicketTold, ResetTold),
    media_type=EVENTS,
    description="Server-sent events: ticket, presence, config, draft, notification, reset.",
)


@router.get(
    "/live",
    summary="What happens, as it happens",
    response_class=Response,
    responses=_EVENTS,
)
async def live(
    request: Request,
    principal: Annotated[Principal, Depends(Allow(Permission.SEE_QUEUES))],
    position: Annotated[
        Position | None,
        Query(description="An `X-Chronodesk-Position`: begin with what happened after it."),
    ] = None,
    last_event_id: Annotated[
        Position | None,
        Header(
            alias="Last-Event-ID",
            description="As browsers send it: go on after that event. It comes before `position`.",
        ),
    ] = None,
) -> Response:
    """Open until the token ends. A requester is told of own tickets, and of what is public.

    `reset` means that the position cannot be gone on from: look at everything again.
    """
    services = services_of(request)
    return EventStream(
        services.live,
        principal,
        last_event_id or position,
        services.settings.stream_seconds,
    )


class Presence(Body):
    """What one does on a ticket."""

    activity: Activity = Field(examples=["viewing"])
    window: Window = Field(default="", examples=["tab-1"])


@router.get("/tickets/{ticket}/presence", summary="Who is on a ticket", responses=answers(People))
def who_is_there(reading: SeesPresence, ticket: TicketRef) -> Answer:
    """Who came first comes first."""
    ident, _ = reading.ticket(ticket)
    return _people(reading, ident)


@router.put("/tickets/{ticket}/presence", summary="Be on a ticket", responses=answers(People))
def come(reading: ShowsPresence, ticket: TicketRef, body: Presence) -> Answer:
    """Say it again every 10 s: after 25 s without it one has left. Others see it live."""
    ident, _ = reading.ticket(ticket)
    services, principal = reading.services, reading.principal
    who = Present(
        person=principal.person,
        name=principal.name,
        activity=body.activity,
        since=services.clock.now(),
    )
    window = _window(principal, body.window)
    if services.presences.come(principal.workspace, ident, who, window):
        services.announcements.tell(principal.workspace, None, PRESENCE, {"ticket": ident})
    return _people(reading, ident)


@router.delete("/tickets/{ticket}/presence", summary="Leave a ticket", responses=answers(People))
def go(
    reading: ShowsPresence, ticket: TicketRef, window: Annotated[Window, Query()] = ""
) -> Answer:
    """Others see it at once. It does no harm when one was not there."""
    ident = reading.ticket_id(ticket)
    services, principal = reading.services, reading.principal
    if services.presences.go(
        principal.workspace, ident, principal.person, _window(principal, window)
    ):
        services.announcements.tell(principal.workspace, None, PRESENCE, {"ticket": ident})
    return _people(reading, ident)


def _window(principal: Principal, name: str) -> str:
    return f"{principal.token}/{name}"


def _people(reading: Reading, ticket: TicketId) -> Answer:
    found = reading.services.presences.on(reading.principal.workspace, [ticket])
    people: Sequence[Present] = found.get(ticket, ())
    return Answer({"people": people}, 200, PRIVATE)
