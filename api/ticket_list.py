"""What a list of tickets can be asked for: every attribute, by itself or with others."""

import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.reading import Instant
from api.text import clean
from domain.access import Principal
from domain.configuration.saved_view import Direction
from domain.sla.clock import ClockState
from domain.ticket.words import Category, Channel, FieldValue, Level, Priority, Status
from projections import requester_tickets
from projections.queue import View, filter_of, order_of
from projections.ticket_filter import TicketFilter
from projections.ticket_query import MOST_ROWS, Order, Sort

T = TypeVar("T")

NONE = "none"
ME = "me"

Word = Annotated[str, StringConstraints(max_length=200), AfterValidator(clean)]
Words = Annotated[list[Word], Field(max_length=50)]
Without = Literal["none"]
Count = Annotated[int, Field(ge=0, le=2**31)]
Levels = Annotated[list[Level | Without], Field(max_length=50, description="`none`: without one.")]


def _named(text: str) -> str:
    if not text.partition(":")[0] or ":" not in text:
        raise ValueError("must be a field's name, a colon and a value, such as site:Seoul")
    return text


NamedValue = Annotated[
    str, StringConstraints(max_length=400), AfterValidator(clean), AfterValidator(_named)
]


class TicketsOfQuery(BaseModel):
    """Parameters of the tickets of one requester or organisation."""

    model_config = ConfigDict(extra="forbid")

    status: list[Status] = Field(default=[], max_length=50)
    limit: int = Field(default=50, ge=1, le=requester_tickets.MOST_TICKETS)
    cursor: Annotated[str, StringConstraints(max_length=4_096)] | None = None


class TicketQuery(BaseModel):
    """Parameters of a list of tickets. A repeated one means any of its values."""

    model_config = ConfigDict(extra="forbid")

    saved: Word | None = Field(
        default=None, description="Id of a saved view; what is given besides narrows it."
    )
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
    id: Words = Field(default=[], description="Of tickets.")
    number: list[Annotated[int, Field(ge=1, le=2**53)]] = Field(default=[], max_length=200)
    impact: Levels = []
    urgency: Levels = []
    category: Words = Field(default=[], description="`none`: without one.")
    channel: list[Channel] = Field(default=[], max_length=50)
    language: Words = Field(default=[], description="`none`: without one.")
    region: Words = Field(default=[], description="`none`: without one.")
    segment: Words = Field(default=[], description="The requester's; `none`: without one.")
    vip: bool | None = Field(default=None, description="The requester is very important.")
    escalation_level: list[Count] = Field(default=[], max_length=50)
    escalation_level_from: Count | None = Field(default=None, description="That level or higher.")
    reopened: list[Count] = Field(default=[], max_length=50, description="How many times.")
    reopened_from: Count | None = Field(default=None, description="So many times or more.")
    resolution_code: Words = Field(default=[], description="`none`: without one.")
    satisfaction: list[Annotated[int, Field(ge=1, le=5)] | Without] = Field(
        default=[], max_length=50, description="The score; `none`: not rated."
    )
    source: Words = Field(
        default=[], description="System that it was imported from; `none`: not imported."
    )
    source_case: Words = Field(default=[], description="What that system calls it.")
    merged_into: Words = Field(default=[], description="Ids of tickets; `none`: not merged.")
    tag: Words = Field(default=[], description="All of them must be there.")
    field: list[NamedValue] = Field(
        default=[],
        max_length=50,
        description="A custom field's `name:value`. A name given again means any of its values, "
        "`name:none` that it is empty; other names must hold, too.",
        examples=[["site:Seoul"]],
    )
    follower: Word | None = Field(default=None, description="Id of an agent; `me`: oneself.")
    waiting: bool | None = Field(default=None, description="The requester waits for an answer.")
    acknowledged: bool | None = Field(default=None, description="An agent has seen it.")
    answered: bool | None = Field(default=None, description="An agent has answered in public.")
    text: Word | None = Field(default=None, description="Part of the subject, or a number.")
    opened_from: Instant | None = None
    opened_until: Instant | None = Field(default=None, description="Excluded.")
    updated_from: Instant | None = None
    updated_until: Instant | None = Field(default=None, description="Excluded.")
    resolved_from: Instant | None = None
    resolved_until: Instant | None = Field(default=None, description="Excluded.")
    closed_from: Instant | None = None
    closed_until: Instant | None = Field(default=None, description="Excluded.")
    waiting_from: Instant | None = Field(
        default=None, description="The requester has waited since then or later."
    )
    waiting_until: Instant | None = Field(default=None, description="Excluded.")
    wake_from: Instant | None = None
    wake_until: Instant | None = Field(default=None, description="Excluded.")
    sla: list[Literal["running", "paused", "breached"] | Without] = Field(
        default=[],
        max_length=50,
        description="State of the clock beside the ticket; `none`: no promise goes on.",
    )
    due_from: Instant | None = Field(default=None, description="That clock runs out then or later.")
    due_until: Instant | None = Field(default=None, description="Excluded.")
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
            "tickets": tuple(self.id),
            "numbers": tuple(self.number),
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
            "impacts": _or_none(self.impact),
            "urgencies": _or_none(self.urgency),
            "categories": _or_none(self.category),
            "channels": tuple(self.channel),
            "languages": _or_none(self.language),
            "regions": _or_none(self.region),
            "segments": _or_none(self.segment),
            "escalation_levels": tuple(self.escalation_level),
            "reopened": tuple(self.reopened),
            "resolution_codes": _or_none(self.resolution_code),
            "satisfaction": _or_none(self.satisfaction),
            "sources": _or_none(self.source),
            "source_cases": _or_none(self.source_case),
            "merged_into": _or_none(self.merged_into),
            "tags": tuple(self.tag),
            "fields": _fields(self.field),
            "sla": tuple(None if one == NONE else ClockState(one) for one in self.sla),
            "follower": principal.person if self.follower == ME else self.follower,
            **{name: getattr(self, name) for name in _SAME_NAME},
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


_SAME_NAME = tuple(
    one.name
    for one in fields(TicketFilter)
    if one.default is None and one.name not in ("follower", "also")
)
"""Flags, spans and the text: asked for under the name that the filter has."""

REQUESTER_PARAMETERS = frozenset({"status", "limit", "cursor"})
"""What a requester may ask of the list of own tickets."""


def _or_none(values: Sequence[T | str]) -> tuple[T | str | None, ...]:
    return tuple(None if value == NONE else value for value in values)


def _fields(given: Sequence[str]) -> dict[str, tuple[FieldValue, ...]]:
    """Values that each field may have: the text, and the number or the flag that it reads as."""
    wanted: dict[str, tuple[FieldValue, ...]] = {}
    for one in given:
        name, _, text = one.partition(":")
        wanted[name] = (*wanted.get(name, ()), *_readings(text))
    return wanted


def _readings(text: str) -> tuple[FieldValue, ...]:
    if text == NONE:
        return (None,)
    if text in _FLAGS:
        return text, _FLAGS[text]
    return (text, float(text)) if _NUMBER.fullmatch(text) else (text,)


_FLAGS = {"true": True, "false": False}
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
