"""Tells agents at once what they are notified of, from the view that keeps it."""

from collections.abc import Callable, Sequence
from typing import Any

from api.live.hub import Hub
from api.live.subscriber import Subscriber
from api.live.text import event_text
from api.resources import notification_resource
from domain.ids import WorkspaceId
from domain.recorded import Recorded
from projections.notifications import TELLING

NOTIFICATION = "notification"
"""The live event. It has no position: who was not there sees it in the list of notifications."""

Notified = Callable[[WorkspaceId, Sequence[str]], Sequence[dict[str, Any]]]
"""Whom some events were told, by the ids of the events; see projections.notifications.of_events."""


class Notices:
    """For the readers of one process: each process tells its own."""

    def __init__(self, hub: Hub, notified: Notified) -> None:
        self._hub = hub
        self._notified = notified

    def tell(self, events: Sequence[Recorded[Any]]) -> None:
        """Tell those who are here what these events are to them. Raises Unavailable."""
        here: dict[tuple[WorkspaceId, str], list[Subscriber]] = {}
        for reader in self._hub.readers():
            who = reader.principal
            if not who.is_requester:
                here.setdefault((who.workspace, who.person), []).append(reader)
        for workspace in {workspace for workspace, _ in here}:
            ids = [
                recorded.event_id
                for recorded in events
                if recorded.workspace == workspace and isinstance(recorded.event, TELLING)
            ]
            for row in self._notified(workspace, ids) if ids else ():
                for reader in here.get((workspace, row["person"]), ()):
                    text = event_text(NOTIFICATION, notification_resource(row, read=False))
                    reader.call(reader.say, text)
