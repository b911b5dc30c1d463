"""Tickets, their lists, their events, their past, and the views of the queue."""

from datetime import datetime

from api.resources import PUBLIC_FIELDS
from api.shapes.configuration import SavedView
from api.shapes.deriving import like
from api.shapes.events import OwnTicketEvent, TicketEvent
from domain.record import record
from domain.sla.clock import ClockState
from domain.sla.policy import ClockName
from domain.ticket import state
from domain.ticket.words import Category, Channel, FieldValue, Level, Priority, Relation, Status
from projections import sla_board, ticket_row
from projections.queue import View
from projections.requester_tickets import RequesterTicket

_INNER = ("workspace", "ticket", "priority_rank")


@record
class TicketLink:
    """`relation` is what the ticket that holds this link is to the `other`."""

    other: str
    relation: Relation


@like(state.Ticket)
class Ticket:
    """A ticket as staff see it, with the commands that its status allows."""

    id: str
    fields: dict[str, FieldValue]
    links: tuple[TicketLink, ...]
    status_category: Category
    allowed_commands: tuple[str, ...]


@like(state.Ticket, only=("version", *PUBLIC_FIELDS))
class OwnTicket:
    """A ticket as its requester sees it, with the commands that are theirs."""

    id: str
    status_category: Category
    allowed_commands: tuple[str, ...]


@like(Ticket)
class TicketThen:
    """A ticket as it was, when staff asked for an instant or a version. It takes no commands."""

    as_of: datetime | None


@like(OwnTicket)
class OwnTicketThen:
    """A ticket as it was, when its requester asked. It takes no commands."""

    as_of: datetime | None


@like(sla_board.NextClock)
class NextClock:
    """The clock of a ticket that runs out next, or else one that is late. Spans are in seconds.

    `breached` is how many of the ticket's clocks are late and go on. A client counts down to
    `warn_at` and `due_at` by itself.
    """

    clock: ClockName
    state: ClockState


@like(ticket_row.TicketRow, without=_INNER)
class TicketRow:
    """A line of the queue. `waiting_since`: no human has answered the requester since then."""

    id: str
    status: Status
    status_category: Category
    priority: Priority
    impact: Level | None
    urgency: Level | None
    channel: Channel
    sla: NextClock | None


@like(TicketRow, without=("sla",))
class TicketVersion:
    """A line of the queue as it was from `valid_from` until `valid_to` (excluded; null: still)."""

    valid_from: datetime
    valid_to: datetime | None


@like(TicketVersion)
class TicketRowThen:
    """A line of the queue as it was, in a list of the past; its clocks are not shown there."""

    sla: None


@record
class TicketPage:
    """A page of the queue. `next` is the cursor of the next one, null on the last.

    `saved` is the saved view that was asked for.
    """

    items: tuple[TicketRow, ...]
    next: str | None
    as_of: None
    saved: SavedView | None


@record
class TicketPageThen:
    """A page of the queue as it was at `as_of`."""

    items: tuple[TicketRowThen, ...]
    next: str | None
    as_of: datetime
    saved: SavedView | None


@like(RequesterTicket, without=("workspace", "ticket"))
class OwnTicketRow:
    """A ticket in its requester's words. `messages` counts public ones, both ways."""

    id: str
    channel: Channel
    status: Status


@record
class OwnTicketPage:
    """Tickets as their requester sees them, the latest change first."""

    items: tuple[OwnTicketRow, ...]
    next: str | None


@record
class TicketEvents:
    """Events in their order. `next_after` is the version after which to go on, null at the end."""

    items: tuple[TicketEvent, ...]
    next_after: int | None
    version: int


@record
class OwnTicketEvents:
    """Public events in their order, to the requester."""

    items: tuple[OwnTicketEvent, ...]
    next_after: int | None
    version: int


@record
class TicketHistory:
    """The lines that a ticket was, in the order of its versions."""

    items: tuple[TicketVersion, ...]
    next_after: int | None


@record
class ViewCount:
    """How many tickets a view shows."""

    view: View
    tickets: int


@record
class QueueCount:
    """How large the backlog of a queue is; null: of tickets in no queue."""

    queue: str | None
    tickets: int


@record
class Counters:
    """Exact counters of the views every desk has, and of the queues."""

    views: tuple[ViewCount, ...]
    queues: tuple[QueueCount, ...]


@record
class WordInUse:
    """A tag or a category, and how many tickets have it."""

    name: str
    tickets: int


@record
class WordsInUse:
    """Words that begin with what was looked for first, then the commonest."""

    items: tuple[WordInUse, ...]
