"""An event as others know it: the attributes of CloudEvents 1.0, and what they mean here."""

import re
from datetime import UTC, datetime
from typing import Any

from domain.kinds import kind_of
from domain.recorded import Recorded

SPEC_VERSION = "1.0"

SCHEMA = "urn:chronodesk:event:"
"""What the name of every schema begins with."""

OPTIONAL = ("causationid", "traceparent", "importsystem", "importcase", "importrow")
"""Attributes that not every event has."""

_OFFSET = len("+00:00")

_TRACE = re.compile(r"[0-9a-f]{32}")


def data_schema(kind: str, schema_version: int) -> str:
    """The name of the JSON Schema of a kind's `data`: another one when its schema changes."""
    return f"{SCHEMA}{kind}:{schema_version}"


def attributes(recorded: Recorded[Any], source: str, schema_version: int) -> dict[str, str]:
    """All attributes but `data` and its content type, as text, in the order they are shown.

    `source` names this desk as a URI; each workspace is a source of its own below it. Events are of
    `schema_version`, whatever they were stored as. The names after `dataschema` are extensions:
    `lane` and `position` are the place in the feed, `streamversion` that among the events of the
    subject; both positions and versions begin at 1 and have no gap.
    """
    kind = kind_of(type(recorded.event))
    found = {
        "specversion": SPEC_VERSION,
        "id": recorded.event_id,
        "source": f"{source}/{recorded.workspace}",
        "type": kind,
        "subject": recorded.stream,
        "time": _instant(recorded.occurred_at),
        "dataschema": data_schema(kind, schema_version),
        "lane": str(recorded.lane),
        "position": str(recorded.position),
        "workspace": recorded.workspace,
        "streamversion": str(recorded.version),
        "recordedtime": _instant(recorded.recorded_at),
        "commandid": str(recorded.command_id),
        "correlationid": recorded.correlation_id,
    }
    if recorded.causation_id is not None:
        found["causationid"] = recorded.causation_id
    if _TRACE.fullmatch(recorded.correlation_id):
        found["traceparent"] = _trace_parent(recorded.correlation_id, found["id"])
    if (imported := recorded.source) is not None:
        found["importsystem"] = imported.system
        found["importcase"] = imported.case
        found["importrow"] = str(imported.row)
    return found


def _trace_parent(trace: str, event_id: str) -> str:
    """W3C Trace Context: the trace of the request that was the cause, and the event as its span."""
    return f"00-{trace}-{event_id.replace('-', '')[:16]}-01"


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:-_OFFSET] + "Z"
