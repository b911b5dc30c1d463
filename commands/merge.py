"""Let a ticket's conversation live on in another one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from commands.envelope import Context, Decision, TicketCommand
from domain.errors import Invalid, NotFound
from domain.ids import CommandId, StreamId, TicketId, ticket_stream
from domain.record import record, with_changes
from domain.recorded import Recorded
from domain.ticket.aspects import STATUS, Aspect
from domain.ticket.events import ReplySent, TicketAbsorbed, TicketMerged, TicketReleased
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class Merge(TicketCommand):
    """Messages that came meanwhile go along, so only the status is touched."""

    name: ClassVar[str] = "merge"
    needs_history: ClassVar[bool] = True
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
    opened_at, asked_at = _oldest(source, ctx.history)
    return {
        ticket_stream(command.ticket): [TicketMerged(into=command.into, by=ctx.by, at=ctx.at)],
        ticket_stream(command.into): [
            TicketAbsorbed(
                source=command.ticket,
                opened_at=opened_at,
                asked_at=asked_at,
                by=ctx.by,
                at=ctx.at,
            )
        ],
    }


def _oldest(
    source: Ticket, history: Sequence[Recorded[Any]]
) -> tuple[datetime | None, datetime | None]:
    """When the oldest ticket that lives on in the source was opened, itself included.

    And since when somebody waits for a first answer in it; None when nobody does.
    """
    here: dict[TicketId, TicketAbsorbed] = {}
    for recorded in history:
        match recorded.event:
            case TicketAbsorbed(source=other):
                here[other] = recorded.event
            case TicketReleased(source=other):
                here.pop(other, None)
            case ReplySent(by=by) if by.is_agent:
                here = {other: with_changes(one, asked_at=None) for other, one in here.items()}
    asked_at = None if source.answered else source.asked_at
    opened = (source.opened_at, *(one.opened_at for one in here.values()))
    asked = (asked_at, *(one.asked_at for one in here.values()))
    return (
        min((at for at in opened if at is not None), default=None),
        min((at for at in asked if at is not None), default=None),
    )
