"""What an event means to a ticket's clocks."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, auto
from typing import Any

from domain.conditions import FIELD, Attributes
from domain.ids import TicketId
from domain.record import record
from domain.ticket.events import (
    MessageReceived,
    NoteAdded,
    ReplySent,
    SlaBreached,
    SlaEscalated,
    SlaWarningRaised,
    TicketAbsorbed,
    TicketAcknowledged,
    TicketAssigned,
    TicketCancelled,
    TicketCategorised,
    TicketClosed,
    TicketDeescalated,
    TicketEscalated,
    TicketEvent,
    TicketFieldSet,
    TicketHeld,
    TicketMerged,
    TicketMergeSettled,
    TicketOpened,
    TicketPended,
    TicketPrioritised,
    TicketQueued,
    TicketReleased,
    TicketReopened,
    TicketRequesterChanged,
    TicketResolved,
    TicketResumed,
    TicketStatusRestored,
    TicketTagged,
    TicketUnmerged,
    TicketUntagged,
)
from domain.ticket.words import Status

BREACH = "breach"
"""The name under which a breach is noted, among those of steps."""


class What(Enum):
    """What a clock can hear of in one event, besides a change of status or of attributes."""

    OPENED = auto()
    ASKED = auto()
    """The requester wrote."""
    ANSWERED = auto()
    """A human agent replied in public."""
    ANSWERED_BY_RULE = auto()
    TOUCHED = auto()
    """A human agent did something to it."""
    ABSORBED = auto()
    RELEASED = auto()
    SETTLED = auto()
    """The ticket that this one was merged into was resolved."""


@record
class Noted:
    """What the log already says about a clock: that a step was reached, or that it breached."""

    clock: str
    instance: int
    name: str


@record
class Change:
    """`version` is that of the event, `at` when it took effect (UTC).

    `earlier` is when the ticket that this one goes on from was opened, and `asked_at` since when
    the requester of an absorbed one waited for a first answer; `other` is the absorbed ticket.
    """

    version: int
    at: datetime
    what: tuple[What, ...] = ()
    status: Status | None = None
    attributes: Mapping[str, Any] | None = None
    earlier: datetime | None = None
    asked_at: datetime | None = None
    other: TicketId | None = None
    noted: Noted | None = None

    @property
    def moves_start(self) -> bool:
        """Clocks may count from the start of another ticket, or do so no more."""
        return self.earlier is not None or self.other is not None


def change_of(
    event: TicketEvent, version: int, at: datetime, attributes: Attributes
) -> Change | None:
    """What an event means to clocks; None for most of them. `attributes` are those before it."""

    def changed(**parts: Any) -> Change:
        return Change(version=version, at=at, **parts)

    touched = (What.TOUCHED,) if event.by.is_agent else ()
    match event:
        case TicketOpened():
            return changed(
                what=(What.OPENED, What.ASKED) if asks(event) else (What.OPENED,),
                status=Status.NEW,
                attributes=opened_attributes(event),
                earlier=event.origin_opened_at,
            )
        case TicketAcknowledged():
            return changed(what=(What.TOUCHED,))
        case MessageReceived():
            return changed(what=(What.ASKED,))
        case ReplySent(by=by):
            return changed(what=(*touched, What.ANSWERED if by.is_agent else What.ANSWERED_BY_RULE))
        case NoteAdded():
            return changed(what=touched) if touched else None
        case TicketAssigned(agent=agent, team=team):
            return changed(what=touched, attributes={"agent": agent, "team": team})
        case TicketPended():
            return changed(status=Status.PENDING)
        case TicketHeld():
            return changed(status=Status.ON_HOLD)
        case TicketResumed() | TicketReopened():
            return changed(status=Status.OPEN)
        case TicketResolved():
            return changed(status=Status.RESOLVED)
        case TicketClosed():
            return changed(status=Status.CLOSED)
        case TicketCancelled():
            return changed(status=Status.CANCELLED)
        case TicketMerged():
            return changed(status=Status.MERGED)
        case TicketMergeSettled():
            return changed(what=(What.SETTLED,))
        case TicketStatusRestored(status=status) | TicketUnmerged(status=status):
            return changed(status=status)
        case TicketAbsorbed():
            return changed(
                what=(What.ABSORBED,),
                earlier=event.opened_at,
                asked_at=event.asked_at,
                other=event.source,
            )
        case TicketReleased(source=source):
            return changed(what=(What.RELEASED,), other=source)
        case SlaWarningRaised(step=step) | SlaEscalated(step=step):
            return changed(noted=Noted(clock=event.clock, instance=event.instance, name=step))
        case SlaBreached():
            return changed(noted=Noted(clock=event.clock, instance=event.instance, name=BREACH))
        case _:
            new = attributes_after(event, attributes)
            return None if new is None else changed(attributes=new)


def attributes_after(event: TicketEvent, attributes: Attributes) -> Mapping[str, Any] | None:
    """The attributes that an event sets, of those that conditions see; None: none of them."""
    match event:
        case TicketPrioritised(priority=priority, impact=impact, urgency=urgency):
            return {
                "priority": priority.value,
                "impact": None if impact is None else impact.value,
                "urgency": None if urgency is None else urgency.value,
            }
        case TicketQueued(queue=queue):
            return {"queue": queue}
        case TicketCategorised(category=category):
            return {"category": category}
        case TicketEscalated(level=level) | TicketDeescalated(level=level):
            return {"escalation_level": level}
        case TicketTagged(tag=tag):
            return {"tags": tuple(sorted({*_tags(attributes), tag}))}
        case TicketUntagged(tag=tag):
            return {"tags": tuple(sorted({*_tags(attributes)} - {tag}))}
        case TicketFieldSet(name=name, value=value):
            return {f"{FIELD}{name}": value}
        case TicketRequesterChanged():
            return {
                "requester": event.requester,
                "organisation": event.organisation,
                "segment": event.segment,
                "vip": event.vip,
            }
        case _:
            return None


def _tags(attributes: Attributes) -> tuple[str, ...]:
    held = attributes.get("tags")
    return held if isinstance(held, tuple) else ()


def opened_attributes(event: TicketOpened) -> dict[str, Any]:
    """What conditions see of a ticket that was just opened."""
    return {
        "priority": event.priority.value,
        "channel": event.channel.value,
        "category": event.category,
        "region": event.region,
        "organisation": event.organisation,
        "segment": event.segment,
        "requester": event.requester,
        "vip": event.vip,
        "language": event.language,
        "queue": event.queue,
        "team": None,
        "agent": None,
        "tags": tuple(sorted(event.tags)),
        "impact": None if event.impact is None else event.impact.value,
        "urgency": None if event.urgency is None else event.urgency.value,
        "escalation_level": 0,
        **{f"{FIELD}{name}": value for name, value in (event.fields or {}).items()},
    }


def asks(opened: TicketOpened) -> bool:
    """Whether a requester is waiting for an answer from the opening on.

    Not when an agent or a rule opened it on their behalf; but a ticket that was split off begins
    with the requester's words.
    """
    return opened.by.is_requester or bool(opened.messages)
