"""What happens to the ticket of a test, each at a minute after START, and its clocks then."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.actor import Actor
from domain.happened import Happened
from domain.ids import EventId, MessageId, QueueId, RequesterId, TicketId, ticket_stream
from domain.recorded import Recorded
from domain.sla.book import Book
from domain.sla.clock import Clock
from domain.sla.judge import clocks
from domain.sla.policy import ClockName
from domain.ticket.events import (
    MessageReceived,
    NoteAdded,
    ReplySent,
    TicketAbsorbed,
    TicketAcknowledged,
    TicketCancelled,
    TicketClosed,
    TicketHeld,
    TicketMerged,
    TicketMergeSettled,
    TicketPended,
    TicketPrioritised,
    TicketQueued,
    TicketReleased,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketStatusRestored,
    TicketUnmerged,
)
from domain.ticket.words import Channel, ClosedBecause, Priority, Status
from tests.domain.promises import BOOK, START, minute
from tests.given import KIM, MINA, OPENED, TICKET, Log, event_of, happened


def opened(by: Actor = MINA, priority: Priority = Priority.NORMAL, **more: Any) -> Happened:
    return replace(OPENED, by=by, at=START, priority=priority, **more)


def ask(n: float) -> Happened:
    return happened(
        MessageReceived,
        by=MINA,
        at=minute(n),
        message=MessageId(f"m{n}"),
        requester=RequesterId("mina"),
        body="?",
        channel=Channel.WEB,
    )


def reply(n: float, by: Actor = KIM) -> Happened:
    return happened(
        ReplySent,
        by=by,
        at=minute(n),
        message=MessageId(f"r{n}"),
        requester=RequesterId("mina"),
        body="!",
        channel=Channel.WEB,
    )


def pend(n: float, **more: Any) -> Happened:
    return happened(TicketPended, at=minute(n), reason="asked", **more)


def hold(n: float) -> Happened:
    return happened(TicketHeld, at=minute(n), reason="supplier")


def resume(n: float) -> Happened:
    return happened(TicketResumed, at=minute(n), reason="back")


def resolve(n: float) -> Happened:
    return happened(TicketResolved, at=minute(n), requester=RequesterId("mina"), code="fixed")


def reopen(n: float) -> Happened:
    return happened(TicketReopened, at=minute(n), reason="no")


def close(n: float) -> Happened:
    return happened(TicketClosed, at=minute(n), because=ClosedBecause.TIMER)


def cancel(n: float) -> Happened:
    return happened(TicketCancelled, at=minute(n), reason="spam")


def merge(n: float) -> Happened:
    return happened(TicketMerged, at=minute(n), into=TicketId("t-2"))


def unmerge(n: float) -> Happened:
    return happened(TicketUnmerged, at=minute(n), parted_from=TicketId("t-2"), status=Status.NEW)


def priority(n: float, new: Priority, undoes: EventId | None = None) -> Happened:
    return happened(
        TicketPrioritised, at=minute(n), priority=new, previous=Priority.NORMAL, undoes=undoes
    )


def restore(n: float, status: Status, version: int) -> Happened:
    return happened(
        TicketStatusRestored,
        at=minute(n),
        status=status,
        previous=Status.OPEN,
        undoes=event_of(version),
    )


def acknowledge(n: float) -> Happened:
    return happened(TicketAcknowledged, at=minute(n))


def note(n: float, by: Actor = KIM) -> Happened:
    return happened(
        NoteAdded,
        by=by,
        at=minute(n),
        message=MessageId(f"n{n}"),
        requester=RequesterId("mina"),
        body="psst",
    )


def queue(n: float, name: str | None, undoes: EventId | None = None) -> Happened:
    new = None if name is None else QueueId(name)
    return happened(TicketQueued, at=minute(n), queue=new, previous=None, undoes=undoes)


def absorb(
    n: float, source: str, opened_at: float | None = None, asked_at: float | None = None
) -> Happened:
    return happened(
        TicketAbsorbed,
        at=minute(n),
        source=TicketId(source),
        opened_at=None if opened_at is None else minute(opened_at),
        asked_at=None if asked_at is None else minute(asked_at),
    )


def release(n: float, source: str) -> Happened:
    return happened(TicketReleased, at=minute(n), source=TicketId(source))


def settle(n: float) -> Happened:
    return happened(TicketMergeSettled, at=minute(n), into=TicketId("t-2"))


def history(*events: Happened) -> tuple[Recorded[Any], ...]:
    """These events as those of one ticket."""
    stream = ticket_stream(TICKET)
    return Log(streams={stream: list(events)}).history(stream)


def every(instant: datetime | float, *events: Happened, book: Book = BOOK) -> Sequence[Clock]:
    """All instances of all clocks at an instant or a minute."""
    when = instant if isinstance(instant, datetime) else minute(instant)
    return clocks(history(*events), book, when)


def at(instant: datetime | float, *events: Happened, book: Book = BOOK) -> dict[ClockName, Clock]:
    """The last instance of each clock at an instant or a minute."""
    return {clock.name: clock for clock in every(instant, *events, book=book)}
