"""Requests to a store, for the tests of stores."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from commands.ports import Append, NewEvent, StreamCheck, StreamWrite
from domain.actor import Actor, ActorKind
from domain.happened import Happened
from domain.ids import CommandId, StreamId, WorkspaceId
from domain.recorded import Source
from domain.ticket.events import TicketTagged

HERE = WorkspaceId("here")
ELSEWHERE = WorkspaceId("elsewhere")
AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
RECORDED_AT = datetime(2026, 3, 2, 9, 0, 1, 654321, tzinfo=UTC)
KIM = Actor(kind=ActorKind.AGENT, id="kim")


def ticket(name: object) -> StreamId:
    return StreamId(f"ticket:{name}")


def tagged(tag: str) -> TicketTagged:
    """A small event that is told apart by its tag."""
    return TicketTagged(tag=tag, by=KIM, at=AT)


def new_command() -> CommandId:
    return CommandId(uuid4())


def write(
    stream: StreamId, expected: int, *events: Happened | str, source: Source | None = None
) -> StreamWrite:
    """Events for a stream; a text stands for `tagged(text)`."""
    return StreamWrite(
        stream=stream,
        expected_version=expected,
        events=tuple(
            NewEvent(event=tagged(event) if isinstance(event, str) else event, source=source)
            for event in events
        ),
    )


def request(
    *writes: StreamWrite,
    looked_at: Mapping[StreamId, int] | None = None,
    command: UUID | None = None,
    fingerprint: str = "digest",
    workspace: WorkspaceId = HERE,
    causation: str | None = None,
) -> Append:
    return Append(
        workspace=workspace,
        command_id=new_command() if command is None else CommandId(command),
        fingerprint=fingerprint,
        correlation_id="correlation",
        causation_id=causation,
        recorded_at=RECORDED_AT,
        writes=writes,
        checks=tuple(
            StreamCheck(stream=stream, version=version)
            for stream, version in (looked_at or {}).items()
        ),
    )


def tags(events: Sequence[object]) -> list[str]:
    """The tags of recorded `tagged` events, in their order."""
    return [event.event.tag for event in events]  # type: ignore[attr-defined]
