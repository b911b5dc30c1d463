"""What a list of tickets can be asked for, and how its rows look to whom."""

from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.answers import PRIVATE, Answer
from api.paging import Pages
from api.reading import Instant, Reading
from api.text import clean
from domain.access import Principal
from domain.ticket.words import Category, Channel, Level, Priority, Status
from projections import requester_tickets
from projections.queue import View, filter_of, order_of
from projections.ticket_query import MOST_ROWS, CursorKey, Order, Sort, TicketFilter

NONE = "none"
ME = "me"

Word = Annotated[str, StringConstraints(max_length=200), AfterValidator(clean)]
Words = Annotated[list[Word], Field(max_length=50)]


class Direction(StrEnum):
    """Of sorting."""

    ASCENDING = "asc"
    DESCENDING = "desc"


class TicketsOfQuery(BaseModel):
    """Parameters of the tickets of one requester or organisation."""

    model_config = ConfigDict(extra="forbid")

    status: list[Status] = Field(default=[], max_length=50)
    limit: int = Field(default=50, ge=1, le=requester_tickets.MOST_TICKETS)
    cursor: Annotated[str, StringConstraints(max_length=4_096)] | None = None


class TicketQuery(BaseModel):
    """Parameters of a list of tickets. A repeated one means any of its values."""

    model_config = ConfigDict(extra="forbid")

    view: View | None = Field(default=None, description="One of the views every desk has.")
    status: list[Status] = Field(default=[], max_length=50)
    status_category: list[Category] = Field(default=[], max_length=50)
    backlog: bool | None = Field(default=None, description="Work not yet done, or only the rest.")
    requester: Words = []
    organisation: Words = Field(default=[], description="Ids; `none`: without one.")
    agent: Words = Field(default=[], description="Ids; `none`: unassigned, `me`: one's own.")
    team: Words = Field(default=[], description="Ids; `none`: without one.")
    queue: Words = Field(default=[], description="Ids; `none`: without one.")
    priority: list[Priority] = Field(default=[], max_length=50)
    impact: list[Level] = Field(default=[], max_length=50)
    urgency: list[Level] = Field(default=[], max_length=50)
    category: Words = []
    channel: list[Channel] = Field(default=[], max_length=50)
    language: Words = []
    region: Words = []
    tag: Words = Field(default=[], description="All of them must be there.")
    follower: Word | None = Field(default=None, description="Id of an agent; `me`: oneself.")
    waiting: bool | None = Field(default=None, description="The requester waits for an answer.")
    text: Word | None = Field(default=None, description="Part of the subject, or a number.")
    opened_from: Instant | None = None
    opened_until: Instant | None = Field(default=None, description="Excluded.")
    updated_from: Instant | None = None
    updated_until: Instant | None = Field(default=None, description="Excluded.")
    resolved_from: Instant | None = None
    resolved_until: Instant | None = Field(default=None, description="Excluded.")
    as_of: Instant | None = Field(default=None, description="The list as it was at that instant.")
    sort: Sort | None = None
    direction: Direction | None = None
    limit: int = Field(default=50, ge=1, le=MOST_ROWS)
    cursor: Annotated[str, StringConstraints(max_length=4_096)] | None = Field(
        default=None, description="`next` of the page before."
    )

    def wanted(self, principal: Principal) -> TicketFilter:
        """The filter: what the view says, and what is given besides."""
        view = filter_of(self.view, principal.person) if self.view else TicketFilter()
        own: dict[str, Any] = {
            "statuses": tuple(self.status),
            "status_categories": tuple(self.status_category),
            "backlog": self.backlog,
            "requesters": tuple(self.requester),
            "organisations": _or_none(self.organisation),
            "agents": tuple(
                principal.person if agent == ME else agent for agent in _or_none(self.agent)
            ),
            "teams": _or_none(self.team),
            "queues": _or_none(self.queue),
            "priorities": tuple(self.priority),
            "impacts": tuple(self.impact),
            "urgencies": tuple(self.urgency),
            "categories": _or_none(self.category),
            "channels": tuple(self.channel),
            "languages": _or_none(self.language),
            "regions": _or_none(self.region),
            "tags": tuple(self.tag),
            "follower": principal.person if self.follower == ME else self.follower,
            "waiting": self.waiting,
            "text": self.text,
            **{name: getattr(self, name) for name in _SPANS},
        }
        given = {name: value for name, value in own.items() if value not in (None, ())}
        return TicketFilter(
            **{field.name: getattr(view, field.name) for field in fields(view)} | given
        )

    def order(self) -> Order:
        """As asked, else as the view says, else the latest change first."""
        usual = order_of(self.view) if self.view else Order()
        if self.sort is None and self.direction is None:
            return usual
        direction = self.direction or (
            Direction.DESCENDING if self.sort is None and usual.descending else Direction.ASCENDING
        )
        return Order(sort=self.sort or usual.sort, descending=direction is Direction.DESCENDING)


_SPANS = (
    "opened_from",
    "opened_until",
    "updated_from",
    "updated_until",
    "resolved_from",
    "resolved_until",
)

REQUESTER_PARAMETERS = frozenset({"status", "limit", "cursor"})
"""What a requester may ask of the list of own tickets."""

_INNER = ("workspace", "priority_rank", "ticket")
"""Columns that are not shown as such."""

_INSTANTS = {sort for sort in Sort if sort.value.endswith(("_at", "_since"))}


def row_resource(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a list, under the same names as the ticket itself."""
    shown = {"id": row["ticket"], **row}
    for inner in _INNER:
        shown.pop(inner, None)
    return shown


def tickets_of(
    reading: Reading,
    query: "TicketQuery | TicketsOfQuery",
    *,
    requester: str | None = None,
    organisation: str | None = None,
) -> Answer:
    """The tickets of a requester or an organisation as these see them, latest change first."""
    signer, principal = reading.services.signer, reading.principal
    pages = Pages(signer, principal.workspace, requester, organisation, query.status)
    after = pages.after(query.cursor)
    rows, place = requester_tickets.page(
        reading.view("requester_tickets"),
        requester=requester,
        organisation=organisation,
        statuses=tuple(query.status),
        after=None if after is None else (datetime.fromisoformat(after[0]), after[1]),
        limit=query.limit,
    )
    items = [row_resource(row) for row in rows]
    return Answer({"items": items, "next": pages.next(place)}, 200, PRIVATE)


def place_in(order: Order, place: list[Any] | None) -> CursorKey | None:
    """A cursor's content as the query wants it: instants travelled as text."""
    if place is None:
        return None
    value, number = place
    if order.sort in _INSTANTS and value is not None:
        value = datetime.fromisoformat(value)
    return value, number


def _or_none(values: list[str]) -> tuple[str | None, ...]:
    return tuple(None if value == NONE else value for value in values)
