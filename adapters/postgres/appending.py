"""Between commands' words and the log's: a request becomes a batch, its outcome an answer.

Pure functions, shared by the store for threads and the one for an event loop.
"""

from collections.abc import Sequence
from typing import Any

from adapters.codec import decode, encode, kind_and_version
from adapters.lanes import lane_of
from adapters.postgres.append_call import (
    Batch,
    Check,
    Conflict,
    Fenced,
    NewRow,
    Outcome,
    Write,
    Written,
)
from adapters.postgres.log import Answer, Row
from commands.ports import Append, Appended, VersionConflict
from domain.errors import CommandIdReused
from domain.ids import CommandId, StreamId, WorkspaceId
from domain.position import Position
from domain.recorded import Recorded, UnreadableEvent


def batch_of(request: Append, lanes: int) -> Batch:
    """What to call the log with; a new stream goes to one of so many `lanes`.

    Raises TypeError for an event that JSON cannot hold.
    """
    writes = [
        Write(
            stream=write.stream,
            lane=lane_of(request.workspace, write.stream, lanes),
            expected=write.expected_version,
            rows=[
                NewRow(
                    version,
                    *encode(new.event, request.correlation_id, request.causation_id, new.source),
                )
                for version, new in enumerate(write.events, write.expected_version + 1)
            ],
        )
        for write in request.writes
    ]
    return Batch(
        workspace=request.workspace,
        command_id=request.command_id,
        fingerprint=request.fingerprint,
        recorded_at=request.recorded_at,
        writes=writes,
        checks=[Check(check.stream, check.version) for check in request.checks],
        epoch=request.epoch,
    )


def of_epoch(batches: Sequence[Batch], epoch: int) -> list[Batch]:
    """Those that were decided on the log which has this epoch."""
    return [batch for batch in batches if batch.epoch is None or batch.epoch == epoch]


def with_fenced(
    batches: Sequence[Batch], sent: Sequence[Batch], outcomes: Sequence[Outcome]
) -> list[Outcome]:
    """The outcomes of all batches, of which those that were not `sent` are fenced."""
    if len(sent) == len(batches):
        return list(outcomes)
    found = dict(zip(map(id, sent), outcomes, strict=True))
    return [found.get(id(batch)) or Fenced() for batch in batches]


def conflict(batch: Batch, found: Conflict) -> VersionConflict:
    """What was expected of a stream, and how it was found."""
    expected = [write.expected for write in batch.writes] + [c.expected for c in batch.checks]
    return VersionConflict(StreamId(found.stream), expected[found.write] or 0, found.actual)


def appended(request: Append, batch: Batch, outcome: Written) -> Appended:
    """The answer to a request that was written."""
    counts = [len(write.rows) for write in batch.writes]
    places = list(zip(outcome.lanes, outcome.firsts, counts, strict=True))
    return Appended(
        stream=request.writes[0].stream,
        version=outcome.versions[0],
        events=tuple(
            Recorded(
                workspace=request.workspace,
                stream=asked.stream,
                version=row.version,
                lane=lane,
                position=first + n,
                event=new.event,
                recorded_at=request.recorded_at,
                command_id=request.command_id,
                correlation_id=request.correlation_id,
                causation_id=request.causation_id,
                schema_version=kind_and_version(row.topic)[1],
                source=new.source,
            )
            for asked, write, (lane, first, _) in zip(
                request.writes, batch.writes, places, strict=True
            )
            for n, (new, row) in enumerate(zip(asked.events, write.rows, strict=True))
        ),
        position=_position(places),
    )


def first_answer(answer: Answer, rows: Sequence[Row]) -> Appended:
    """What a command id was answered, from what is kept of it and its events."""
    places = list(zip(answer.lanes, answer.firsts, answer.counts, strict=True))
    return Appended(
        stream=StreamId(answer.stream),
        version=answer.version,
        events=tuple(recorded(row) for row in rows),
        position=_position(places),
        repeated=True,
    )


def reused(command_id: CommandId) -> CommandIdReused:
    """The refusal of a command id that another request has."""
    return CommandIdReused(
        f"The command id {command_id} was given to another request. Make a new one for each.",
        command_id=str(command_id),
    )


def recorded(row: Row) -> Recorded[Any]:
    """An event as programs know it. Raises UnreadableEvent."""
    try:
        stored = decode(row.topic, row.data)
    except UnreadableEvent as fault:
        raise fault.at(row.lane, row.position, row.stream, row.version) from fault
    return Recorded(
        workspace=WorkspaceId(row.workspace),
        stream=StreamId(row.stream),
        version=row.version,
        lane=row.lane,
        position=row.position,
        event=stored.event,
        recorded_at=row.recorded_at,
        command_id=CommandId(row.command_id),  # type: ignore[arg-type]
        correlation_id=stored.correlation,
        causation_id=stored.causation,
        schema_version=kind_and_version(row.topic)[1],
        source=stored.source,
    )


def _position(places: Sequence[tuple[int, int, int]]) -> Position:
    """The last position of each lane, from (lane, first position, count) entries."""
    lanes: dict[int, int] = {}
    for lane, first, count in places:
        lanes[lane] = max(lanes.get(lane, 0), first + count - 1)
    return Position.of(lanes)
