"""Events in their envelopes: one shape per kind, and one for all kinds of a category."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal, Union

from pydantic import Field
from typing_extensions import TypeAliasType

from api.resources import INTERNAL_DETAILS, PUBLIC_EVENTS
from api.shapes.deriving import fields_of, shape
from domain.actor import Actor, ActorKind
from domain.happened import Happened
from domain.ids import CommandId, EventId
from domain.kinds import EVENTS, events_of, kind_of
from domain.record import record
from domain.recorded import Source

_ENVELOPE = frozenset({"kind", "by", "at"})


@record
class OwnActor:
    """Who did it. A requester is told that we did something, not who of us."""

    kind: ActorKind
    id: str | None


def _details(event: type[Happened], name: str, without: Iterable[str] = ()) -> type[Any]:
    """The fields of an event that are its own."""
    left_out = {*_ENVELOPE, *without}
    own = {field: hint for field, hint in fields_of(event).items() if field not in left_out}
    return shape(f"{name}Details", None, __name__, own)


def _of_kind(category: str, event: type[Happened]) -> type[Any]:
    """An event as `event_resource` shows it."""
    name = event.__name__
    shown = {
        "id": EventId,
        "kind": Literal[kind_of(event)],
        "stream": str,
        category: str,
        "version": int,
        "occurred_at": datetime,
        "recorded_at": datetime,
        "by": Actor,
        "details": _details(event, name),
        "command_id": CommandId,
        "correlation_id": str,
        "causation_id": str | None,
        "schema_version": int,
        "source": Source | None,
    }
    return shape(name, event.__doc__, __name__, shown)


def _own(event: type[Happened]) -> type[Any]:
    """An event of a ticket as its requester sees it."""
    name = f"Own{event.__name__}"
    shown = {
        "id": EventId,
        "kind": Literal[kind_of(event)],
        "ticket": str,
        "version": int,
        "occurred_at": datetime,
        "by": OwnActor,
        "details": _details(event, name, INTERNAL_DETAILS),
    }
    return shape(name, event.__doc__, __name__, shown)


def _one_of(name: str, doc: str, kinds: Iterable[type[Any]]) -> Any:
    """Any of these, told apart by `kind`."""
    types = tuple(kinds)
    either: Any = Union[types]  # noqa: UP007 - made at run time
    told = Field(description=doc)
    if len(types) > 1:
        told = Field(discriminator="kind", description=doc)
    return TypeAliasType(name, Annotated[either, told])


EVENT_OF = {
    category: _one_of(
        f"{category.title().replace('_', '')}Event",
        f"Whatever can have happened in a stream of the category {category!r}.",
        (_of_kind(category, event) for event in events_of(category)),
    )
    for category in EVENTS
}
"""What can have happened to a thing of that category."""

TicketEvent = EVENT_OF["ticket"]
OwnTicketEvent = _one_of(
    "OwnTicketEvent",
    "What can have happened to a ticket, as its requester sees it.",
    (_own(event) for event in events_of("ticket") if kind_of(event) in PUBLIC_EVENTS),
)
