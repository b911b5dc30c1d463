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


def _opened_for_a_segment(fields: Fields) -> Fields:
    """Version 2 says whose segment the requester is of, and since when a follow-up goes on."""
    return fields | {"segment": None, "vip": False, "origin_opened_at": None}


def _changed_with_a_segment(fields: Fields) -> Fields:
    """Version 2 says the segments of both requesters, too."""
    unknown = {"segment": None, "previous_segment": None, "vip": False, "previous_vip": False}
    return fields | unknown


def _absorbed_with_instants(fields: Fields) -> Fields:
    """Version 2 says when the absorbed ticket was opened and first asked in."""
    return fields | {"opened_at": None, "asked_at": None}


def _said_in_plain_text(fields: Fields) -> Fields:
    """The next version says how a text was written, and which files came with it."""
    return fields | {"format": "text", "attachments": []}


def _noted_in_plain_text(fields: Fields) -> Fields:
    """Version 2 says the same of a note, and whom it mentions."""
    return _said_in_plain_text(fields) | {"mentions": []}


def _taken_from_somebody(fields: Fields) -> Fields:
    """Version 2 says who handed the report in, and by which token."""
    return fields | {"handed_in_by": None, "token": None}


UPCASTS: dict[str, tuple[Callable[[Fields], Fields], ...]] = {
    "intake.taken": (_taken_from_somebody,),
    "ticket.absorbed": (_absorbed_with_instants,),
    "ticket.closed": (_closed_with_a_cause,),
    "ticket.message_received": (_said_in_plain_text,),
    "ticket.note_added": (_noted_in_plain_text,),
    "ticket.opened": (_opened_for_a_segment, _said_in_plain_text),
    "ticket.reply_sent": (_said_in_plain_text,),
    "ticket.requester_changed": (_changed_with_a_segment,),
}
"""Kind -> functions; the n-th one lifts from schema version n to n + 1."""


def schema_version(kind: str) -> int:
    """The version in which events of this kind are written today."""
    return len(UPCASTS.get(kind, ())) + 1
