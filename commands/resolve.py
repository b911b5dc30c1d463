"""Say that an answer was given; the requester may still come back."""

from collections.abc import Sequence
from typing import Any, ClassVar

from commands.envelope import Context, Decision, TicketCommand
from commands.known import filled_in
from domain.checks import BODY_LIMIT, NAME_LIMIT, label, optional_text, required_text
from domain.ids import FIELDS, StreamId, TicketId, ident_of, ticket_stream
from domain.record import record
from domain.recorded import Recorded
from domain.ticket.aspects import INCOMING, STATUS, Aspect
from domain.ticket.events import TicketEvent, TicketMergeSettled, TicketResolved
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import Status


@record
class Resolve(TicketCommand):
    """`code` says how ("fixed", "explained"); `article` names the knowledge that helped.

    Custom fields that are required must be filled in.
    """

    name: ClassVar[str] = "resolve"
    code: str
    note: str = ""
    article: str | None = None

    def reads(self) -> tuple[StreamId, ...]:
        return (FIELDS,)

    def touches(self) -> frozenset[Aspect]:
        return frozenset({STATUS, INCOMING})

    def involves(self, state: Ticket, history: Sequence[Recorded[Any]]) -> tuple[StreamId, ...]:
        return absorbed_streams(state)


def decide(command: Resolve, ticket: Ticket, ctx: Context) -> Decision:
    return settling(ticket_stream(command.ticket), ticket, resolved(command, ticket, ctx), ctx)


def absorbed_streams(ticket: Ticket) -> tuple[StreamId, ...]:
    """The tickets that were merged into this one: they hear of its resolution."""
    return tuple(map(ticket_stream, sorted(ticket.absorbed)))


def settling(
    stream: StreamId, ticket: Ticket, events: Sequence[TicketEvent], ctx: Context
) -> Decision:
    """The events of a ticket, and if they resolve it, that for those merged into it."""
    into = TicketId(ident_of(stream))
    if not ticket.absorbed or not any(isinstance(event, TicketResolved) for event in events):
        return events
    settled = TicketMergeSettled(into=into, by=ctx.by, at=ctx.at)
    merged = [s for s in absorbed_streams(ticket) if ctx.known[s].merged_into == into]
    return {stream: events, **{source: [settled] for source in merged}}


def resolved(command: Resolve, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    """What resolving means to the ticket itself."""
    if _is_so(command, ticket):
        return []
    require(ticket, command.name)
    required_text(command.code, "code", NAME_LIMIT)
    optional_text(command.note, "note", BODY_LIMIT)
    label(command.article, "article")
    filled_in(ctx, ticket)
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
