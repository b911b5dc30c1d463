"""A ticket as its views show it: one row, and what each event does to it.

The queue keeps the latest row of each ticket, the history all of them.
"""

from datetime import datetime
from typing import Any, TypeVar

from domain.ids import ident_of
from domain.record import record, with_changes
from domain.recorded import Recorded
from domain.ticket.events import (
    MessageReceived,
    NoteAdded,
    ReplySent,
    SatisfactionRated,
    TicketAcknowledged,
    TicketAssigned,
    TicketCancelled,
    TicketCategorised,
    TicketClosed,
    TicketDeescalated,
    TicketEscalated,
    TicketFieldSet,
    TicketFollowed,
    TicketHeld,
    TicketMerged,
    TicketOpened,
    TicketPended,
    TicketPrioritised,
    TicketQueued,
    TicketRenamed,
    TicketReopened,
    TicketRequesterChanged,
    TicketResolved,
    TicketResumed,
    TicketStatusRestored,
    TicketTagged,
    TicketUnfollowed,
    TicketUnmerged,
    TicketUntagged,
)
from domain.ticket.words import FieldValue, Status


@record
class TicketRow:
    """All instants are UTC.

    `backlog`: the status is one of work not yet done. `priority_rank`: 1 is the most urgent.
    `updated_at` is when the latest event took effect. `first_response_at` is the first public
    answer by a human. `waiting_since` is the oldest requester message without a public human
    answer, or the reopening. `waiting_for` is why it is pending or held. `source` and `source_case`
    name the system that an imported ticket comes from and its own name for it. `status_imported`:
    the status is what an imported history says, and nothing here has changed it since. `version`
    counts the events in the row. `segment` and `vip` are the requester's, as they were when they
    became the requester.
    """

    workspace: str
    ticket: str
    number: int
    subject: str
    requester: str
    organisation: str | None = None
    agent: str | None = None
    team: str | None = None
    queue: str | None = None
    status: str = Status.NEW
    status_category: str = Status.NEW.category
    backlog: bool = True
    priority: str
    priority_rank: int
    impact: str | None = None
    urgency: str | None = None
    category: str | None = None
    channel: str
    language: str | None = None
    region: str | None = None
    tags: tuple[str, ...] = ()
    fields: dict[str, FieldValue]
    followers: tuple[str, ...] = ()
    opened_at: datetime
    updated_at: datetime
    acknowledged_at: datetime | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    waiting_for: str | None = None
    wake_at: datetime | None = None
    last_requester_message_at: datetime | None = None
    waiting_since: datetime | None = None
    reopened: int = 0
    escalation_level: int = 0
    resolution_code: str | None = None
    satisfaction: int | None = None
    merged_into: str | None = None
    source: str | None = None
    source_case: str | None = None
    status_imported: bool = False
    segment: str | None = None
    vip: bool = False
    version: int


Row = TypeVar("Row", bound=TicketRow)


def effective_at(previous: datetime | None, occurred_at: datetime) -> datetime:
    """When an event takes effect: when it occurred, but never before the event before it.

    Imported logs hold rows whose clock ran backwards; their order is the log's all the same.
    """
    return occurred_at if previous is None else max(previous, occurred_at)


def apply(row: Row | None, recorded: Recorded[Any], row_type: type[Row]) -> Row | None:
    """The row after an event. A stream that does not begin with an opening has no row."""
    event = recorded.event
    if isinstance(event, TicketOpened):
        return _opened(row, event, recorded, row_type)
    if row is None:
        return None
    changes = _changes(row, event)
    changes["updated_at"] = effective_at(row.updated_at, event.at)
    changes["version"] = recorded.version
    if "status" in changes:
        changes["status_imported"] = recorded.source is not None
    return with_changes(row, **changes)


def _opened(
    row: Row | None, event: TicketOpened, recorded: Recorded[Any], row_type: type[Row]
) -> Row:
    """The first row of a ticket; a second opening (imported evidence) rewrites its attributes."""
    asked_by_requester = event.by.is_requester
    values: dict[str, Any] = {
        "number": event.number,
        "subject": event.subject,
        "requester": event.requester,
        "organisation": event.organisation,
        "queue": event.queue,
        **_status(Status.NEW),
        "priority": event.priority,
        "priority_rank": event.priority.rank,
        "impact": event.impact,
        "urgency": event.urgency,
        "category": event.category,
        "channel": event.channel,
        "language": event.language,
        "region": event.region,
        "segment": event.segment,
        "vip": event.vip,
        "tags": tuple(sorted(set(event.tags))),
        "fields": dict(sorted((event.fields or {}).items())),
        "opened_at": event.at,
        "updated_at": effective_at(row.updated_at if row else None, event.at),
        "last_requester_message_at": event.at if asked_by_requester else None,
        "waiting_since": event.at if asked_by_requester else None,
        "status_imported": recorded.source is not None,
        "version": recorded.version,
    }
    if row is not None:
        return with_changes(row, **values)
    return row_type(
        workspace=recorded.workspace,
        ticket=ident_of(recorded.stream),
        source=recorded.source.system if recorded.source else None,
        source_case=recorded.source.case if recorded.source else None,
        **values,
    )


