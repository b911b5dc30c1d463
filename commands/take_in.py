"""Take in what another system reports: open a ticket, write into it, resolve it; each report once.

The report, the ticket and the requester are written in one append. Its command id follows from
`source` and `external_id`: a report that is sent again gets its first answer, and another report
under the same name is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any, ClassVar, TypeAlias
from uuid import UUID, uuid5

from commands import add_note, open_ticket, receive_message, resolve
from commands.envelope import Command, Context
from commands.fingerprint import said
from commands.open_ticket import OpenTicket, opened_by
from commands.people import requester as people
from commands.receive_message import follow_up_of
from domain.actor import Actor
from domain.checks import required_text
from domain.errors import NotFound
from domain.happened import Happened
from domain.ids import (
    FIELDS,
    AgentId,
    CommandId,
    RequesterId,
    StreamId,
    TicketId,
    requester_stream,
    ticket_stream,
)
from domain.intake import Conversation, IntakeTaken, Taken, conversation_stream
from domain.people.requester import Requester
from domain.record import record
from domain.states import fold_stream
from domain.ticket.state import Ticket
from domain.ticket.words import Channel, Format, Status

NAME_LIMIT = 100
ID_LIMIT = 500
"""Characters of a source, and of what it calls a report or a conversation."""

_NAMESPACE = UUID("8d6a0f5e-3c57-5f0b-b1b5-0c6e5a4d2e71")
_ENDED = frozenset({Status.RESOLVED, Status.CLOSED, Status.CANCELLED})

Written: TypeAlias = dict[StreamId, Sequence[Happened]]


@record
class Newcomer:
    """How somebody is registered who is not known yet."""

    display_name: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    language: str | None = None


@record
class Named:
    """How the other system named the requester: who that is may change between two deliveries."""

    id: str | None = None
    email: str | None = None
    phone: str | None = None
    external_id: str | None = None
    name: str | None = None
    language: str | None = None


@record
class Writes:
    """What the requester wrote into a conversation that has begun."""

    requester: RequesterId
    body: str
    channel: Channel
    format: Format = Format.TEXT


@record
class Resolves:
    """It is over, says the other system."""

    code: str
    note: str = ""


_KINDS = {OpenTicket: "open", Writes: "message", Resolves: "resolve"}
"""The log has digests of these words: they never change."""


@record
class HandedIn:
    """The machine that handed a report in: whose token it showed, and which one."""

    by: AgentId
    token: str


@record
class TakeIn(Command):
    """What is asked for in a conversation that has a ticket goes there, unless it was cancelled.

    `newcomer` says who the requester is, if they are not known; `named` is how the report named
    them, None where it names nobody. `handed_in` goes into the log, and is no part of what is
    asked: the same report may come by another token, as after a renewal.
    """

    name: ClassVar[str] = "take_in"
    is_internal: ClassVar[bool] = True
    source: str
    external_id: str
    conversation: str
    report: OpenTicket | Writes | Resolves
    newcomer: Newcomer | None = None
    named: Named | None = field(default=None, compare=False)
    handed_in: HandedIn | None = field(default=None, compare=False)

    @property
    def stream(self) -> StreamId:
        return conversation_stream(self.source, self.conversation)

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (self.stream, *_new_tickets(command_id))

    def begins(self, command_id: CommandId) -> frozenset[StreamId]:
        """Also a conversation that is named after the report which opens it."""
        named = isinstance(self.report, OpenTicket) and self.conversation == self.external_id
        return frozenset((*_new_tickets(command_id), *([self.stream] if named else [])))

    def reads(self) -> tuple[StreamId, ...]:
        match self.report:
            case OpenTicket():
                return (FIELDS, *self.report.reads())
            case Writes():
                return (FIELDS, requester_stream(self.report.requester))
            case Resolves():
                return (FIELDS,)

    def asked(self) -> Mapping[str, Any]:
        """The report as it was sent, with the requester as it named them."""
        report = said(self.report)
        report.pop("requester", None)
        return {
            "kind": _KINDS[type(self.report)],
            "source": self.source,
            "external_id": self.external_id,
            "conversation": self.conversation,
            "report": report,
            "requester": None if self.named is None else said(self.named),
        }

    def leads_to(self, by: Actor, known: Mapping[StreamId, Any]) -> tuple[StreamId, ...]:
        chain = _chain(known[self.stream], known)
        last = known.get(ticket_stream(chain[-1])) if chain else None
        absorbed = resolve.absorbed_streams(last) if last is not None else ()
        return (*map(ticket_stream, chain), *absorbed)


def command_id_of(source: str, external_id: str) -> CommandId:
    """The id under which a report is taken in, wherever and how often it arrives."""
    return CommandId(uuid5(_NAMESPACE, f"{source}\n{external_id}"))


def _new_tickets(command_id: CommandId) -> tuple[StreamId, StreamId]:
    """The ticket that the report may open, and the one in which a late message goes on."""
    opened, follow_up = opened_by(command_id), follow_up_of(command_id)
    return (ticket_stream(opened), ticket_stream(follow_up))


def decide(
    command: TakeIn, conversation: Conversation, opened: Ticket, follow_up: Ticket, ctx: Context
) -> Written:
    _check(command)
    chain = _chain(conversation, ctx.known)
    current = chain[-1] if chain else None
    match command.report:
        case OpenTicket() as report:
            return _opened(command, report, current, (opened, follow_up), ctx)
        case Writes() as report:
            return _wrote(command, report, _begun(command, current), follow_up, ctx)
        case Resolves() as report:
            return _resolved(command, report, _begun(command, current), ctx)


def _check(command: TakeIn) -> None:
    required_text(command.source, "source", NAME_LIMIT)
    required_text(command.external_id, "external_id", ID_LIMIT)
    required_text(command.conversation, "conversation", ID_LIMIT)


def _chain(conversation: Conversation, known: Mapping[StreamId, Any]) -> list[TicketId]:
    """The conversation's ticket and those it was merged into, as far as they are known yet."""
    chain: list[TicketId] = []
    following = conversation.ticket
    while following is not None and following not in chain:
        chain.append(following)
        ticket: Ticket | None = known.get(ticket_stream(following))
        following = None if ticket is None else ticket.merged_into
    return chain


