"""What an append would answer, were it made: for those who want to know and write nothing."""

from collections.abc import Callable

from commands.ports import Append, Appended
from domain.happened import Happened
from domain.kinds import kind_of
from domain.position import Position
from domain.recorded import Recorded

SchemaVersion = Callable[[str], int]
"""Of a kind of event: the version of the form in which the log keeps it."""


def first_version(_: str) -> int:
    """Of events that are never shown."""
    return 1


def imagined(request: Append, schema_version: SchemaVersion = first_version) -> Appended:
    """The events in their envelopes, with their versions, at no position of the log."""
    first = request.writes[0]
    return Appended(
        stream=first.stream,
        version=first.expected_version + len(first.events),
        events=tuple(
            Recorded(
                workspace=request.workspace,
                stream=write.stream,
                version=version,
                lane=0,
                position=0,
                event=new.event,
                recorded_at=request.recorded_at,
                command_id=request.command_id,
                correlation_id=request.correlation_id,
                causation_id=request.causation_id,
                schema_version=schema_version(_kind(new.event)),
                source=new.source,
            )
            for write in request.writes
            for version, new in enumerate(write.events, write.expected_version + 1)
        ),
        position=Position(),
    )


def _kind(event: Happened) -> str:
    return kind_of(type(event))
