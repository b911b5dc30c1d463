"""Conversations of other systems: which ticket each one is about, and what was taken in.

A conversation is named by the system that has it (`source`) and by that system's own name for it.
"""

from enum import StrEnum
from typing import Literal, TypeAlias
from uuid import UUID, uuid5

from domain.happened import Happened
from domain.ids import AgentId, StreamId, TicketId, stream_of
from domain.record import record, with_changes

_NAMESPACE = UUID("2f0b1c6e-5d52-5c1e-8a0f-7d2c4b9e3f60")


class Taken(StrEnum):
    """What a report came to."""

    OPENED = "opened"
    WROTE = "wrote"
    RESOLVED = "resolved"
    NOTED = "noted"
    """The ticket had ended already: what the report says of it stands beside it."""
    NOTHING = "nothing"
    """The ticket had ended already, and the report says nothing more."""


@record
class IntakeTaken(Happened):
    """A report of another system was taken in: what became of it, in which ticket.

    `handed_in_by` is the agent whose token was shown, `token` names that token.
    """

    kind: Literal["intake.taken"] = "intake.taken"
    source: str
    external_id: str
    conversation: str
    ticket: TicketId
    taken: Taken
    handed_in_by: AgentId | None = None
    token: str | None = None


IntakeEvent: TypeAlias = IntakeTaken


@record
class Conversation:
    """`ticket` is the one that what comes next belongs to; None: there was none yet."""

    ticket: TicketId | None = None
    version: int = 0


def evolve(conversation: Conversation, event: IntakeEvent) -> Conversation:
    """The state after an event."""
    return with_changes(conversation, ticket=event.ticket, version=conversation.version + 1)


def conversation_stream(source: str, conversation: str) -> StreamId:
    """The stream of a conversation. Its names may be long and of any characters: it is a digest."""
    return stream_of("intake", str(uuid5(_NAMESPACE, f"{source}\n{conversation}")))
