"""Say that an answer was given; the requester may still come back."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import BODY_LIMIT, NAME_LIMIT, label, optional_text, required_text
from domain.record import record
from domain.ticket.aspects import INCOMING, STATUS, Aspect
from domain.ticket.events import TicketEvent, TicketResolved
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import Status


@record
class Resolve(TicketCommand):
    """`code` says how ("fixed", "explained"); `article` names the knowledge that helped."""

    name: ClassVar[str] = "resolve"
    code: str
    note: str = ""
    article: str | None = None

    def touches(self) -> frozenset[Aspect]:
        return frozenset({STATUS, INCOMING})


def decide(command: Resolve, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    if _is_so(command, ticket):
        return []
    require(ticket, command.name)
    required_text(command.code, "code", NAME_LIMIT)
    optional_text(command.note, "note", BODY_LIMIT)
    label(command.article, "article")
    return [
        TicketResolved(
            requester=ticket.requester,
            code=command.code,
            note=command.note,
            article=command.article,
            by=ctx.by,
            at=ctx.at,
        )
    ]


def _is_so(command: Resolve, ticket: Ticket) -> bool:
    """Resolved in just this way. Another code or note is another answer, and is refused."""
    held = (ticket.resolution_code, ticket.resolution_note, ticket.resolution_article)
    wanted = (command.code, command.note, command.article)
    return ticket.status is Status.RESOLVED and held == wanted
