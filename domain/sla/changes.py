"""The few things in a ticket's life that its clocks listen to."""

from datetime import datetime
from enum import StrEnum

from domain.record import record
from domain.ticket.events import (
    MessageReceived,
    ReplySent,
    TicketCancelled,
    TicketClosed,
    TicketEvent,
    TicketHeld,
    TicketMerged,
    TicketOpened,
    TicketPended,
    TicketPrioritised,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketStatusRestored,
    TicketUnmerged,
)
from domain.ticket.words import Status


class What(StrEnum):
    """What a clock can hear of."""

    OPENED = "opened"
    """`value` is the priority."""
    ASKED = "asked"
    """The requester wrote."""
    ANSWERED = "answered"
    """A human agent replied in public."""
    STATUS = "status"
    """`value` is the new status."""
    PRIORITISED = "prioritised"
    """`value` is the new priority."""


@record
class Change:
    """`version` is that of the event, `at` when it took effect (UTC)."""

    version: int
    at: datetime
    what: What
    value: str = ""


def changes_of(event: TicketEvent, version: int, at: datetime) -> tuple[Change, ...]:
    """What an event means to clocks; nothing for most of them."""

    def change(what: What, value: str = "") -> tuple[Change, ...]:
        return (Change(version=version, at=at, what=what, value=value),)

    match event:
        case TicketOpened():
            opened = change(What.OPENED, event.priority)
            return opened + change(What.ASKED) if asks(event) else opened
        case MessageReceived():
            return change(What.ASKED)
        case ReplySent(by=by):
            return change(What.ANSWERED) if by.is_agent else ()
        case TicketPended():
            return change(What.STATUS, Status.PENDING)
        case TicketHeld():
            return change(What.STATUS, Status.ON_HOLD)
        case TicketResumed() | TicketReopened():
            return change(What.STATUS, Status.OPEN)
        case TicketResolved():
            return change(What.STATUS, Status.RESOLVED)
        case TicketClosed():
            return change(What.STATUS, Status.CLOSED)
        case TicketCancelled():
            return change(What.STATUS, Status.CANCELLED)
        case TicketMerged():
            return change(What.STATUS, Status.MERGED)
        case TicketStatusRestored(status=status) | TicketUnmerged(status=status):
            return change(What.STATUS, status)
        case TicketPrioritised(priority=priority):
            return change(What.PRIORITISED, priority)
        case _:
            return ()  # most of what happens to a ticket leaves its clocks alone


def asks(opened: TicketOpened) -> bool:
    """Whether a requester is waiting for an answer from the opening on.

    Not when an agent or a rule opened it on their behalf; but a ticket that was split off begins
    with the requester's words.
    """
    return opened.by.is_requester or bool(opened.messages)
