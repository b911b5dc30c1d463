"""The feed without Kafka: pages of the log, and the place to go on from as a token."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from api.problems import Problem
from api.signing import ForgedError, Signer
from domain.ids import EventId, WorkspaceId
from domain.kinds import EVENT_TYPES, EVENTS, events_of, kind_of
from domain.record import record
from domain.recorded import Recorded
from projections.following import HoleInTheLog, Mark, OtherHistory, events_after
from projections.ports import Feed

Cursor = Mapping[int, Mark | None]
"""The last event of each lane that a follower has; a lane that is not there begins at its first."""

Wanted = Callable[[Recorded[Any]], bool]

LEAST_SCANNED, MOST_SCANNED = 100, 1_000
"""Events of a lane that a page looks at: some more than it has room for, as it may not want all."""


@record
class FeedPage:
    """Events, each with the place after it; `cursor` is that after all that was looked at.

    `more`: there was no room for all.
    """

    events: Sequence[tuple[Recorded[Any], Cursor]]
    cursor: Cursor
    more: bool


def read_page(feed: Feed, cursor: Cursor, limit: int, wanted: Wanted) -> FeedPage:
    """Up to `limit` events that follow, of every lane in its order, the lanes by turns.

    Raises OtherHistory, HoleInTheLog.
    """
    reached = dict(cursor)
    lanes = _by_turns(feed.lanes(), sum(mark.position for mark in reached.values() if mark))
    events: list[tuple[Recorded[Any], Cursor]] = []
    more = False
    for n, lane in enumerate(lanes):
        room = -(-(limit - len(events)) // (len(lanes) - n))
        scan = min(MOST_SCANNED, max(LEAST_SCANNED, 2 * room))
        found = events_after(feed, lane, reached.get(lane), scan)
        more = more or len(found) == scan
        for event in found:
            is_wanted = wanted(event)
            if is_wanted and room == 0:
                more = True
                break
            reached[lane] = Mark.of(event)
            if is_wanted:
                room -= 1
                events.append((event, dict(reached)))
    return FeedPage(events=events, cursor=reached, more=more)


def cursor_at(feed: Feed, positions: Mapping[int, int]) -> Cursor:
    """The place after these positions; 0 is before the first event.

    Raises LookupError for a position that a lane does not have.
    """
    found: dict[int, Mark | None] = {}
    for lane, position in positions.items():
        events = feed.page(lane, position - 1, 1) if position else ()
        if position and (not events or events[0].position != position):
            raise LookupError(f"Lane {lane} has no event at position {position}.")
        found[lane] = Mark.of(events[0]) if events else None
    return found


def wanted_types(types: Sequence[str]) -> frozenset[str]:
    """The kinds that are meant: each of `types` is a kind or a category; none: all.

    Raises ValueError for one that is neither.
    """
    found: set[str] = set()
    for name in types:
        if name in EVENTS:
            found |= {kind_of(event) for event in events_of(name)}
        elif name in EVENT_TYPES:
            found.add(name)
        else:
            raise ValueError(
                f"{name[:100]!r} is no kind of event, such as ticket.opened, and no category:"
                f" {', '.join(EVENTS)}."
            )
    return frozenset(found or EVENT_TYPES)


class FeedCursors:
    """Cursors of one workspace as tokens, which any process of this desk takes back."""

    def __init__(self, signer: Signer, workspace: WorkspaceId) -> None:
        self._signer = signer
        self._purpose = f"feed {workspace}"

    def seal(self, cursor: Cursor) -> str:
        places = [
            (lane, mark.position, _short(mark.event_id)) for lane, mark in cursor.items() if mark
        ]
        return self._signer.seal(self._purpose, places)

    def open(self, token: str | None) -> Cursor:
        """None is the beginning. Raises Problem (bad-cursor)."""
        if token is None:
            return {}
        try:
            places = self._signer.open(self._purpose, token)
        except ForgedError:
            raise Problem("bad-cursor", "It was changed, or made for another feed.") from None
        return {
            lane: Mark(position=position, event_id=_long(short)) for lane, position, short in places
        }


def explained(fault: OtherHistory | HoleInTheLog) -> Problem:
    """What a follower is told when it cannot go on."""
    if isinstance(fault, OtherHistory):
        return Problem("other-history", f"{fault} It was restored from a backup, as it seems.")
    return Problem("internal", str(fault))


def _by_turns(lanes: Sequence[int], turn: int) -> Sequence[int]:
    """Begin with another lane each time, so that none waits while others are busy."""
    first = turn % len(lanes)
    return [*lanes[first:], *lanes[:first]]


def _short(event_id: EventId) -> str:
    return urlsafe_b64encode(UUID(event_id).bytes).decode().rstrip("=")


def _long(short: str) -> EventId:
    return EventId(str(UUID(bytes=urlsafe_b64decode(short + "=="))))
