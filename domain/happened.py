"""What all events have in common, and how an event type marks its personal fields."""

from datetime import datetime
from typing import Any, get_type_hints

from domain.actor import Actor
from domain.ids import EventId
from domain.record import record


@record
class Personal:
    """Marks a field as personal data: `Annotated[str, Personal(of="requester")]`.

    `of` is the field of the same event that holds the id of the person the data belongs to.
    """

    of: str


@record
class Happened:
    """One immutable fact: who did it and when it occurred (UTC).

    `undoes` names the event that this one compensates, when it is the outcome of an undo.
    """

    by: Actor
    at: datetime
    undoes: EventId | None = None


def personal_fields(event: type[Happened]) -> dict[str, str]:
    """Personal fields of an event type, each with the field that names the person."""
    hints: dict[str, Any] = get_type_hints(event, include_extras=True)
    return {
        name: mark.of
        for name, hint in hints.items()
        for mark in getattr(hint, "__metadata__", ())
        if isinstance(mark, Personal)
    }
