"""Open a ticket: a request comes in and gets its number."""

from collections.abc import Sequence
from dataclasses import field
from typing import ClassVar

from commands.envelope import Command, Context
from commands.known import fitting_value, known_requester, working_queue
from domain.checks import (
    BODY_LIMIT,
    FIELDS_LIMIT,
    SUBJECT_LIMIT,
    custom_field,
    label,
    language,
    optional_text,
    required_text,
    tags,
)
from domain.errors import Invalid
from domain.ids import (
    FIELDS,
    CommandId,
    QueueId,
    RequesterId,
    StreamId,
    TicketId,
    derived,
    queue_stream,
    requester_stream,
    ticket_stream,
)
from domain.record import record
from domain.ticket.events import TicketEvent, TicketOpened
from domain.ticket.messages import Attachment, each_once
from domain.ticket.state import Ticket
from domain.ticket.words import Channel, FieldValue, Format, Level, Priority


@record
class OpenTicket(Command):
    """The priority follows from impact and urgency, or is given, or is normal.

    `language` and `region` default to the requester's; the organisation is the requester's.
    `description` is what the requester wrote, or the agent's account of it; `attachments` came
    with it.
    """

    name: ClassVar[str] = "open_ticket"
    requester: RequesterId
    subject: str
    description: str = ""
    channel: Channel = Channel.WEB
    queue: QueueId | None = None
    priority: Priority | None = None
    impact: Level | None = None
    urgency: Level | None = None
    category: str | None = None
    language: str | None = None
    region: str | None = None
    tags: tuple[str, ...] = ()
    fields: dict[str, FieldValue] = field(default_factory=dict)
    format: Format = Format.TEXT
    attachments: tuple[Attachment, ...] = ()

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (ticket_stream(opened_by(command_id)),)

    def begins(self, command_id: CommandId) -> frozenset[StreamId]:
        return frozenset(self.writes(command_id))

    def reads(self) -> tuple[StreamId, ...]:
        queue = () if self.queue is None else (queue_stream(self.queue),)
        fields = (FIELDS,) if self.fields else ()
        return (requester_stream(self.requester), *queue, *fields)


def opened_by(command_id: CommandId) -> TicketId:
    """The id of the ticket that this command opens, known before it is opened."""
    return TicketId(derived(command_id, "ticket"))


def decide(command: OpenTicket, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    if ticket.exists:
        return []
    _check(command)
    attachments = each_once(command.attachments)
    requester = known_requester(ctx, command.requester)
    if command.queue is not None:
        working_queue(ctx, command.queue)
    for name, value in command.fields.items():
        fitting_value(ctx, name, value, f"fields.{name}")
    return [
        TicketOpened(
            number=ctx.ticket_number(),
            requester=command.requester,
            subject=command.subject,
            description=command.description,
            channel=command.channel,
            queue=command.queue,
            organisation=requester.organisation,
            priority=_priority(command, ctx),
            impact=command.impact,
            urgency=command.urgency,
            category=command.category,
            language=command.language or requester.language,
            region=command.region or requester.region,
            tags=tuple(sorted(set(command.tags))),
            fields={k: v for k, v in sorted(command.fields.items()) if v is not None} or None,
            segment=requester.segment,
            vip=requester.vip,
            format=command.format,
            attachments=attachments,
            by=ctx.by,
            at=ctx.at,
        )
    ]


def _check(command: OpenTicket) -> None:
    required_text(command.subject, "subject", SUBJECT_LIMIT)
    optional_text(command.description, "description", BODY_LIMIT)
    label(command.category, "category")
    label(command.region, "region")
    language(command.language)
    tags(command.tags)
    if len(command.fields) > FIELDS_LIMIT:
        raise Invalid(f"A ticket has at most {FIELDS_LIMIT} fields.", field="fields")
    for name, value in command.fields.items():
        custom_field(name, value)


def _priority(command: OpenTicket, ctx: Context) -> Priority:
    judged = command.impact is not None and command.urgency is not None
    if command.priority is not None and judged:
        raise Invalid(
            "Give a priority, or impact and urgency to take it from the matrix: not both.",
            field="priority",
        )
    if command.impact is not None and command.urgency is not None:
        return ctx.rules.priority_for(command.impact, command.urgency)
    return command.priority or Priority.NORMAL
