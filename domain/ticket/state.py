"""What a ticket is now: the fold of everything that happened to it.

`evolve` never refuses: an old or imported stream always loads, whatever the rules say today.
Rules live beside the commands.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import assert_never

from domain.ids import (
    AgentId,
    MessageId,
    OrganisationId,
    QueueId,
    RequesterId,
    TeamId,
    TicketId,
    TicketNumber,
)
from domain.record import record, with_changes
from domain.ticket.events import (
    AgentNotified,
    FollowUpRequested,
    HistoryRowKept,
    MacroApplied,
    MessageReceived,
    NoteAdded,
    ReplySent,
    SatisfactionAsked,
    SatisfactionRated,
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
    TicketFollowed,
    TicketHeld,
    TicketLinked,
    TicketMerged,
    TicketMergeSettled,
    TicketOpened,
    TicketPended,
    TicketPrioritised,
    TicketQueued,
    TicketReleased,
    TicketRenamed,
    TicketReopened,
    TicketRequesterChanged,
    TicketResolved,
    TicketResumed,
    TicketSplit,
    TicketStatusRestored,
    TicketTagged,
    TicketUnfollowed,
    TicketUnlinked,
    TicketUnmerged,
    TicketUntagged,
)
from domain.ticket.words import Channel, FieldValue, Level, Priority, Relation, Status


@record
class Link:
    """`relation` is what the ticket that holds this link is to the `other`."""

    other: TicketId
    relation: Relation


@record
class Ticket:
    """`version` is the number of events folded; 0 means that the ticket does not exist.

    `satisfaction` is the last rating; `satisfaction_asked` and `satisfaction_given` are about the
    latest resolution, because each one may be rated. `asked_at` is when the requester first wrote;
    `answered`: an agent has replied in public since.
    """

    version: int = 0
    number: TicketNumber = TicketNumber(0)
    status: Status = Status.NEW
    status_before_merge: Status | None = None
    merged_into: TicketId | None = None
    absorbed: frozenset[TicketId] = frozenset()
    requester: RequesterId = RequesterId("")
    organisation: OrganisationId | None = None
    subject: str = ""
    channel: Channel = Channel.WEB
    agent: AgentId | None = None
    team: TeamId | None = None
    queue: QueueId | None = None
    escalation_level: int = 0
    priority: Priority = Priority.NORMAL
    impact: Level | None = None
    urgency: Level | None = None
    category: str | None = None
    language: str | None = None
    region: str | None = None
    tags: frozenset[str] = frozenset()
    fields: tuple[tuple[str, FieldValue], ...] = ()
    followers: frozenset[AgentId] = frozenset()
    links: frozenset[Link] = frozenset()
    described: bool = False
    messages: frozenset[MessageId] = frozenset()
    moved_messages: frozenset[MessageId] = frozenset()
    waiting_for: str | None = None
    wake_at: datetime | None = None
    segment: str | None = None
    vip: bool = False
    opened_at: datetime | None = None
    asked_at: datetime | None = None
    answered: bool = False
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution_code: str | None = None
    resolution_note: str = ""
    resolution_article: str | None = None
    reopened: int = 0
    satisfaction: int | None = None
    satisfaction_comment: str = ""
    satisfaction_asked: bool = False
    satisfaction_given: bool = False

    @property
    def exists(self) -> bool:
        return self.version > 0

    def is_linked(self, other: TicketId, relation: Relation) -> bool:
        return Link(other=other, relation=relation) in self.links

    def field(self, name: str) -> FieldValue:
        return dict(self.fields).get(name)

    def reopens_until(self, window: timedelta) -> datetime | None:
        """The last instant at which a requester's message still reopens a resolved ticket."""
        return None if self.resolved_at is None else self.resolved_at + window


def evolve(ticket: Ticket, event: TicketEvent) -> Ticket:
    """The ticket after `event`; `version` counts up by one."""
    return with_changes(_after(ticket, event), version=ticket.version + 1)


