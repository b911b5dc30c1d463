"""The timeline of a ticket."""

from typing import Any, Literal

from api.shapes.deriving import like
from domain.actor import ActorKind
from domain.record import record
from domain.ticket.words import Channel, Format
from projections.conversation import Entry, EntryKind


@like(Entry, without=("workspace",))
class ConversationEntry:
    """One line of a timeline. `body` is what was said, `details` the fields of any other event.

    `event` is the kind of the event behind it, `actor` an id of the `actor_kind`. `moved_to` is the
    ticket in which the message is handled since it was split off. `html` may be put into a page; it
    is null for what was not written in HTML.
    """

    kind: EntryKind
    actor_kind: ActorKind
    channel: Channel | None
    format: Format
    html: str | None
    moved_to: str | None


@like(ConversationEntry)
class OwnConversationEntry:
    """One line of a timeline, to the requester. `actor` is null when one of us did it."""

    public: Literal[True]
    actor: str | None
    details: dict[str, Any]


@record
class Conversation:
    """A page of the timeline, in the order that was asked for; `next` is null on the last."""

    items: tuple[ConversationEntry, ...]
    next: str | None


@record
class OwnConversation:
    """A page of the public part of the timeline."""

    items: tuple[OwnConversationEntry, ...]
    next: str | None
