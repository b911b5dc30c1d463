"""Answer the requester in public, and say in the same breath what the ticket is from now on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from commands import hold, pend, resolve
from commands.envelope import Context, Decision, TicketCommand
from domain.checks import REASON_LIMIT, optional_text
from domain.errors import Invalid
from domain.ids import FIELDS, MessageId, StreamId, derived, ticket_stream
from domain.record import record
from domain.recorded import Recorded
from domain.ticket.aspects import INCOMING, PUBLIC, REQUESTER, STATUS, Aspect
from domain.ticket.events import ReplySent, TicketEvent, TicketReopened, TicketResumed
from domain.ticket.messages import Attachment, each_once, message_text
from domain.ticket.rules import require
from domain.ticket.state import Ticket, evolve, fold
from domain.ticket.words import Channel, Format, Status


@record
class Reply(TicketCommand):
    """A public answer, and what the ticket is from now on.

    `next_status` is open, pending, on_hold or resolved; None leaves the status as it is, except
    that an answered ticket is not new any more.
    `reason` says why it waits (required for on_hold), `code` and `article` how it was resolved.
    `channel` defaults to the one the ticket came by.

    It touches the requester's messages and other replies, because an answer written without
    having seen them may answer the wrong question, and the requester, because it would reach
    somebody else.
    """

    name: ClassVar[str] = "reply"
    body: str
    channel: Channel | None = None
    next_status: Status | None = None
    reason: str | None = None
    wake_at: datetime | None = None
    code: str = "answered"
    article: str | None = None
    format: Format = Format.TEXT
    attachments: tuple[Attachment, ...] = ()

    def touches(self) -> frozenset[Aspect]:
        answered = frozenset({INCOMING, PUBLIC, REQUESTER})
        return answered if self.next_status is None else answered | {STATUS}

    def reads(self) -> tuple[StreamId, ...]:
        return (FIELDS,) if self.next_status is Status.RESOLVED else ()

    def involves(self, state: Ticket, history: Sequence[Recorded[Any]]) -> tuple[StreamId, ...]:
        return resolve.absorbed_streams(state) if self.next_status is Status.RESOLVED else ()


def decide(command: Reply, ticket: Ticket, ctx: Context) -> Decision:
    stream = ticket_stream(command.ticket)
    return resolve.settling(stream, ticket, _answered(command, ticket, ctx), ctx)


def _answered(command: Reply, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    message = MessageId(derived(ctx.command_id, "message"))
    if message in ticket.messages:
        return []
    require(ticket, command.name)
    attachments = each_once(command.attachments)
    message_text(command.body, command.format, attachments)
    optional_text(command.reason, "reason", REASON_LIMIT)
    _refuse_what_would_be_ignored(command)
    sent = ReplySent(
        message=message,
        requester=ticket.requester,
        body=command.body,
        channel=command.channel or ticket.channel,
        format=command.format,
        attachments=attachments,
        by=ctx.by,
        at=ctx.at,
    )
    return [sent, *_next(command, evolve(ticket, sent), ctx)]


def _refuse_what_would_be_ignored(command: Reply) -> None:
    for field, statuses in _ONLY_WITH.items():
        if getattr(command, field) is not None and command.next_status not in statuses:
            raise Invalid(
                f"{field!r} says something only with next_status {' or '.join(statuses)}.",
                field=field,
                allowed=list(statuses),
            )


def _next(command: Reply, ticket: Ticket, ctx: Context) -> Sequence[TicketEvent]:
    """The change of status asked for, by the rules of the command that stands for it.

    A resolved ticket goes on only by being reopened first, whatever it waits for next: history
    and clocks have to see that the answer before did not help.
    """
    wanted = command.next_status
    if wanted is None or (wanted is ticket.status and wanted in _SETTLED):
        return []
    back: list[TicketEvent] = []
    if ticket.status is Status.RESOLVED:
        back = [TicketReopened(reason=command.reason or "Replied.", by=ctx.by, at=ctx.at)]
    elif wanted is Status.OPEN:
        back = [TicketResumed(reason=command.reason or "Replied.", by=ctx.by, at=ctx.at)]
    working = fold(back, ticket)
    match wanted:
        case Status.OPEN:
            return back
        case Status.PENDING:
            reason = command.reason or "Waiting for the requester."
            pended = pend.Pend(ticket=command.ticket, reason=reason, wake_at=command.wake_at)
            return [*back, *pend.decide(pended, working, ctx)]
        case Status.ON_HOLD:
            held = hold.Hold(
                ticket=command.ticket, reason=command.reason or "", wake_at=command.wake_at
            )
            return [*back, *hold.decide(held, working, ctx)]
        case Status.RESOLVED:
            resolved = resolve.Resolve(
                ticket=command.ticket, code=command.code, article=command.article
            )
            return resolve.resolved(resolved, working, ctx)
        case _:
            raise Invalid(
                f"A reply cannot leave a ticket {wanted}.",
                field="next_status",
                allowed=[Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.RESOLVED],
            )


_SETTLED = (Status.OPEN, Status.RESOLVED)
"""Statuses that a reply can find as asked; to wait again may have a new reason or instant."""

_WAITING = (Status.PENDING, Status.ON_HOLD)
_ONLY_WITH = {
    "reason": (Status.OPEN, *_WAITING),
    "wake_at": _WAITING,
    "article": (Status.RESOLVED,),
}
"""Fields of a reply that belong to its next status."""
