"""Events as CloudEvents 1.0 in one JSON object each (structured mode)."""

from typing import Any

import orjson

from adapters.codec import event_json
from adapters.upcasts import schema_version
from domain.kinds import kind_of
from domain.recorded import Recorded
from projections.cloud_events import OPTIONAL, attributes


def cloud_json(recorded: Recorded[Any], source: str) -> bytes:
    """An event as JSON; `source` names this desk.

    All attributes are text, as in the headers of records: CloudEvents know no integers beyond 32
    bits, and a log may have more events. One that the event does not have is null.
    """
    told = attributes(recorded, source, schema_version(kind_of(type(recorded.event))))
    data = orjson.Fragment(event_json(recorded.event))
    unset = {name: None for name in OPTIONAL if name not in told}
    return orjson.dumps({**told, **unset, "datacontenttype": "application/json", "data": data})
