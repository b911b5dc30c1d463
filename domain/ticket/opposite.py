"""What takes an event back: its opposite, or the reason why there is none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from domain.actor import Actor
from domain.happened import Happened
from domain.ids import EventId
from domain.ticket.events import (
    AgentNotified,
    FollowUpRequested,
    HistoryRowKept,
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
    TicketCategorised,
    TicketClosed,
    TicketDeescalated,
    TicketEscalated,
    TicketEvent,
    TicketFieldSet,
    TicketFollowed,
    TicketLinked,
    TicketMergeSettled,
    TicketOpened,
    TicketPrioritised,
    TicketQueued,
    TicketReleased,
    TicketRenamed,
    TicketRequesterChanged,
    TicketSplit,
    TicketStatusRestored,
    TicketTagged,
    TicketUnfollowed,
    TicketUnlinked,
    TicketUnmerged,
    TicketUntagged,
)
from domain.ticket.state import Ticket

STAYS: dict[type[Happened], str] = {
    TicketOpened: "A ticket once opened stays on record; cancel it instead.",
    TicketAcknowledged: "It was seen; that cannot be unseen.",
    MessageReceived: "The requester's words stay on record.",
    ReplySent: "The reply has reached the requester; send another one.",
    NoteAdded: "A note stays on record; add another one.",
    FollowUpRequested: "The follow-up ticket exists; merge or cancel that one.",
    TicketSplit: "The new ticket may have been worked on; merge it back instead.",
    TicketClosed: "A closed ticket never changes again; a new message opens a follow-up.",
    TicketAbsorbed: "Undo the merge on the ticket that was merged into this one.",
    TicketReleased: "Merge the tickets again.",
    TicketUnmerged: "Merge the tickets again.",
    TicketStatusRestored: "It is an undo itself; give the command that was undone again.",
    SatisfactionAsked: "The survey has reached the requester.",
    SatisfactionRated: "The rating is the requester's word; they may rate again.",
    TicketMergeSettled: "It follows from the resolution of the other ticket; reopen that one.",
    SlaWarningRaised: "The clock did reach that point; that cannot be unsaid.",
    SlaBreached: "The promise was broken at that instant, whatever comes later.",
    SlaEscalated: "The clock did reach that point; undo what was done because of it.",
    AgentNotified: "The agent has been told.",
    HistoryRowKept: "It is evidence from another system.",
}
"""Why events of these kinds cannot be taken back, and what to do instead."""


def opposite(
    undone: TicketEvent, before: Ticket, now: Ticket, *, by: Actor, at: datetime, undoes: EventId
) -> Sequence[TicketEvent]:
    """Events that bring back what held `before` the event, where it still stands `now`.

    Merging is taken back by unmerging, and is no business of this function; nor is what STAYS.
    """
    match replace(undone, by=by, at=at, undoes=undoes):
        case TicketAssigned() as event:
            return [
                replace(
                    event,
                    agent=before.agent,
                    previous=now.agent,
                    team=before.team,
                    previous_team=now.team,
                )
            ]
        case TicketQueued() as event:
            return [replace(event, queue=before.queue, previous=now.queue)]
        case TicketEscalated() | TicketDeescalated():
            level = TicketEscalated if isinstance(undone, TicketDeescalated) else TicketDeescalated
            return [
                level(
                    level=before.escalation_level,
                    previous=now.escalation_level,
                    reason="Undone.",
                    by=by,
                    at=at,
                    undoes=undoes,
                )
            ]
        case TicketFollowed(agent=agent):
            return [TicketUnfollowed(agent=agent, by=by, at=at, undoes=undoes)]
        case TicketUnfollowed(agent=agent):
            return [TicketFollowed(agent=agent, by=by, at=at, undoes=undoes)]
        case TicketTagged(tag=tag):
            return [TicketUntagged(tag=tag, by=by, at=at, undoes=undoes)]
        case TicketUntagged(tag=tag):
            return [TicketTagged(tag=tag, by=by, at=at, undoes=undoes)]
        case TicketLinked(other=other, relation=relation):
            return [TicketUnlinked(other=other, relation=relation, by=by, at=at, undoes=undoes)]
        case TicketUnlinked(other=other, relation=relation):
            return [TicketLinked(other=other, relation=relation, by=by, at=at, undoes=undoes)]
        case TicketPrioritised() as event:
            return [
                replace(
                    event,
                    priority=before.priority,
                    previous=now.priority,
                    impact=before.impact,
                    previous_impact=now.impact,
                    urgency=before.urgency,
                    previous_urgency=now.urgency,
                    override_reason=None,
                )
            ]
        case TicketCategorised() as event:
            return [replace(event, category=before.category, previous=now.category)]
        case TicketFieldSet(name=name) as event:
            return [replace(event, value=before.field(name), previous=now.field(name))]
        case TicketRenamed() as event:
            return [replace(event, subject=before.subject, previous=now.subject)]
        case TicketRequesterChanged() as event:
            return [
                replace(
                    event,
                    requester=before.requester,
                    previous=now.requester,
                    organisation=before.organisation,
                    previous_organisation=now.organisation,
                    segment=before.segment,
                    previous_segment=now.segment,
                    vip=before.vip,
                    previous_vip=now.vip,
                )
            ]
        case _:
            return [restored(before, now, by=by, at=at, undoes=undoes)]


def restored(
    before: Ticket, now: Ticket, *, by: Actor, at: datetime, undoes: EventId
) -> TicketStatusRestored:
    """The status, and what went with it, as it was before."""
    return TicketStatusRestored(
        status=before.status,
        previous=now.status,
        waiting_for=before.waiting_for,
        wake_at=before.wake_at,
        resolved_at=before.resolved_at,
        resolution_code=before.resolution_code,
        by=by,
        at=at,
        undoes=undoes,
    )
