"""Handle some messages in a ticket of their own."""

from typing import ClassVar

from commands.envelope import Context, Decision, TicketCommand
from domain.checks import MESSAGES_LIMIT, SUBJECT_LIMIT, required_text
from domain.errors import Invalid
from domain.ids import CommandId, MessageId, StreamId, TicketId, derived, ticket_stream
from domain.record import record
from domain.ticket.events import TicketOpened, TicketSplit
from domain.ticket.rules import require
from domain.ticket.state import Ticket


@record
class Split(TicketCommand):
    """`messages` move into a new ticket under `subject`. The opening description stays."""

    name: ClassVar[str] = "split"
    messages: tuple[MessageId, ...]
    subject: str

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (ticket_stream(self.ticket), ticket_stream(_part(command_id)))

    def begins(self, command_id: CommandId) -> frozenset[StreamId]:
        return frozenset({ticket_stream(_part(command_id))})


def decide(command: Split, ticket: Ticket, part: Ticket, ctx: Context) -> Decision:
    if part.exists:
        return []
    require(ticket, command.name)
    required_text(command.subject, "subject", SUBJECT_LIMIT)
    messages = tuple(dict.fromkeys(command.messages))
    _check(frozenset(messages), ticket)
    new = _part(ctx.command_id)
    return {
        ticket_stream(command.ticket): [
            TicketSplit(into=new, messages=messages, by=ctx.by, at=ctx.at)
        ],
        ticket_stream(new): [
            TicketOpened(
                number=ctx.ticket_number(),
                requester=ticket.requester,
                subject=command.subject,
                channel=ticket.channel,
                queue=ticket.queue,
                organisation=ticket.organisation,
                priority=ticket.priority,
                impact=ticket.impact,
                urgency=ticket.urgency,
                category=ticket.category,
                language=ticket.language,
                region=ticket.region,
                tags=tuple(sorted(ticket.tags)),
                fields=dict(ticket.fields) or None,
                split_from=command.ticket,
                segment=ticket.segment,
                vip=ticket.vip,
                messages=messages,
                by=ctx.by,
                at=ctx.at,
            )
        ],
    }


def _check(messages: frozenset[MessageId], ticket: Ticket) -> None:
    if not messages or len(messages) > MESSAGES_LIMIT:
        raise Invalid(f"Name 1 to {MESSAGES_LIMIT} messages to split off.", field="messages")
    if moved := messages & ticket.moved_messages:
        raise Invalid("Messages were split off before.", field="messages", moved=sorted(moved))
    if unknown := messages - ticket.messages:
        raise Invalid("Messages are not in this ticket.", field="messages", unknown=sorted(unknown))
    left = ticket.messages - ticket.moved_messages - messages
    if not left and not ticket.described:
        raise Invalid("Something has to stay: to move all of it, merge instead.", field="messages")


def _part(command_id: CommandId) -> TicketId:
    return TicketId(derived(command_id, "split"))
