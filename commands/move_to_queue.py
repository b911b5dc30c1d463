"""Put a ticket into a queue, or take it out of any."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from commands.known import working_queue
from domain.ids import QueueId, StreamId, queue_stream
from domain.record import record
from domain.ticket.aspects import QUEUE, Aspect
from domain.ticket.events import TicketEvent, TicketQueued
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class MoveToQueue(TicketCommand):
    """The agent stays: who works on a ticket and where it waits are separate questions."""

    name: ClassVar[str] = "move_to_queue"
    queue: QueueId | None

    def reads(self) -> tuple[StreamId, ...]:
        return () if self.queue is None else (queue_stream(self.queue),)

    def touches(self) -> frozenset[Aspect]:
        return frozenset({QUEUE})


def decide(command: MoveToQueue, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    if command.queue == ticket.queue:
        return []
    if command.queue is not None:
        working_queue(ctx, command.queue)
    return [TicketQueued(queue=command.queue, previous=ticket.queue, by=ctx.by, at=ctx.at)]
