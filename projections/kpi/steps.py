"""What each event means to figures, in few words: the input of the fold in fold.py."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.record import record
from domain.sla.changes import asks
from domain.ticket.events import (
    MessageReceived,
    NoteAdded,
    ReplySent,
    SatisfactionAsked,
    SatisfactionRated,
    TicketAcknowledged,
    TicketAssigned,
    TicketCancelled,
    TicketCategorised,
    TicketClosed,
    TicketEvent,
    TicketFieldSet,
    TicketHeld,
    TicketMerged,
    TicketOpened,
    TicketPended,
    TicketPrioritised,
    TicketQueued,
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
from projections.kpi.rows import TicketFacts


class What(StrEnum):
    """Kinds of steps. The comment says what is given with them."""

    OPENED = "opened"  # number, asked, and the dimensions
    TOUCHED = "touched"
    ASSIGNED = "assigned"  # agent, team, human
    QUEUED = "queued"  # queue
    ASKED = "asked"
    ANSWERED = "answered"  # human
    STATUS = "status"  # status
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"
    CHANGED = "changed"  # dimensions
    TAGGED = "tagged"  # tag
    UNTAGGED = "untagged"  # tag
    FIELD = "field"  # name, value
    SURVEYED = "surveyed"
    RATED = "rated"  # score


LABEL_LIMIT = 200
"""Characters of a category or a region; an index has room for all that are not longer."""


@record
class Step:
    """`at` is when it occurred by its own account, `effective_at` never before its forerunner."""

    version: int
    at: datetime
    effective_at: datetime
    what: What
    given: Mapping[str, Any]


def noted(steps: Iterable[Step]) -> dict[str, Any]:
    """Steps as a ticket's row keeps them, by version."""
    return {
        str(step.version): [
            step.at.isoformat(),
            step.effective_at.isoformat(),
            step.what.value,
            step.given,
        ]
        for step in steps
    }


def taken(facts: TicketFacts) -> list[Step]:
    """The steps of a ticket that still count, in their order."""
    return [
        Step(
            version=int(version),
            at=datetime.fromisoformat(at),
            effective_at=datetime.fromisoformat(effective_at),
            what=What(what),
            given=given,
        )
        for version, (at, effective_at, what, given) in sorted(
            facts.steps.items(), key=lambda item: int(item[0])
        )
    ]


def meaning(event: TicketEvent) -> tuple[What, dict[str, Any]] | None:
    """The kind of step and what is given with it; None for events that no figure counts."""
    match event:
        case TicketOpened():
            return What.OPENED, _opened(event)
        case TicketAcknowledged():
            return What.TOUCHED, {}
        case NoteAdded(by=by):
            return (What.TOUCHED, {}) if by.is_agent else None
        case TicketAssigned(agent=agent, team=team, by=by):
            return What.ASSIGNED, {"agent": agent, "team": team, "human": by.is_agent}
        case TicketQueued(queue=queue):
            return What.QUEUED, {"queue": queue}
        case MessageReceived():
            return What.ASKED, {}
        case ReplySent(by=by):
            return What.ANSWERED, {"human": by.is_agent}
        case TicketPended():
            return What.STATUS, {"status": Status.PENDING.value}
        case TicketHeld():
            return What.STATUS, {"status": Status.ON_HOLD.value}
        case TicketResumed():
            return What.STATUS, {"status": Status.OPEN.value}
        case TicketStatusRestored(status=status) | TicketUnmerged(status=status):
            return What.STATUS, {"status": status.value}
        case TicketResolved():
            return What.RESOLVED, {}
        case TicketReopened():
            return What.REOPENED, {}
        case TicketClosed():
            return What.CLOSED, {}
        case TicketCancelled():
            return What.CANCELLED, {}
        case TicketMerged():
            return What.MERGED, {}
        case TicketPrioritised(priority=priority):
            return What.CHANGED, {"priority": priority.value}
        case TicketCategorised(category=category):
            return What.CHANGED, {"category": _label(category)}
        case TicketRequesterChanged(organisation=organisation):
            return What.CHANGED, {"organisation": organisation}
        case TicketTagged(tag=tag):
            return What.TAGGED, {"tag": tag}
        case TicketUntagged(tag=tag):
            return What.UNTAGGED, {"tag": tag}
        case TicketFieldSet(name=name, value=value):
            return What.FIELD, {"name": name, "value": value}
        case SatisfactionAsked():
            return What.SURVEYED, {}
        case SatisfactionRated(score=score):
            return What.RATED, {"score": score}
        case _:
            return None  # links, followers, levels, words: no figure counts them


def _opened(event: TicketOpened) -> dict[str, Any]:
    return {
        "number": event.number,
        "asked": asks(event),
        "queue": event.queue,
        "channel": event.channel.value,
        "category": _label(event.category),
        "priority": event.priority.value,
        "region": _label(event.region),
        "language": event.language,
        "organisation": event.organisation,
        "tags": sorted(set(event.tags)),
        "fields": dict(event.fields or {}),
    }


def _label(value: str | None) -> str | None:
    """As much of a label as figures tell apart: only imported ones can be longer."""
    return None if value is None else value[:LABEL_LIMIT]
