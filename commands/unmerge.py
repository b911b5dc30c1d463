"""Let a merged ticket stand on its own again, as it was before."""

from collections.abc import Sequence
from typing import Any, ClassVar

from commands.envelope import Context, Decision, TicketCommand
from domain.ids import EventId, StreamId, TicketId, ticket_stream
from domain.record import record
from domain.recorded import Recorded
from domain.ticket.aspects import STATUS, Aspect
from domain.ticket.events import TicketReleased, TicketUnmerged
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import Status


@record
class Unmerge(TicketCommand):
    """Allowed whatever became of the other ticket: what was absorbed can always be released."""

    name: ClassVar[str] = "unmerge"

    def involves(self, state: Ticket, history: Sequence[Recorded[Any]]) -> tuple[StreamId, ...]:
        return () if state.merged_into is None else (ticket_stream(state.merged_into),)

    def touches(self) -> frozenset[Aspect]:
        return frozenset({STATUS})


def decide(command: Unmerge, ticket: Ticket, ctx: Context) -> Decision:
    require(ticket, command.name)
    return part(command.ticket, ticket, ctx)


def part(source: TicketId, ticket: Ticket, ctx: Context, undoes: EventId | None = None) -> Decision:
    """Both sides of taking a merge back."""
    target = ticket.merged_into
    if target is None:  # an imported log may say `merged` without saying into what
        return []
    status = ticket.status_before_merge or Status.OPEN
    parted = TicketUnmerged(parted_from=target, status=status, by=ctx.by, at=ctx.at, undoes=undoes)
    return {
        ticket_stream(source): [parted],
        ticket_stream(target): [TicketReleased(source=source, by=ctx.by, at=ctx.at)],
    }
