"""End a resolved ticket for good: confirmed, by an agent, or timed out."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.actor import Actor, ActorKind
from domain.record import record
from domain.ticket.aspects import INCOMING, STATUS, Aspect
from domain.ticket.events import TicketClosed, TicketEvent
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import ClosedBecause, Status


@record
class Close(TicketCommand):
    """Why it closed follows from who asks: the requester confirms, a rule is a timer."""

    name: ClassVar[str] = "close"

    def touches(self) -> frozenset[Aspect]:
        return frozenset({STATUS, INCOMING})


def decide(command: Close, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    if ticket.status is Status.CLOSED:
        return []
    require(ticket, command.name)
    return [TicketClosed(because=_because(ctx.by), by=ctx.by, at=ctx.at)]


def _because(actor: Actor) -> ClosedBecause:
    match actor.kind:
        case ActorKind.REQUESTER:
            return ClosedBecause.CONFIRMED
        case ActorKind.AGENT:
            return ClosedBecause.AGENT
        case ActorKind.RULE:
            return ClosedBecause.TIMER
