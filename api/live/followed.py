"""The log as live streams follow it: no further than the views have come."""

from collections.abc import Iterable, Sequence
from typing import Any

from api.live.place import Place
from commands.ports import EventStore
from domain.ids import category_of
from domain.position import Position
from domain.recorded import Recorded
from projections.ports import Feed, Projection, RowStore
from projections.progress import Progress

SHOWN = frozenset({"queue", "conversation", "notifications", "sla_board", "requester_tickets"})
"""Views from which a reader fetches what a message is about."""

_PAGE = 2_000  # events that are read at once


class Followed:
    """Methods raise Unavailable or StoreUnavailable."""

    def __init__(
        self,
        feed: Feed,
        store: EventStore,
        rows: RowStore,
        progress: Progress,
        projections: Iterable[Projection],
    ) -> None:
        self._feed = feed
        self._store = store
        self._rows = rows
        self._progress = progress
        self._projections = tuple(projections)

    def epoch(self) -> int:
        """What names the log now."""
        return self._store.epoch(fresh=True)

    def place(self) -> Place:
        """How far the views have come, all of those that are shown."""
        epoch, head = self.epoch(), dict(self._feed.head().lanes)
        seen = head.copy()
        for standing in self._rows.standings():
            if standing.projection in SHOWN and standing.lane in seen:
                seen[standing.lane] = min(seen[standing.lane], standing.position)
        return Place(position=Position.of(seen), epoch=epoch)

    def head(self) -> Position:
        return self._feed.head()

    def wait(self, beyond: Position, timeout: float) -> bool:
        """Wait until there is more in the log; see Feed."""
        return self._feed.wait(beyond, timeout)

    def events(self, after: Position, upto: Position) -> list[Recorded[Any]]:
        """All events between, by lane and position."""
        found: list[Recorded[Any]] = []
        for lane, end in upto.lanes:
            at = after.at(lane)
            while at < end:
                page = self._feed.page(lane, at, min(_PAGE, end - at))
                if not page:
                    break
                found += page
                at = page[-1].position
        return found

    def is_shown(self, events: Sequence[Recorded[Any]], upto: Position, timeout: float) -> bool:
        """Wait until `upto` can be seen in every view that shows something of these events."""
        categories = {category_of(recorded.stream) for recorded in events} - {"ticket"}
        views = SHOWN.union(
            projection.name
            for projection in self._projections
            if not categories.isdisjoint(projection.wants)
        )
        return self._progress.wait(upto, views, timeout)
