"""Give a ticket another subject."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import SUBJECT_LIMIT, required_text
from domain.record import record
from domain.ticket.aspects import SUBJECT, Aspect
from domain.ticket.events import TicketEvent, TicketRenamed
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class Rename(TicketCommand):
    name: ClassVar[str] = "rename"
    subject: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({SUBJECT})


def decide(command: Rename, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    if command.subject == ticket.subject:
        return []
    required_text(command.subject, "subject", SUBJECT_LIMIT)
    return [
        TicketRenamed(
            requester=ticket.requester,
            subject=command.subject,
            previous=ticket.subject,
            by=ctx.by,
            at=ctx.at,
        )
    ]
