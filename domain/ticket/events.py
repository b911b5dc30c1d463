"""Everything that can happen to a ticket.

`kind` is the stored name and the fields are the stored fields: both are forever (see
tests/golden). An event that changes a value carries the old and the new one.
"""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from domain.happened import Happened, Personal
from domain.ids import (
    AgentId,
    MacroId,
    MessageId,
    OrganisationId,
    PolicyId,
    QueueId,
    RequesterId,
    TeamId,
    TicketId,
    TicketNumber,
)
from domain.record import record
from domain.ticket.messages import Attachment
from domain.ticket.words import (
    Channel,
    ClosedBecause,
    FieldValue,
    Format,
    Level,
    Priority,
    Relation,
    Status,
)

OfRequester = Annotated[str, Personal(of="requester")]
Attachments = Annotated[tuple[Attachment, ...], Personal(of="requester")]
"""Files beside a text. What somebody called a file is as personal as what they wrote."""


# --- opening -------------------------------------------------------------------------------


@record
class TicketOpened(Happened):
    """A request came in and got its number.

    `description` is the requester's first message when the requester opened the ticket, and the
    agent's account of the request when an agent opened it on behalf. `messages` came along from
    `split_from`. A follow-up carries the link to `follow_up_of`, a split one that to `split_from`.
    `segment` and `vip` are the requester's at that instant, `origin_opened_at` is when the ticket
    was opened that this one follows.
    """

    kind: Literal["ticket.opened"] = "ticket.opened"
    number: TicketNumber
    requester: RequesterId
    subject: OfRequester
    description: OfRequester = ""
    channel: Channel = Channel.WEB
    queue: QueueId | None = None
    organisation: OrganisationId | None = None
    priority: Priority = Priority.NORMAL
    impact: Level | None = None
    urgency: Level | None = None
    category: str | None = None
    language: str | None = None
    region: str | None = None
    tags: tuple[str, ...] = ()
    fields: dict[str, FieldValue] | None = None
    follow_up_of: TicketId | None = None
    split_from: TicketId | None = None
    messages: tuple[MessageId, ...] = ()
    segment: str | None = None
    vip: bool = False
    origin_opened_at: datetime | None = None
    format: Format = Format.TEXT
    attachments: Attachments = ()


@record
class TicketAcknowledged(Happened):
    """An agent has seen it."""

    kind: Literal["ticket.acknowledged"] = "ticket.acknowledged"


# --- who works on it -----------------------------------------------------------------------


@record
class TicketAssigned(Happened):
    """An agent or a team owns the work; both are None when it was given back to its queue.

    `team` is the agent's team at that instant, so that figures per team keep their meaning.
    """

    kind: Literal["ticket.assigned"] = "ticket.assigned"
    agent: AgentId | None
    previous: AgentId | None
    team: TeamId | None = None
    previous_team: TeamId | None = None


@record
class TicketQueued(Happened):
    """It waits in another queue from now on; None: in no queue."""

    kind: Literal["ticket.queued"] = "ticket.queued"
    queue: QueueId | None
    previous: QueueId | None


@record
class TicketEscalated(Happened):
    """A higher level of support has it; level 0 is the normal one."""

    kind: Literal["ticket.escalated"] = "ticket.escalated"
    level: int
    previous: int
    reason: str


@record
class TicketDeescalated(Happened):
    """It is back at a lower level of support."""

    kind: Literal["ticket.deescalated"] = "ticket.deescalated"
    level: int
    previous: int
    reason: str


@record
class TicketFollowed(Happened):
    """An agent wants to hear of everything that happens to it."""

    kind: Literal["ticket.followed"] = "ticket.followed"
    agent: AgentId


@record
class TicketUnfollowed(Happened):
    """The agent does not follow it any more."""

    kind: Literal["ticket.unfollowed"] = "ticket.unfollowed"
    agent: AgentId


# --- conversation --------------------------------------------------------------------------


@record
class MessageReceived(Happened):
    """The requester wrote."""

    kind: Literal["ticket.message_received"] = "ticket.message_received"
    message: MessageId
    requester: RequesterId
    body: OfRequester
    channel: Channel
    format: Format = Format.TEXT
    attachments: Attachments = ()


@record
class ReplySent(Happened):
    """A public answer to the requester, by an agent or a rule."""

    kind: Literal["ticket.reply_sent"] = "ticket.reply_sent"
    message: MessageId
    requester: RequesterId
    body: OfRequester
    channel: Channel
    format: Format = Format.TEXT
    attachments: Attachments = ()


@record
class NoteAdded(Happened):
    """An internal note: never shown to the requester. `mentions` are told of it."""

    kind: Literal["ticket.note_added"] = "ticket.note_added"
    message: MessageId
    requester: RequesterId
    body: OfRequester
    format: Format = Format.TEXT
    attachments: Attachments = ()
    mentions: tuple[AgentId, ...] = ()