def _changes(row: TicketRow, event: Any) -> dict[str, Any]:
    """The columns that an event changes, apart from version and time."""
    match event:
        case TicketAcknowledged(at=at):
            return {"acknowledged_at": row.acknowledged_at or at}
        case TicketAssigned(agent=agent, team=team):
            return {
                **_touched(row, event),
                "agent": agent,
                "team": team,
                **(_worked(row) if agent or team else {}),
            }
        case TicketQueued(queue=queue):
            return {"queue": queue}
        case TicketEscalated(level=level) | TicketDeescalated(level=level):
            return {"escalation_level": level}
        case TicketFollowed(agent=agent):
            return {"followers": tuple(sorted({*row.followers, agent}))}
        case TicketUnfollowed(agent=agent):
            return {"followers": tuple(held for held in row.followers if held != agent)}
        case MessageReceived(at=at):
            return {
                "last_requester_message_at": at,
                "waiting_since": row.waiting_since or at,
            }
        case ReplySent():
            return {**_touched(row, event), **_worked(row), **_answered(row, event)}
        case NoteAdded():
            return _touched(row, event)
        case TicketPended(reason=reason, wake_at=wake_at):
            return {**_status(Status.PENDING), "waiting_for": reason, "wake_at": wake_at}
        case TicketHeld(reason=reason, wake_at=wake_at):
            return {**_status(Status.ON_HOLD), "waiting_for": reason, "wake_at": wake_at}
        case TicketResumed():
            return {**_status(Status.OPEN), **_AWAKE}
        case TicketResolved(at=at, code=code):
            return {
                **_status(Status.RESOLVED),
                **_AWAKE,
                "resolved_at": at,
                "resolution_code": code,
            }
        case TicketReopened(at=at):
            return {
                **_status(Status.OPEN),
                **_AWAKE,
                "reopened": row.reopened + 1,
                "waiting_since": at,
            }
        case TicketClosed(at=at):
            return {**_status(Status.CLOSED), **_AWAKE, "closed_at": at}
        case TicketCancelled():
            return {**_status(Status.CANCELLED), **_AWAKE}
        case TicketStatusRestored():
            return _restored(row, event)
        case TicketMerged(into=into):
            return {**_status(Status.MERGED), "merged_into": into}
        case TicketUnmerged(status=status):
            return {**_status(status), "merged_into": None}
        case TicketRequesterChanged(requester=requester, organisation=organisation):
            return {
                "requester": requester,
                "organisation": organisation,
                "segment": event.segment,
                "vip": event.vip,
            }
        case _:
            return _attributes(row, event)


def _attributes(row: TicketRow, event: Any) -> dict[str, Any]:
    match event:
        case TicketPrioritised(priority=priority, impact=impact, urgency=urgency):
            return {
                "priority": priority,
                "priority_rank": priority.rank,
                "impact": impact,
                "urgency": urgency,
            }
        case TicketCategorised(category=category):
            return {"category": category}
        case TicketTagged(tag=tag):
            return {"tags": tuple(sorted({*row.tags, tag}))}
        case TicketUntagged(tag=tag):
            return {"tags": tuple(held for held in row.tags if held != tag)}
        case TicketFieldSet(name=name, value=None):
            return {"fields": {n: v for n, v in row.fields.items() if n != name}}
        case TicketFieldSet(name=name, value=value):
            return {"fields": dict(sorted({**row.fields, name: value}.items()))}
        case TicketRenamed(subject=subject):
            return {"subject": subject}
        case SatisfactionRated(score=score):
            return {"satisfaction": score}
        case _:
            return {}  # links, splits, absorbed tickets and kept rows show in other views


_AWAKE: dict[str, Any] = {"waiting_for": None, "wake_at": None}


def _restored(row: TicketRow, event: TicketStatusRestored) -> dict[str, Any]:
    # As in the domain: only a reopening leads from resolved to open, so only its undo leads back.
    unreopened = (
        event.undoes is not None
        and event.previous is Status.OPEN
        and event.status is Status.RESOLVED
    )
    return {
        **_status(event.status),
        "waiting_for": event.waiting_for,
        "wake_at": event.wake_at,
        "resolved_at": event.resolved_at,
        "resolution_code": event.resolution_code,
        "reopened": max(0, row.reopened - unreopened),
    }


def _status(status: Status) -> dict[str, Any]:
    return {
        "status": status,
        "status_category": status.category,
        "backlog": status.is_backlog,
    }


def _worked(row: TicketRow) -> dict[str, Any]:
    return _status(Status.OPEN) if row.status == Status.NEW else {}


def _touched(row: TicketRow, event: Any) -> dict[str, Any]:
    if row.acknowledged_at is not None or not event.by.is_agent:
        return {}
    return {"acknowledged_at": event.at}


def _answered(row: TicketRow, event: ReplySent) -> dict[str, Any]:
    """Only a human's public reply counts as an answer."""
    if not event.by.is_agent:
        return {}
    return {"first_response_at": row.first_response_at or event.at, "waiting_since": None}
