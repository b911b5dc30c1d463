"""Events as records of Kafka: CloudEvents 1.0 in binary mode, one header per attribute."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from adapters.codec import decode, event_json
from adapters.upcasts import schema_version
from domain.ids import CommandId, EventId, StreamId, WorkspaceId
from domain.kinds import kind_of
from domain.recorded import Recorded, Source, UnreadableEvent
from projections.cloud_events import SCHEMA, attributes
from projections.following import Mark
from projections.publish_ports import TopicUnusable

JSON = b"application/json"


@dataclass(frozen=True, slots=True)
class Record:
    """What is sent for one event; `timestamp` in milliseconds since 1970."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    timestamp: int


def record_of(recorded: Recorded[Any], source: str) -> Record:
    """The record of an event. All events of a stream have the same key."""
    told = attributes(recorded, source, schema_version(kind_of(type(recorded.event))))
    return Record(
        key=f"{recorded.workspace}:{recorded.stream}".encode(),
        value=event_json(recorded.event),
        headers=[
            ("content-type", JSON),
            *[(f"ce_{name}", value.encode()) for name, value in told.items()],
        ],
        timestamp=round(recorded.recorded_at.timestamp() * 1_000),
    )


def recorded_of(record: Any) -> Recorded[Any]:
    """The event of a record that a consumer got, lifted to today's schema. Raises UnreadableEvent.

    Raises TopicUnusable for a record that Chronodesk did not write.
    """
    try:
        told = {name: value.decode() for name, value in record.headers}
        kind, _, version = told["ce_dataschema"].removeprefix(SCHEMA).rpartition(":")
        stored = b'{"correlation":%b,"event":%b}' % (
            orjson.dumps(told["ce_correlationid"]),
            record.value,
        )
        stream, stream_version = StreamId(told["ce_subject"]), int(told["ce_streamversion"])
        lane, position = int(told["ce_lane"]), int(told["ce_position"])
        return Recorded(
            workspace=WorkspaceId(told["ce_workspace"]),
            stream=stream,
            version=stream_version,
            lane=lane,
            position=position,
            event=decode(f"{kind}@{version}", stored).event,
            recorded_at=datetime.fromisoformat(told["ce_recordedtime"]),
            command_id=CommandId(UUID(told["ce_commandid"])),
            correlation_id=told["ce_correlationid"],
            causation_id=told.get("ce_causationid"),
            schema_version=int(version),
            source=_source(told),
        )
    except UnreadableEvent as fault:
        raise fault.at(lane, position, stream, stream_version) from fault
    except (KeyError, ValueError, TypeError, AttributeError) as wrong:
        raise TopicUnusable(
            f"The record at offset {record.offset} of {record.topic}, partition {record.partition},"
            f" is no event that Chronodesk wrote ({type(wrong).__name__}: {wrong}). Nobody but the"
            " publisher may write into it. Delete the topic while nothing runs: it is filled anew"
            " from the log."
        ) from None


def position_of(record: Any) -> int | None:
    """The position that a record says; quicker than all of it. None: it says none."""
    for name, value in record.headers:
        if name == "ce_position":
            try:
                return int(value)
            except (ValueError, TypeError):
                return None
    return None


def _source(told: dict[str, str]) -> Source | None:
    if "ce_importsystem" not in told:
        return None
    return Source(
        system=told["ce_importsystem"],
        case=told["ce_importcase"],
        row=int(told["ce_importrow"]),
    )


def mark_of(headers: list[tuple[str, bytes]]) -> Mark | None:
    """Where in the log a record is from; None: it was written by somebody else."""
    told = dict(headers)
    try:
        position, event_id = told["ce_position"].decode(), told["ce_id"].decode()
        return Mark(position=int(position), event_id=EventId(event_id))
    except (KeyError, ValueError):
        return None