@record
class FollowUpRequested(Happened):
    """The requester came back too late to reopen; the message lives in ticket `follow_up`.

    The two tickets are linked by it.
    """

    kind: Literal["ticket.follow_up_requested"] = "ticket.follow_up_requested"
    follow_up: TicketId
    follow_up_number: TicketNumber


# --- status --------------------------------------------------------------------------------


@record
class TicketPended(Happened):
    """We asked the requester something. `wake_at`: resume by itself at that instant (UTC)."""

    kind: Literal["ticket.pended"] = "ticket.pended"
    reason: str
    wake_at: datetime | None = None


@record
class TicketHeld(Happened):
    """A supplier, another team or a date is awaited. `wake_at`: resume at that instant (UTC)."""

    kind: Literal["ticket.held"] = "ticket.held"
    reason: str
    wake_at: datetime | None = None


@record
class TicketResumed(Happened):
    """The waiting is over; it is back at work."""

    kind: Literal["ticket.resumed"] = "ticket.resumed"
    reason: str


@record
class TicketResolved(Happened):
    """An answer was given. `code` says how, `article` names the knowledge that helped."""

    kind: Literal["ticket.resolved"] = "ticket.resolved"
    requester: RequesterId
    code: str
    note: OfRequester = ""
    article: str | None = None


@record
class TicketReopened(Happened):
    """The answer did not help; the requester is waiting again."""

    kind: Literal["ticket.reopened"] = "ticket.reopened"
    reason: str


@record
class TicketClosed(Happened):
    """Confirmed or timed out: it never changes again."""

    kind: Literal["ticket.closed"] = "ticket.closed"
    because: ClosedBecause


@record
class TicketCancelled(Happened):
    """It asked for nothing: spam, entered twice, withdrawn."""

    kind: Literal["ticket.cancelled"] = "ticket.cancelled"
    reason: str


@record
class TicketStatusRestored(Happened):
    """An undo took back a change of status: the ticket is again what it was before.

    The fields after `previous` are what held before the change that was undone. In imported
    history it may undo nothing: the source then shows the status, but no act that led there.
    """

    kind: Literal["ticket.status_restored"] = "ticket.status_restored"
    status: Status
    previous: Status
    waiting_for: str | None = None
    wake_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution_code: str | None = None


# --- merge, split, link --------------------------------------------------------------------


@record
class TicketMerged(Happened):
    """This ticket's conversation lives on in `into`."""

    kind: Literal["ticket.merged"] = "ticket.merged"
    into: TicketId


@record
class TicketAbsorbed(Happened):
    """The conversation of `source` lives on here.

    `opened_at` is when that was opened, or an older one that lived on in it; `asked_at` since when
    somebody waits for a first answer in it, None when nobody does.
    """

    kind: Literal["ticket.absorbed"] = "ticket.absorbed"
    source: TicketId
    opened_at: datetime | None = None
    asked_at: datetime | None = None


@record
class TicketMergeSettled(Happened):
    """The ticket that this one was merged into was resolved."""

    kind: Literal["ticket.merge_settled"] = "ticket.merge_settled"
    into: TicketId


@record
class TicketUnmerged(Happened):
    """It stands on its own again, with the status it had before the merge."""

    kind: Literal["ticket.unmerged"] = "ticket.unmerged"
    parted_from: TicketId
    status: Status


@record
class TicketReleased(Happened):
    """The conversation of `source` does not live here any more."""

    kind: Literal["ticket.released"] = "ticket.released"
    source: TicketId


@record
class TicketSplit(Happened):
    """These messages are handled in a ticket of their own from now on."""

    kind: Literal["ticket.split"] = "ticket.split"
    into: TicketId
    messages: tuple[MessageId, ...]


@record
class TicketLinked(Happened):
    """`relation` is what this ticket is to the `other` one."""

    kind: Literal["ticket.linked"] = "ticket.linked"
    other: TicketId
    relation: Relation


@record
class TicketUnlinked(Happened):
    """The link is gone."""

    kind: Literal["ticket.unlinked"] = "ticket.unlinked"
    other: TicketId
    relation: Relation


# --- attributes ----------------------------------------------------------------------------


@record
class TicketPrioritised(Happened):
    """By the matrix (impact and urgency), or overridden with a reason."""

    kind: Literal["ticket.prioritised"] = "ticket.prioritised"
    priority: Priority
    previous: Priority
    impact: Level | None = None
    previous_impact: Level | None = None
    urgency: Level | None = None
    previous_urgency: Level | None = None
    override_reason: str | None = None


@record
class TicketCategorised(Happened):
    """What kind of request it is; None: no category."""

    kind: Literal["ticket.categorised"] = "ticket.categorised"
    category: str | None
    previous: str | None


@record
class TicketTagged(Happened):
    """A tag was put on it."""

    kind: Literal["ticket.tagged"] = "ticket.tagged"
    tag: str


@record
class TicketUntagged(Happened):
    """A tag was taken off."""

    kind: Literal["ticket.untagged"] = "ticket.untagged"
    tag: str


