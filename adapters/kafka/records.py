"""Events as records of Kafka: CloudEvents 1.0 in binary mode, one header per attribute."""

from dataclasses import dataclass
from typing import Any

from adapters.codec import event_json
from adapters.upcasts import schema_version
from domain.ids import EventId
from domain.kinds import kind_of
from domain.recorded import Recorded
from projections.cloud_events import attributes
from projections.following import Mark

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
            *((f"ce_{name}", value.encode()) for name, value in told.items()),
        ],
        timestamp=round(recorded.recorded_at.timestamp() * 1_000),
    )


def mark_of(headers: list[tuple[str, bytes]]) -> Mark | None:
    """Where in the log a record is from; None: it was written by somebody else."""
    told = dict(headers)
    try:
        position, event_id = told["ce_position"].decode(), told["ce_id"].decode()
        return Mark(position=int(position), event_id=EventId(event_id))
    except (KeyError, ValueError):
        return None
