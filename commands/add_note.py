"""Write an internal note, which the requester never sees."""

from collections.abc import Sequence
from typing import ClassVar

from commands.envelope import Context, TicketCommand
from commands.known import active_agent
from domain.errors import Invalid
from domain.ids import AgentId, MessageId, StreamId, agent_stream, derived
from domain.record import record
from domain.ticket.events import NoteAdded, TicketEvent, TicketFollowed
from domain.ticket.messages import Attachment, each_once, message_text
from domain.ticket.rules import ALLOWED_FROM, require
from domain.ticket.state import Ticket
from domain.ticket.words import Format

MENTIONS_LIMIT = 50


@record
class AddNote(TicketCommand):
    """Commutes with everything: a note overwrites nothing.

    The agents in `mentions` are told of it, and follow the ticket from then on.
    """

    name: ClassVar[str] = "add_note"
    body: str
    format: Format = Format.TEXT
    attachments: tuple[Attachment, ...] = ()
    mentions: tuple[AgentId, ...] = ()

    def reads(self) -> tuple[StreamId, ...]:
        return tuple(agent_stream(agent) for agent in dict.fromkeys(self.mentions))


def decide(command: AddNote, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    message = MessageId(derived(ctx.command_id, "message"))
    if message in ticket.messages:
        return []
    require(ticket, command.name)
    attachments = each_once(command.attachments)
    message_text(command.body, command.format, attachments)
    mentions = _mentioned(command, ctx)
    note = NoteAdded(
        message=message,
        requester=ticket.requester,
        body=command.body,
        format=command.format,
        attachments=attachments,
        mentions=mentions,
        by=ctx.by,
        at=ctx.at,
    )
    return [note, *_following(mentions, ticket, ctx)]


def _mentioned(command: AddNote, ctx: Context) -> tuple[AgentId, ...]:
    mentions = tuple(dict.fromkeys(command.mentions))
    if len(mentions) > MENTIONS_LIMIT:
        raise Invalid(
            f"A note mentions at most {MENTIONS_LIMIT} agents.",
            field="mentions",
            limit=MENTIONS_LIMIT,
        )
    for agent in mentions:
        active_agent(ctx, agent, "mentions")
    return mentions


def _following(
    mentions: tuple[AgentId, ...], ticket: Ticket, ctx: Context
) -> Sequence[TicketEvent]:
    """Who is asked for a word wants to hear the answer; of a closed ticket nothing more comes."""
    if ticket.status not in ALLOWED_FROM["follow"]:
        return []
    return [
        TicketFollowed(agent=agent, by=ctx.by, at=ctx.at)
        for agent in mentions
        if agent not in ticket.followers
    ]
