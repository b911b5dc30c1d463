"""Write an internal note, which the requester never sees."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import BODY_LIMIT, required_text
from domain.ids import MessageId, derived
from domain.record import record
from domain.ticket.events import NoteAdded, TicketEvent
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class AddNote(TicketCommand):
    """Commutes with everything: a note overwrites nothing."""

    name: ClassVar[str] = "add_note"
    body: str


def decide(command: AddNote, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    message = MessageId(derived(ctx.command_id, "message"))
    if message in ticket.messages:
        return []
    require(ticket, command.name)
    required_text(command.body, "body", BODY_LIMIT)
    return [
        NoteAdded(
            message=message,
            requester=ticket.requester,
            body=command.body,
            by=ctx.by,
            at=ctx.at,
        )
    ]
