"""Take back that two tickets have to do with each other."""

from typing import ClassVar

from commands.envelope import Context, Decision, TicketCommand
from domain.errors import Invalid
from domain.ids import CommandId, StreamId, TicketId, ticket_stream
from domain.record import record
from domain.ticket.aspects import Aspect, link_aspect
from domain.ticket.events import TicketUnlinked
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import Relation


@record
class Unlink(TicketCommand):
    name: ClassVar[str] = "unlink"
    other: TicketId
    relation: Relation

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (ticket_stream(self.ticket), ticket_stream(self.other))

    def touches(self) -> frozenset[Aspect]:
        return frozenset({link_aspect(self.other, self.relation)})


def decide(command: Unlink, ticket: Ticket, other: Ticket, ctx: Context) -> Decision:
    if command.other == command.ticket:
        raise Invalid("A ticket is not linked to itself.", field="other")
    require(ticket, command.name)
    inverse = command.relation.inverse
    decision = {}
    if ticket.is_linked(command.other, command.relation):
        decision[ticket_stream(command.ticket)] = [
            TicketUnlinked(other=command.other, relation=command.relation, by=ctx.by, at=ctx.at)
        ]
    # An imported link may have one side only; what is there goes.
    if other.is_linked(command.ticket, inverse):
        decision[ticket_stream(command.other)] = [
            TicketUnlinked(other=command.ticket, relation=inverse, by=ctx.by, at=ctx.at)
        ]
    return decision