def _begun(command: TakeIn, current: TicketId | None) -> TicketId:
    if current is None:
        raise NotFound(
            f"Nothing was opened in the conversation {command.conversation!r} of "
            f"{command.source!r}: report that it opens first.",
            field="conversation",
        )
    return current


# ── What is written ──────────────────────────────────────────────────────────────────────────────


def _opened(
    command: TakeIn,
    report: OpenTicket,
    current: TicketId | None,
    new_ones: tuple[Ticket, Ticket],
    ctx: Context,
) -> Written:
    opened, follow_up = new_ones
    if current is not None and not _is_cancelled(current, ctx):
        text = Writes(
            requester=report.requester,
            body=report.description or report.subject,
            channel=report.channel,
            format=report.format,
        )
        return _wrote(command, text, current, follow_up, ctx)
    registered, ctx = _registered(command, report.requester, ctx)
    new = opened_by(ctx.command_id)
    events = open_ticket.decide(report, opened, ctx)
    taken = _taken(command, new, Taken.OPENED, ctx)
    return {command.stream: taken, ticket_stream(new): events, **registered}


def _wrote(
    command: TakeIn, report: Writes, current: TicketId, follow_up: Ticket, ctx: Context
) -> Written:
    registered, ctx = _registered(command, report.requester, ctx)
    message = receive_message.ReceiveMessage(
        ticket=current,
        body=report.body,
        channel=report.channel,
        format=report.format,
        requester=report.requester,
    )
    decision = receive_message.decide(message, _ticket(current, ctx), follow_up, ctx)
    written = _by_stream(decision, current)
    new = follow_up_of(ctx.command_id)
    goes_on = new if ticket_stream(new) in written else current
    return {
        command.stream: _taken(command, goes_on, Taken.WROTE, ctx),
        **written,
        **registered,
    }


def _resolved(command: TakeIn, report: Resolves, current: TicketId, ctx: Context) -> Written:
    ticket = _ticket(current, ctx)
    if ticket.status in _ENDED:
        return _noted(command, report, current, ctx)
    asked = resolve.Resolve(ticket=current, code=report.code, note=report.note)
    written = _by_stream(resolve.decide(asked, ticket, ctx), current)
    return {command.stream: _taken(command, current, Taken.RESOLVED, ctx), **written}


def _noted(command: TakeIn, report: Resolves, current: TicketId, ctx: Context) -> Written:
    if not report.note:
        return {command.stream: _taken(command, current, Taken.NOTHING, ctx)}
    note = add_note.AddNote(ticket=current, body=report.note)
    written = _by_stream(add_note.decide(note, _ticket(current, ctx), ctx), current)
    return {command.stream: _taken(command, current, Taken.NOTED, ctx), **written}


def _by_stream(decision: Any, ticket: TicketId) -> Written:
    return dict(decision) if isinstance(decision, Mapping) else {ticket_stream(ticket): decision}


def _taken(command: TakeIn, ticket: TicketId, taken: Taken, ctx: Context) -> list[Happened]:
    return [
        IntakeTaken(
            source=command.source,
            external_id=command.external_id,
            conversation=command.conversation,
            ticket=ticket,
            taken=taken,
            handed_in_by=None if command.handed_in is None else command.handed_in.by,
            token=None if command.handed_in is None else command.handed_in.token,
            by=ctx.by,
            at=ctx.at,
        )
    ]


# ── Who and what is there ────────────────────────────────────────────────────────────────────────


def _registered(command: TakeIn, requester: RequesterId, ctx: Context) -> tuple[Written, Context]:
    """The registration of somebody new, and what is known after it."""
    stream = requester_stream(requester)
    known: Requester = ctx.known[stream]
    if known.exists or command.newcomer is None:
        return {}, ctx
    new = people.RegisterRequester(
        requester=requester,
        display_name=command.newcomer.display_name,
        emails=command.newcomer.emails,
        phones=command.newcomer.phones,
        language=command.newcomer.language,
    )
    events = people.register(new, known, ctx)
    after = {**ctx.known, stream: fold_stream(stream, events, known)}
    return {stream: events}, replace(ctx, known=after)


def _ticket(ticket: TicketId, ctx: Context) -> Ticket:
    found: Ticket = ctx.known[ticket_stream(ticket)]
    return found


def _is_cancelled(ticket: TicketId, ctx: Context) -> bool:
    return _ticket(ticket, ctx).status is Status.CANCELLED
