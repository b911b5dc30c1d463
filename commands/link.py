"""Say what two tickets are to each other."""

from typing import ClassVar

from commands.envelope import Context, Decision, TicketCommand
from domain.errors import Invalid, NotFound
from domain.ids import CommandId, StreamId, TicketId, ticket_stream
from domain.record import record
from domain.ticket.aspects import Aspect, link_aspect
from domain.ticket.events import TicketLinked
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import Relation


@record
class Link(TicketCommand):
    """`relation` is what this ticket is to the `other`; the other side gets the inverse."""

    name: ClassVar[str] = "link"
    other: TicketId
    relation: Relation

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (ticket_stream(self.ticket), ticket_stream(self.other))

    def touches(self) -> frozenset[Aspect]:
        return frozenset({link_aspect(self.other, self.relation)})


def decide(command: Link, ticket: Ticket, other: Ticket, ctx: Context) -> Decision:
    if command.other == command.ticket:
        raise Invalid("A ticket cannot be linked to itself.", field="other")
    require(ticket, command.name)
    if not other.exists:
        raise NotFound("There is no such ticket to link to.", field="other")
    if ticket.is_linked(command.other, command.relation):
        return []
    inverse = command.relation.inverse
    if inverse is not command.relation and ticket.is_linked(command.other, inverse):
        raise Invalid(
            f"It is linked the other way round ({inverse}) already; unlink that first.",
            field="relation",
            linked_as=inverse,
        )
    return {
        ticket_stream(command.ticket): [
            TicketLinked(other=command.other, relation=command.relation, by=ctx.by, at=ctx.at)
        ],
        ticket_stream(command.other): [
            TicketLinked(other=command.ticket, relation=inverse, by=ctx.by, at=ctx.at)
        ],
    }