@record
class TicketFieldSet(Happened):
    """A custom field; None means the field is empty."""

    kind: Literal["ticket.field_set"] = "ticket.field_set"
    requester: RequesterId
    name: str
    value: Annotated[FieldValue, Personal(of="requester")]
    previous: Annotated[FieldValue, Personal(of="requester")]


@record
class TicketRenamed(Happened):
    """It has another subject."""

    kind: Literal["ticket.renamed"] = "ticket.renamed"
    requester: RequesterId
    subject: OfRequester
    previous: OfRequester


@record
class TicketRequesterChanged(Happened):
    """Somebody else asks, with the organisation and the segment they belong to."""

    kind: Literal["ticket.requester_changed"] = "ticket.requester_changed"
    requester: RequesterId
    previous: RequesterId
    organisation: OrganisationId | None = None
    previous_organisation: OrganisationId | None = None
    segment: str | None = None
    previous_segment: str | None = None
    vip: bool = False
    previous_vip: bool = False


# --- satisfaction --------------------------------------------------------------------------


@record
class SatisfactionAsked(Happened):
    """A survey was offered to the requester."""

    kind: Literal["ticket.satisfaction_asked"] = "ticket.satisfaction_asked"


@record
class SatisfactionRated(Happened):
    """CSAT: a score from 1 to 5; 4 and 5 count as positive."""

    kind: Literal["ticket.satisfaction_rated"] = "ticket.satisfaction_rated"
    requester: RequesterId
    score: int
    comment: OfRequester = ""


# --- promises ------------------------------------------------------------------------------


@record
class SlaWarningRaised(Happened):
    """A clock reached a `step` before it was due; `at` is the true instant of that.

    `instance` is the version of the event that started the clock. It was judged by that version of
    the policy.
    """

    kind: Literal["ticket.sla_warning_raised"] = "ticket.sla_warning_raised"
    clock: str
    instance: int
    step: str
    policy: PolicyId
    policy_version: int


@record
class SlaBreached(Happened):
    """A clock ran out; `at` is its due instant. It never happens twice to an instance."""

    kind: Literal["ticket.sla_breached"] = "ticket.sla_breached"
    clock: str
    instance: int
    policy: PolicyId
    policy_version: int


@record
class SlaEscalated(Happened):
    """A clock reached a `step` when it was due or after that."""

    kind: Literal["ticket.sla_escalated"] = "ticket.sla_escalated"
    clock: str
    instance: int
    step: str
    policy: PolicyId
    policy_version: int


@record
class AgentNotified(Happened):
    """An agent is to be told of it, as `role` ("assignee", "queue_lead", "manager")."""

    kind: Literal["ticket.agent_notified"] = "ticket.agent_notified"
    agent: AgentId
    role: str
    about: str


# --- macros --------------------------------------------------------------------------------


@record
class AppliedStep:
    """A step of a macro, and how many of the events that follow are its own."""

    command: str
    events: int


@record
class MacroApplied(Happened):
    """A macro was applied; what its steps changed is in the events that follow, in their order.

    `name` and `macro_version` are the macro's at that moment.
    """

    kind: Literal["ticket.macro_applied"] = "ticket.macro_applied"
    macro: MacroId
    macro_version: int
    name: str
    steps: tuple[AppliedStep, ...]


# --- imported evidence ---------------------------------------------------------------------


@record
class HistoryRowKept(Happened):
    """One row of an imported log, as it was found: evidence, not a request.

    `state` is the status in the words of the source; `changed` holds the columns that differ from
    the row before it. `anomaly` says why the row did not fit the lifecycle, if it did not.
    """

    kind: Literal["ticket.history_row_kept"] = "ticket.history_row_kept"
    requester: RequesterId
    state: str
    changed: Annotated[dict[str, str], Personal(of="requester")]
    anomaly: str | None = None


TicketEvent: TypeAlias = (
    TicketOpened
    | TicketAcknowledged
    | TicketAssigned
    | TicketQueued
    | TicketEscalated
    | TicketDeescalated
    | TicketFollowed
    | TicketUnfollowed
    | MessageReceived
    | ReplySent
    | NoteAdded
    | FollowUpRequested
    | TicketPended
    | TicketHeld
    | TicketResumed
    | TicketResolved
    | TicketReopened
    | TicketClosed
    | TicketCancelled
    | TicketStatusRestored
    | TicketMerged
    | TicketAbsorbed
    | TicketMergeSettled
    | TicketUnmerged
    | TicketReleased
    | TicketSplit
    | TicketLinked
    | TicketUnlinked
    | TicketPrioritised
    | TicketCategorised
    | TicketTagged
    | TicketUntagged
    | TicketFieldSet
    | TicketRenamed
    | TicketRequesterChanged
    | SatisfactionAsked
    | SatisfactionRated
    | SlaWarningRaised
    | SlaBreached
    | SlaEscalated
    | AgentNotified
    | MacroApplied
    | HistoryRowKept
)
