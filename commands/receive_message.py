"""Take in what the requester wrote: into the ticket, back to work, or into a follow-up."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from commands.envelope import Context, Decision, TicketCommand
from commands.known import known_requester
from domain.happened import Happened
from domain.ids import (
    CommandId,
    MessageId,
    RequesterId,
    StreamId,
    TicketId,
    derived,
    requester_stream,
    ticket_stream,
)
from domain.record import record
from domain.ticket.events import (
    FollowUpRequested,
    MessageReceived,
    TicketEvent,
    TicketOpened,
    TicketReopened,
    TicketResumed,
)
from domain.ticket.messages import Attachment, each_once, message_text
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import Channel, Format, Status


@record
class ReceiveMessage(TicketCommand):
    """`requester` is who wrote it, when that is not the ticket's requester (a copied colleague).

    It touches nothing that could be overtaken: a customer's message is never refused because
    somebody changed the ticket meanwhile.
    """

    name: ClassVar[str] = "receive_message"
    body: str
    channel: Channel
    requester: RequesterId | None = None
    format: Format = Format.TEXT
    attachments: tuple[Attachment, ...] = ()

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (ticket_stream(self.ticket), ticket_stream(follow_up_of(command_id)))

    def begins(self, command_id: CommandId) -> frozenset[StreamId]:
        return frozenset({ticket_stream(follow_up_of(command_id))})

    def reads(self) -> tuple[StreamId, ...]:
        return () if self.requester is None else (requester_stream(self.requester),)


def decide(command: ReceiveMessage, ticket: Ticket, follow_up: Ticket, ctx: Context) -> Decision:
    message = MessageId(derived(ctx.command_id, "message"))
    if message in ticket.messages or follow_up.exists:
        return []
    require(ticket, command.name)
    attachments = each_once(command.attachments)
    message_text(command.body, command.format, attachments)
    if command.requester is not None:
        known_requester(ctx, command.requester)
    if ticket.status is Status.CLOSED or _too_late(ticket, ctx):
        return _followed_up(command, attachments, ticket, ctx)
    received = MessageReceived(
        message=message,
        requester=command.requester or ticket.requester,
        body=command.body,
        channel=command.channel,
        format=command.format,
        attachments=attachments,
        by=ctx.by,
        at=ctx.at,
    )
    return [received, *_woken(ticket, ctx)]


def _too_late(ticket: Ticket, ctx: Context) -> bool:
    """Resolved longer ago than the reopen window; an imported ticket may not say when."""
    until = ticket.reopens_until(ctx.rules.reopen_window)
    return ticket.status is Status.RESOLVED and until is not None and ctx.at > until


def _woken(ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    match ticket.status:
        case Status.PENDING | Status.ON_HOLD:
            return [TicketResumed(reason="The requester wrote.", by=ctx.by, at=ctx.at)]
        case Status.RESOLVED:
            return [TicketReopened(reason="The requester wrote.", by=ctx.by, at=ctx.at)]
        case _:
            return []


def _followed_up(
    command: ReceiveMessage, attachments: tuple[Attachment, ...], ticket: Ticket, ctx: Context
) -> Mapping[StreamId, Sequence[Happened]]:
    """What is known about the request is carried over, so that nobody is asked it twice."""
    number = ctx.ticket_number()
    new = follow_up_of(ctx.command_id)
    return {
        ticket_stream(command.ticket): [
            FollowUpRequested(follow_up=new, follow_up_number=number, by=ctx.by, at=ctx.at)
        ],
        ticket_stream(new): [
            TicketOpened(
                number=number,
                requester=command.requester or ticket.requester,
                subject=ticket.subject,
                description=command.body,
                channel=command.channel,
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
                follow_up_of=command.ticket,
                segment=ticket.segment,
                vip=ticket.vip,
                origin_opened_at=ticket.opened_at,
                format=command.format,
                attachments=attachments,
                by=ctx.by,
                at=ctx.at,
            )
        ],
    }


def follow_up_of(command_id: CommandId) -> TicketId:
    """The id of the ticket in which a message goes on that comes too late for its own."""
    return TicketId(derived(command_id, "follow-up"))
