"""Every kind of event by the category of its stream: one literal table.

Stored names (`kind`) are unique over all categories; `EVENT_TYPES` finds the type by its name.
"""

from typing import Any, get_args

from domain.configuration.canned_response import CannedResponseEvent
from domain.configuration.field import FieldEvent
from domain.configuration.macro import MacroEvent
from domain.configuration.saved_view import SavedViewEvent
from domain.desk.events import DeskEvent
from domain.happened import Happened
from domain.intake import IntakeEvent
from domain.people.agent import AgentEvent
from domain.people.organisation import OrganisationEvent
from domain.people.queue import QueueEvent
from domain.people.requester import RequesterEvent
from domain.people.team import TeamEvent
from domain.sla.book_events import BookEvent
from domain.ticket.events import TicketEvent

EVENTS: dict[str, Any] = {
    "ticket": TicketEvent,
    "requester": RequesterEvent,
    "organisation": OrganisationEvent,
    "agent": AgentEvent,
    "team": TeamEvent,
    "queue": QueueEvent,
    "desk": DeskEvent,
    "sla": BookEvent,
    "saved_view": SavedViewEvent,
    "canned_response": CannedResponseEvent,
    "macro": MacroEvent,
    "field": FieldEvent,
    "intake": IntakeEvent,
}
"""Category -> union of its events."""


def kind_of(event: type[Happened]) -> str:
    """The stored name of an event type."""
    kind: str = event.__dataclass_fields__["kind"].default
    return kind


def events_of(category: str) -> tuple[type[Happened], ...]:
    """The event types of a category."""
    events = EVENTS[category]
    return get_args(events) or (events,)


EVENT_TYPES: dict[str, type[Happened]] = {
    kind_of(event): event for category in EVENTS for event in events_of(category)
}
"""Stored name -> event type."""
