"""Take in how satisfied the requester is (CSAT)."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from domain.checks import BODY_LIMIT, optional_text
from domain.errors import Invalid
from domain.record import record
from domain.ticket.aspects import RATING, Aspect
from domain.ticket.events import SatisfactionRated, TicketEvent
from domain.ticket.rules import require
from domain.ticket.state import Ticket

LOWEST, HIGHEST = 1, 5


@record
class Rate(TicketCommand):
    """`score` from 1 to 5. Requesters may change their mind: the last one holds."""

    name: ClassVar[str] = "rate"
    score: int
    comment: str = ""

    def touches(self) -> frozenset[Aspect]:
        return frozenset({RATING})


def decide(command: Rate, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    require(ticket, command.name)
    held = (ticket.satisfaction, ticket.satisfaction_comment)
    if ticket.satisfaction_given and (command.score, command.comment) == held:
        return []
    if not LOWEST <= command.score <= HIGHEST:
        raise Invalid(f"Score must be {LOWEST} to {HIGHEST}.", field="score")
    optional_text(command.comment, "comment", BODY_LIMIT)
    return [
        SatisfactionRated(
            requester=ticket.requester,
            score=command.score,
            comment=command.comment,
            by=ctx.by,
            at=ctx.at,
        )
    ]
