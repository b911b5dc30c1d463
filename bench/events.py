"""The event that appends are measured with, as a command's request to the store."""

from datetime import UTC, datetime
from uuid import uuid4

from adapters.codec import encode
from bench.desk import WORKSPACE
from commands.ports import Append, NewEvent, StreamWrite
from domain.actor import Actor, ActorKind
from domain.ids import CommandId, MessageId, RequesterId, StreamId, TicketId, ticket_stream
from domain.ticket.events import NoteAdded

_BODY = (
    "Called the requester back. The printer on the second floor prints again since the driver was"
    " replaced; the old one came back with the update of last night. Asked the colleagues on the"
    " third floor whether theirs does the same, and left a note for the night shift."
)
_BY = Actor(kind=ActorKind.AGENT, id="kim")


def new_stream() -> StreamId:
    return ticket_stream(TicketId(str(uuid4())))


def append_of(stream: StreamId, version: int) -> Append:
    """A command of one event that makes `version` of a stream."""
    command = CommandId(uuid4())
    return Append(
        workspace=WORKSPACE,
        command_id=command,
        fingerprint="bench",
        correlation_id=str(command),
        recorded_at=datetime.now(UTC),
        writes=(
            StreamWrite(
                stream=stream, expected_version=version - 1, events=(NewEvent(event=_note()),)
            ),
        ),
    )


def event_bytes() -> bytes:
    """What is stored of such an event; yardsticks store as many bytes."""
    return encode(_note(), str(uuid4()))[1]


def _note() -> NoteAdded:
    return NoteAdded(
        by=_BY,
        at=datetime.now(UTC),
        message=MessageId(str(uuid4())),
        requester=RequesterId("mina"),
        body=_BODY,
    )