def fold(events: Iterable[TicketEvent], ticket: Ticket | None = None) -> Ticket:
    """The ticket after `events`, beginning at `ticket` (None: at nothing)."""
    state = Ticket() if ticket is None else ticket
    for event in events:
        state = evolve(state, event)
    return state


def _after(ticket: Ticket, event: TicketEvent) -> Ticket:  # noqa: C901, PLR0911, PLR0912 - one case per event
    match event:
        case TicketOpened():
            return _opened(ticket, event)
        case TicketAcknowledged(at=at):
            return with_changes(ticket, acknowledged_at=ticket.acknowledged_at or at)
        case TicketAssigned(agent=agent, team=team):
            owned = agent is not None or team is not None
            return with_changes(
                _touched(ticket, event),
                agent=agent,
                team=team,
                status=_worked(ticket) if owned else ticket.status,
            )
        case TicketQueued(queue=queue):
            return with_changes(ticket, queue=queue)
        case TicketEscalated(level=level) | TicketDeescalated(level=level):
            return with_changes(ticket, escalation_level=level)
        case TicketFollowed(agent=agent):
            return with_changes(ticket, followers=ticket.followers | {agent})
        case TicketUnfollowed(agent=agent):
            return with_changes(ticket, followers=ticket.followers - {agent})
        case MessageReceived(message=message, at=at):
            return with_changes(
                ticket, messages=ticket.messages | {message}, asked_at=ticket.asked_at or at
            )
        case ReplySent(message=message):
            return with_changes(
                _touched(ticket, event),
                messages=ticket.messages | {message},
                status=_worked(ticket),
                answered=ticket.answered or (event.by.is_agent and ticket.asked_at is not None),
            )
        case NoteAdded(message=message):
            return with_changes(_touched(ticket, event), messages=ticket.messages | {message})
        case TicketPended(reason=reason, wake_at=wake_at):
            return with_changes(ticket, status=Status.PENDING, waiting_for=reason, wake_at=wake_at)
        case TicketHeld(reason=reason, wake_at=wake_at):
            return with_changes(ticket, status=Status.ON_HOLD, waiting_for=reason, wake_at=wake_at)
        case TicketResumed():
            return _awake(ticket, Status.OPEN)
        case TicketResolved(code=code, note=note, article=article, at=at):
            return with_changes(
                _awake(ticket, Status.RESOLVED),
                resolved_at=at,
                resolution_code=code,
                resolution_note=note,
                resolution_article=article,
                satisfaction_asked=False,
                satisfaction_given=False,
            )
        case TicketReopened():
            return with_changes(_awake(ticket, Status.OPEN), reopened=ticket.reopened + 1)
        case TicketClosed():
            return _awake(ticket, Status.CLOSED)
        case TicketCancelled():
            return _awake(ticket, Status.CANCELLED)
        case TicketStatusRestored():
            return _restored(ticket, event)
        case TicketMerged(into=into):
            return with_changes(
                ticket, status=Status.MERGED, status_before_merge=ticket.status, merged_into=into
            )
        case TicketUnmerged(status=status):
            return with_changes(ticket, status=status, status_before_merge=None, merged_into=None)
        case TicketAbsorbed(source=source):
            return with_changes(ticket, absorbed=ticket.absorbed | {source})
        case TicketReleased(source=source):
            return with_changes(ticket, absorbed=ticket.absorbed - {source})
        case TicketSplit(into=into, messages=messages):
            moved = with_changes(ticket, moved_messages=ticket.moved_messages | set(messages))
            return _linked(moved, into, Relation.RELATED)
        case TicketLinked(other=other, relation=relation):
            return _linked(ticket, other, relation)
        case TicketUnlinked(other=other, relation=relation):
            return with_changes(ticket, links=ticket.links - {Link(other=other, relation=relation)})
        case TicketPrioritised(priority=priority, impact=impact, urgency=urgency):
            return with_changes(ticket, priority=priority, impact=impact, urgency=urgency)
        case TicketCategorised(category=category):
            return with_changes(ticket, category=category)
        case TicketTagged(tag=tag):
            return with_changes(ticket, tags=ticket.tags | {tag})
        case TicketUntagged(tag=tag):
            return with_changes(ticket, tags=ticket.tags - {tag})
        case TicketFieldSet(name=name, value=value):
            return with_changes(ticket, fields=_with_field(ticket.fields, name, value))
        case TicketRenamed(subject=subject):
            return with_changes(ticket, subject=subject)
        case TicketRequesterChanged(requester=requester, organisation=organisation):
            return with_changes(
                ticket,
                requester=requester,
                organisation=organisation,
                segment=event.segment,
                vip=event.vip,
            )
        case SatisfactionAsked():
            return with_changes(ticket, satisfaction_asked=True)
        case SatisfactionRated(score=score, comment=comment):
            return with_changes(
                ticket,
                satisfaction=score,
                satisfaction_comment=comment,
                satisfaction_given=True,
            )
        case FollowUpRequested(follow_up=follow_up):
            return _linked(ticket, follow_up, Relation.FOLLOWED_UP_BY)
        case (
            TicketMergeSettled()
            | SlaWarningRaised()
            | SlaBreached()
            | SlaEscalated()
            | AgentNotified()
            | MacroApplied()
            | HistoryRowKept()
        ):
            return ticket
        case _:
            assert_never(event)


