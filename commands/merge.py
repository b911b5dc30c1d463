"""Let a ticket's conversation live on in another one."""

from typing import ClassVar

from commands.envelope import Context, Decision, TicketCommand
from domain.errors import Invalid, NotFound
from domain.ids import CommandId, StreamId, TicketId, ticket_stream
from domain.record import record
from domain.ticket.aspects import STATUS, Aspect
from domain.ticket.events import TicketAbsorbed, TicketMerged
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class Merge(TicketCommand):
    """Messages that came meanwhile go along, so only the status is touched."""

    name: ClassVar[str] = "merge"
    into: TicketId

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (ticket_stream(self.ticket), ticket_stream(self.into))

    def touches(self) -> frozenset[Aspect]:
        return frozenset({STATUS})


def decide(command: Merge, source: Ticket, target: Ticket, ctx: Context) -> Decision:
    if command.into == command.ticket:
        raise Invalid("A ticket cannot be merged into itself.", field="into")
    if source.exists and source.merged_into == command.into:
        return []
    require(source, command.name)
    if not target.exists:
        raise NotFound("There is no such ticket to merge into.", field="into")
    if target.status.is_final:
        raise Invalid(
            f"The ticket to merge into is {target.status}; its conversation has ended.",
            field="into",
            status=target.status,
            merged_into=target.merged_into,
        )
    return {
        ticket_stream(command.ticket): [TicketMerged(into=command.into, by=ctx.by, at=ctx.at)],
        ticket_stream(command.into): [
            TicketAbsorbed(
                source=command.ticket,
                opened_at=source.opened_at,
                asked_at=None if source.answered else source.asked_at,
                by=ctx.by,
                at=ctx.at,
            )
        ],
    }
