"""Which part of a ticket an event changes: two changes of different parts commute."""

from typing import NewType, assert_never

from domain.ticket.events import (
    FollowUpRequested,
    HistoryRowKept,
    MessageReceived,
    NoteAdded,
    ReplySent,
    SatisfactionAsked,
    SatisfactionRated,
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

Aspect = NewType("Aspect", str)

STATUS = Aspect("status")
AGENT = Aspect("agent")
QUEUE = Aspect("queue")
LEVEL = Aspect("escalation level")
PUBLIC = Aspect("public conversation")
PRIORITY = Aspect("priority")
CATEGORY = Aspect("category")
SUBJECT = Aspect("subject")
REQUESTER = Aspect("requester")
RATING = Aspect("rating")


def field_aspect(name: str) -> Aspect:
    return Aspect(f"field {name}")


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
        case MessageReceived() | ReplySent():
            return frozenset({PUBLIC})
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
            | TicketFollowed()
            | TicketUnfollowed()
            | NoteAdded()
            | FollowUpRequested()
            | TicketAbsorbed()
            | TicketReleased()
            | TicketSplit()
            | TicketLinked()
            | TicketUnlinked()
            | TicketTagged()
            | TicketUntagged()
            | SatisfactionAsked()
            | HistoryRowKept()
        ):
            return frozenset()
        case _:
            assert_never(event)