def _opened(ticket: Ticket, event: TicketOpened) -> Ticket:
    opened = with_changes(
        ticket,
        number=event.number,
        status=Status.NEW,
        requester=event.requester,
        organisation=event.organisation,
        subject=event.subject,
        channel=event.channel,
        queue=event.queue,
        priority=event.priority,
        impact=event.impact,
        urgency=event.urgency,
        category=event.category,
        language=event.language,
        region=event.region,
        tags=frozenset(event.tags),
        fields=tuple(sorted((event.fields or {}).items())),
        described=bool(event.description or event.attachments),
        messages=ticket.messages | set(event.messages),
        segment=event.segment,
        vip=event.vip,
        opened_at=event.at,
        asked_at=event.at if event.by.is_requester or event.messages else None,
    )
    if event.follow_up_of is not None:
        opened = _linked(opened, event.follow_up_of, Relation.FOLLOW_UP)
    if event.split_from is not None:
        opened = _linked(opened, event.split_from, Relation.RELATED)
    return opened


def _awake(ticket: Ticket, status: Status) -> Ticket:
    """In a status in which nothing is waited for."""
    return with_changes(ticket, status=status, waiting_for=None, wake_at=None)


def _restored(ticket: Ticket, event: TicketStatusRestored) -> Ticket:
    # Only a reopening leads from resolved to open, so only its undo leads back.
    unreopened = (
        event.undoes is not None
        and event.previous is Status.OPEN
        and event.status is Status.RESOLVED
    )
    # The event does not say what an earlier resolution said; that there was none, it does.
    never = event.resolved_at is None
    return with_changes(
        ticket,
        status=event.status,
        waiting_for=event.waiting_for,
        wake_at=event.wake_at,
        resolved_at=event.resolved_at,
        resolution_code=event.resolution_code,
        resolution_note="" if never else ticket.resolution_note,
        resolution_article=None if never else ticket.resolution_article,
        reopened=max(0, ticket.reopened - unreopened),
    )


def _linked(ticket: Ticket, other: TicketId, relation: Relation) -> Ticket:
    return with_changes(ticket, links=ticket.links | {Link(other=other, relation=relation)})


def _touched(ticket: Ticket, event: TicketEvent) -> Ticket:
    """The first thing that an agent does to a ticket acknowledges it."""
    if ticket.acknowledged_at is not None or not event.by.is_agent:
        return ticket
    return with_changes(ticket, acknowledged_at=event.at)


def _worked(ticket: Ticket) -> Status:
    """Work on a new ticket opens it; any other status stays as it is."""
    return Status.OPEN if ticket.status is Status.NEW else ticket.status


def _with_field(
    fields: tuple[tuple[str, FieldValue], ...], name: str, value: FieldValue
) -> tuple[tuple[str, FieldValue], ...]:
    others = {key: held for key, held in fields if key != name}
    return tuple(sorted((others if value is None else others | {name: value}).items()))
