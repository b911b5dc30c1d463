"""How the fields of old events become today's. Stored bytes never change, readers lift them.

To change an event's schema: give the new shape in `domain`, append a function here that turns the
fields of the last version into the new one, and keep an old record under tests/golden/old.
"""

from collections.abc import Callable
from typing import Any

Fields = dict[str, Any]


def _closed_with_a_cause(fields: Fields) -> Fields:
    """Version 1 had a free text `reason`; version 2 says `because` which of three it was."""
    lifted = dict(fields)
    reason = lifted.pop("reason")
    because = {"confirmed by requester": "confirmed", "timed out": "timer"}
    return lifted | {"because": because.get(reason, "agent")}


UPCASTS: dict[str, tuple[Callable[[Fields], Fields], ...]] = {
    "ticket.closed": (_closed_with_a_cause,),
}
"""Kind -> functions; the n-th one lifts from schema version n to n + 1."""


def schema_version(kind: str) -> int:
    """The version in which events of this kind are written today."""
    return len(UPCASTS.get(kind, ())) + 1
