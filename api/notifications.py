"""What agents are told of, as the API shows it, and what they have read of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from api.reading import Reading
from api.resources import notification_resource
from projections import notifications

COUNTS_FOR = timedelta(days=30)
"""What is older counts as read: nobody comes back to it, and a new agent begins with little."""


class OwnNotifications:
    """The notifications of one person. Methods raise StoreUnavailable and Unavailable."""

    def __init__(self, reading: Reading) -> None:
        self._services = reading.services
        self._workspace = reading.principal.workspace
        self._person = reading.principal.person
        self._reader = reading.view(notifications.PROJECTION.name)
        self._marks = reading.services.read_marks

    def page(
        self, after: notifications.Place | None, limit: int
    ) -> tuple[list[dict[str, Any]], notifications.Place | None]:
        """A page, latest first, and where the next one begins."""
        rows, place = notifications.page(self._reader, self._person, after=after, limit=limit)
        marks, since = self._marks.of(self._workspace, self._person), self._since()
        items = [
            notification_resource(
                row, read=row["at"] <= since or marks.is_read(row["id"], row["at"])
            )
            for row in rows
        ]
        return items, place

    def unread(self) -> int:
        """How many were not read, up to MOST_COUNTED."""
        marks = self._marks.of(self._workspace, self._person)
        since = max(self._since(), marks.until) if marks.until else self._since()
        single = [at for at in (marks.single or {}).values() if at > since]
        counted = notifications.count_since(self._reader, self._person, since)
        return max(0, counted - len(single))

    def read(self, ids: Sequence[str]) -> None:
        """These were read; what is no notification of this person is passed over."""
        found = notifications.instants(self._reader, self._person, ids)
        self._marks.read(self._workspace, self._person, found)

    def read_all(self) -> None:
        """Everything that there is was read."""
        self._marks.read_until(self._workspace, self._person, self._services.clock.now())

    def _since(self) -> datetime:
        return self._services.clock.now() - COUNTS_FOR
