"""What comes after an event that somebody has already: without a gap, and in the same history."""

from collections.abc import Sequence
from typing import Any

from domain.ids import EventId
from domain.record import record
from domain.recorded import Recorded
from projections.ports import Feed


@record
class Mark:
    """The last event of a lane that a follower has."""

    position: int
    event_id: EventId

    @classmethod
    def of(cls, recorded: Recorded[Any]) -> "Mark":
        return cls(position=recorded.position, event_id=recorded.event_id)


class OtherHistory(Exception):
    """The log does not have the follower's last event where the follower has it from."""


class HoleInTheLog(Exception):
    """A position has no event: something is damaged."""


def events_after(feed: Feed, lane: int, last: Mark | None, limit: int) -> Sequence[Recorded[Any]]:
    """Up to `limit` events of a lane after the last one that a follower has.

    That one is read again each time, and must be there: so nobody goes on in another log, or in
    one that was restored to a time before it. Raises OtherHistory, HoleInTheLog.
    """
    if last is None:
        events = feed.page(lane, 0, limit)
    else:
        events = feed.page(lane, last.position - 1, limit + 1)
        if [Mark.of(event) for event in events[:1]] != [last]:
            raise OtherHistory(
                f"Event {last.event_id} is expected at position {last.position} of lane {lane},"
                " and the log does not have it there."
            )
        # Alone, it may be the last one before one that cannot be read.
        events = events[1:] or feed.page(lane, last.position, limit)
    due = 1 if last is None else last.position + 1
    for expected, event in enumerate(events, due):
        if event.position != expected:
            raise HoleInTheLog(
                f"The log has a hole: nothing at position {expected} of lane {lane}."
            )
    return events
