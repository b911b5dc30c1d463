"""Which part of a ticket an event changes: two changes of different parts commute.

What an event implies is no aspect of it. An assignment opens a new ticket and a reply does, but
nobody decided on that status, and `open unless it is something else already` comes out the same
in either order; so a colleague's pend or resolve is not refused because of it.

A requester's message is an aspect of its own: to resolve, pend or cancel without having seen it
would put a question to sleep that nobody has read.
"""

from typing import NewType, assert_never

from domain.ids import AgentId, TicketId
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
from domain.ticket.words import Relation

Aspect = NewType("Aspect", str)

STATUS = Aspect("status")
AGENT = Aspect("agent")
QUEUE = Aspect("queue")
LEVEL = Aspect("escalation level")
INCOMING = Aspect("requester's messages")
PUBLIC = Aspect("public replies")
PRIORITY = Aspect("priority")
CATEGORY = Aspect("category")
SUBJECT = Aspect("subject")
REQUESTER = Aspect("requester")
RATING = Aspect("rating")


def field_aspect(name: str) -> Aspect:
    """A custom field."""
    return Aspect(f"field {name}")


def tag_aspect(tag: str) -> Aspect:
    """Whether it has this tag."""
    return Aspect(f"tag {tag}")


def follower_aspect(agent: AgentId) -> Aspect:
    """Whether this agent follows it."""
    return Aspect(f"follower {agent}")


def link_aspect(other: TicketId, relation: Relation) -> Aspect:
    """Whether it is linked so."""
    return Aspect(f"link {relation} {other}")


def changed_by(event: TicketEvent) -> frozenset[Aspect]:
    """The parts of a ticket that are another than before `event`."""
    match event:
        case (
            TicketPended()
            | TicketHeld()
            | TicketResumed()
            | TicketResolved()
            | TicketReopened()
            | TicketClosed()
            | TicketCancelled()
            | TicketStatusRestored()
            | TicketMerged()
            | TicketUnmerged()
        ):
            return frozenset({STATUS})
        case TicketAssigned():
            return frozenset({AGENT})
        case TicketQueued():
            return frozenset({QUEUE})
        case TicketEscalated() | TicketDeescalated():
            return frozenset({LEVEL})
        case MessageReceived():
            return frozenset({INCOMING})
        case ReplySent():
            return frozenset({PUBLIC})
        case TicketTagged(tag=tag) | TicketUntagged(tag=tag):
            return frozenset({tag_aspect(tag)})
        case TicketFollowed(agent=agent) | TicketUnfollowed(agent=agent):
            return frozenset({follower_aspect(agent)})
        case (
            TicketLinked(other=other, relation=relation)
            | TicketUnlinked(other=other, relation=relation)
        ):
            return frozenset({link_aspect(other, relation)})
        case TicketPrioritised():
            return frozenset({PRIORITY})
        case TicketCategorised():
            return frozenset({CATEGORY})
        case TicketFieldSet(name=name):
            return frozenset({field_aspect(name)})
        case TicketRenamed():
            return frozenset({SUBJECT})
        case TicketRequesterChanged():
            return frozenset({REQUESTER})
        case SatisfactionRated():
            return frozenset({RATING})
        case (
            TicketOpened()
            | TicketAcknowledged()
            | NoteAdded()
            | FollowUpRequested()
            | TicketAbsorbed()
            | TicketReleased()
            | TicketSplit()
            | SatisfactionAsked()
            | TicketMergeSettled()
            | SlaWarningRaised()
            | SlaBreached()
            | SlaEscalated()
            | AgentNotified()
            | MacroApplied()
            | HistoryRowKept()
        ):
            return frozenset()
        case _:
            assert_never(event)
