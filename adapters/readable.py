"""A page of events up to the first one that this program cannot read."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from domain.recorded import Recorded, UnreadableEvent
from projections.publish_ports import TopicUnusable

R = TypeVar("R")


def readable(found: Iterable[R], read: Callable[[R], Recorded[Any]]) -> list[Recorded[Any]]:
    """What can be read of what was found, as far as it is whole.

    Raises what `read` says of the first one (UnreadableEvent, TopicUnusable): whoever comes to it
    is told, and has all that is before it.
    """
    events: list[Recorded[Any]] = []
    for one in found:
        try:
            events.append(read(one))
        except (UnreadableEvent, TopicUnusable):
            if not events:
                raise
            break
    return events
