"""Names for the things that have an identity, so that the type checker keeps them apart.

All ids are text: they travel through JSON, URLs and SQL unchanged. A stream id is the
category and the id of one thing, joined by a colon: `ticket:0192f0c1-...`, `agent:kim`.
"""

from typing import NewType
from uuid import UUID, uuid5

WorkspaceId = NewType("WorkspaceId", str)
StreamId = NewType("StreamId", str)
EventId = NewType("EventId", str)
TicketId = NewType("TicketId", str)
TicketNumber = NewType("TicketNumber", int)
MessageId = NewType("MessageId", str)
RequesterId = NewType("RequesterId", str)
OrganisationId = NewType("OrganisationId", str)
AgentId = NewType("AgentId", str)
TeamId = NewType("TeamId", str)
QueueId = NewType("QueueId", str)
CalendarId = NewType("CalendarId", str)
PolicyId = NewType("PolicyId", str)
SavedViewId = NewType("SavedViewId", str)
CannedResponseId = NewType("CannedResponseId", str)
BlobId = NewType("BlobId", str)
MacroId = NewType("MacroId", str)
FieldName = NewType("FieldName", str)
CommandId = NewType("CommandId", UUID)

_NAMESPACE = UUID("6f1c2e7a-0c3d-5b52-9a3e-0d6b5c8c7a11")


def derived(command: CommandId, what: str) -> str:
    """An id that the same command always derives again, so that a retry names the same thing."""
    return str(uuid5(command, what))


def event_id(workspace: WorkspaceId, stream: StreamId, version: int) -> EventId:
    """The id of an event: a name-based UUID (RFC 9562, version 5) of its place in its stream."""
    return EventId(str(uuid5(_NAMESPACE, f"{workspace}/{stream}/{version}")))


def stream_of(category: str, ident: str) -> StreamId:
    """The stream of one thing."""
    return StreamId(f"{category}:{ident}")


def ticket_stream(ticket: TicketId) -> StreamId:
    """A ticket's stream."""
    return stream_of("ticket", ticket)


def requester_stream(requester: RequesterId) -> StreamId:
    """A requester's stream."""
    return stream_of("requester", requester)


def organisation_stream(organisation: OrganisationId) -> StreamId:
    """An organisation's stream."""
    return stream_of("organisation", organisation)


def agent_stream(agent: AgentId) -> StreamId:
    """An agent's stream."""
    return stream_of("agent", agent)


def team_stream(team: TeamId) -> StreamId:
    """A team's stream."""
    return stream_of("team", team)


def queue_stream(queue: QueueId) -> StreamId:
    """A queue's stream."""
    return stream_of("queue", queue)


def saved_view_stream(saved_view: SavedViewId) -> StreamId:
    """A saved view's stream."""
    return stream_of("saved_view", saved_view)


def canned_response_stream(canned_response: CannedResponseId) -> StreamId:
    """A canned response's stream."""
    return stream_of("canned_response", canned_response)


def macro_stream(macro: MacroId) -> StreamId:
    """A macro's stream."""
    return stream_of("macro", macro)


DESK_RULES = StreamId("desk:rules")
"""The one stream that holds the rules of a workspace."""

SLA_BOOK = StreamId("sla:book")
"""The one stream that holds the calendars and policies of a workspace."""

FIELDS = StreamId("field:all")
"""The one stream that holds the definitions of a workspace's custom fields."""


def category_of(stream: StreamId) -> str:
    """What kind of thing the stream is about."""
    return stream.partition(":")[0]


def ident_of(stream: StreamId) -> str:
    """The id of the thing that the stream is about."""
    return stream.partition(":")[2]
