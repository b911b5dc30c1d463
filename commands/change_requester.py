"""Say that somebody else is the one who asks."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from commands.known import known_requester
from domain.ids import RequesterId, StreamId, requester_stream
from domain.record import record
from domain.ticket.aspects import REQUESTER, Aspect
from domain.ticket.events import TicketEvent, TicketRequesterChanged
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class ChangeRequester(TicketCommand):
    """The organisation becomes that of the new requester."""

    name: ClassVar[str] = "change_requester"
    requester: RequesterId

    def reads(self) -> tuple[StreamId, ...]:
        return (requester_stream(self.requester),)

    def touches(self) -> frozenset[Aspect]:
        return frozenset({REQUESTER})


def decide(command: ChangeRequester, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    if command.requester == ticket.requester:
        return []
    requester = known_requester(ctx, command.requester)
    return [
        TicketRequesterChanged(
            requester=command.requester,
            previous=ticket.requester,
            organisation=requester.organisation,
            previous_organisation=ticket.organisation,
            segment=requester.segment,
            previous_segment=ticket.segment,
            vip=requester.vip,
            previous_vip=ticket.vip,
            by=ctx.by,
            at=ctx.at,
        )
    ]
