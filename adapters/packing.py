"""Requests made ready for the log, away from it: the form in which they go from process to process.

A tuple of plain values: it is made and read in a fraction of the time that records take.
"""

from uuid import UUID

from adapters.codec import decode, encode
from commands.ports import (
    Append,
    Appended,
    NewEvent,
    Packed,
    PackedWrite,
    Receipt,
    StreamWrite,
    VersionConflict,
)
from domain.ids import CommandId


def pack(request: Append) -> Packed:
    """`request` with its events encoded. Raises TypeError for what cannot be stored."""
    correlation, causation = request.correlation_id, request.causation_id
    return Packed(
        request.workspace,
        request.command_id.bytes,
        request.fingerprint,
        request.recorded_at,
        tuple(
            PackedWrite(
                write.stream,
                write.expected_version,
                tuple(
                    encode(new.event, correlation, causation, new.source) for new in write.events
                ),
            )
            for write in request.writes
        ),
    )


def unpack(packed: Packed) -> Append:
    """The request again; without events its correlation id is lost. Raises UnreadableEvent."""
    writes = []
    correlation, causation = "", None
    for stream, expected, encoded in packed.writes:
        events = []
        for topic, data in encoded:
            stored = decode(topic, data)
            correlation, causation = stored.correlation, stored.causation
            events.append(NewEvent(event=stored.event, source=stored.source))
        writes.append(StreamWrite(stream=stream, expected_version=expected, events=tuple(events)))
    return Append(
        workspace=packed.workspace,
        command_id=CommandId(UUID(bytes=packed.command)),
        fingerprint=packed.fingerprint,
        correlation_id=correlation,
        causation_id=causation,
        recorded_at=packed.recorded_at,
        writes=tuple(writes),
    )


def receipt(outcome: Appended | VersionConflict) -> Receipt | VersionConflict:
    """What is left of a full answer where nobody wants the events back."""
    if isinstance(outcome, VersionConflict):
        return outcome
    return Receipt(version=outcome.version, repeated=outcome.repeated)
