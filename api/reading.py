"""One read by one person: whose desk, how far it must have come, and as of when."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Header
from pydantic import BeforeValidator, WithJsonSchema
from starlette.requests import Request

from api.auth.allow import Allow
from api.auth.permissions import Permission
from api.problems import Problem
from api.services import Services
from api.signing import ForgedError
from api.text import read_instant
from commands.ports import Loaded
from domain.access import Principal
from domain.ids import SLA_BOOK, TicketId, ticket_stream
from domain.position import Position
from domain.record import record
from domain.sla.book import Book
from domain.ticket.state import Ticket
from projections import conversation, queue
from projections.ports import Reader

Instant = Annotated[
    datetime,
    BeforeValidator(read_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-03-01T09:30:00Z"]}),
]

_POSITION = Header(
    alias="X-Chronodesk-Position",
    description="From an earlier answer: this read waits until it shows that change.",
    max_length=4_096,
)


@record
class Reading:
    """What a route reads with. `position` is what it has to show at least, if the caller said."""

    principal: Principal
    services: Services
    position: Position | None

    def view(self, projection: str) -> Reader:
        """Read access, once `projection` has come as far as the caller has written.

        Raises Problem (not-yet-visible) when it does not come in time.
        """
        services = self.services
        wait = services.settings.read_wait_seconds
        if self.position is not None and not services.progress.wait(
            self.position, [projection], wait
        ):
            if not self.position.covered_by(services.feed.head()):
                raise Problem("bad-position", "The log has not come that far: it is another log's.")
            raise Problem(
                "not-yet-visible",
                f"The view {projection!r} has not come to that change within {wait:g} s.",
                headers={"Retry-After": "1"},
            )
        return self.services.reader(self.principal.workspace)

    def ticket(self, reference: str) -> tuple[TicketId, Ticket]:
        """A ticket by id or number, as it is now.

        Raises Problem (not-found), also for a ticket that the reader may not see.
        """
        ident = self.ticket_id(reference)
        loaded: Loaded = self.services.handler.states.load(
            self.principal.workspace, ticket_stream(ident)
        )
        ticket: Ticket = loaded.state
        if not ticket.exists or not self.may_see(ticket):
            raise no_ticket(reference)
        return ident, ticket

    def ticket_id(self, reference: str) -> TicketId:
        """The id for an id or a number. Raises Problem (not-found) for an unknown number."""
        if is_ticket_id(reference):
            return TicketId(reference)
        found = (
            queue.ticket_by_number(self.view("queue"), int(reference))
            if len(reference) <= 18  # noqa: PLR2004 - a bigint has room for 18 digits of any kind
            else None
        )
        if found is None:
            raise no_ticket(reference)
        return TicketId(found["ticket"])

    def book(self) -> Book:
        """The calendars and policies of the workspace, as they are now."""
        loaded = self.services.handler.states.load(self.principal.workspace, SLA_BOOK)
        book: Book = loaded.state
        return book

    def foreign(self, ident: TicketId, as_of: datetime | None = None) -> tuple[str, ...]:
        """Tickets that show in a ticket's timeline and that the reader may not see.

        What another requester wrote on a ticket that was merged into this one stays between us and
        them. Whose a ticket is, its own log says: a view may not have heard of a change yet.
        """
        if not self.principal.is_requester:
            return ()
        speakers = conversation.speakers(self.view("conversation"), ident, as_of=as_of)
        states, workspace = self.services.handler.states, self.principal.workspace
        return tuple(
            other
            for other in sorted(speakers - {ident})
            if not self.may_see(states.load(workspace, ticket_stream(TicketId(other))).state)
        )

    def may_see(self, ticket: Ticket) -> bool:
        return not self.principal.is_requester or ticket.requester == self.principal.person


def is_ticket_id(reference: str) -> bool:
    """Whether a reference is an id, and not a number that has to be looked up."""
    return not (reference.isascii() and reference.isdigit())


def no_ticket(reference: str) -> Problem:
    """The answer for a ticket that is not there, or not for this reader."""
    return Problem("not-found", f"There is no ticket {reference[:100]!r} for you here.")


def services_of(request: Request) -> Services:
    """The services that the application was made with."""
    services: Services = request.app.state.services
    return services


def reads(permission: Permission) -> Callable[..., Coroutine[Any, Any, Reading]]:
    """A dependency that gives the Reading of somebody with `permission`."""

    async def reading(
        request: Request,
        principal: Annotated[Principal, Depends(Allow(permission))],
        position: Annotated[str | None, _POSITION] = None,
    ) -> Reading:
        services = services_of(request)
        return Reading(
            principal=principal,
            services=services,
            position=open_position(services, principal, position),
        )

    return reading


def open_position(services: Services, principal: Principal, token: str | None) -> Position | None:
    """What a position token stands for. Raises Problem (bad-position)."""
    if token is None:
        return None
    try:
        return services.signer.open_position(principal.workspace, token)
    except ForgedError:
        raise Problem("bad-position", "It was changed, or it is another desk's.") from None


SeesTickets = Annotated[Reading, Depends(reads(Permission.SEE_TICKETS))]
SeesEvents = Annotated[Reading, Depends(reads(Permission.SEE_EVENTS))]
SeesQueues = Annotated[Reading, Depends(reads(Permission.SEE_QUEUES))]
SeesCounters = Annotated[Reading, Depends(reads(Permission.SEE_COUNTERS))]
SeesSla = Annotated[Reading, Depends(reads(Permission.SEE_SLA))]
SeesKpi = Annotated[Reading, Depends(reads(Permission.SEE_KPI))]
SeesHistory = Annotated[Reading, Depends(reads(Permission.SEE_HISTORY))]
SeesCustomers = Annotated[Reading, Depends(reads(Permission.SEE_CUSTOMERS))]
SeesConfiguration = Annotated[Reading, Depends(reads(Permission.SEE_CONFIGURATION))]
