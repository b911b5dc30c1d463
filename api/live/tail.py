"""Follows the log once for all readers of this process, as soon as the views have come along."""

import time
from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

import structlog

from api.live.followed import Followed
from api.live.hub import Hub
from api.live.lists import Lists
from api.live.place import Place, Seals, missing
from api.live.reasons import Reset
from api.live.telling import Telling
from domain.ids import WorkspaceId
from domain.position import Position
from domain.recorded import Recorded

POLL = 0.5
"""Seconds between looks at the log when no wake-up arrives, and between looks whether to stop."""

LOOK_AT_LOG = 5.0
"""Seconds between looks whether it is still the same log."""

MOST_AT_ONCE = 5_000
"""Events of which readers are told one by one. Of an import they are told to look again."""

BACK_OFF = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds to wait after the first, second ... failure in a row; the last one repeats."""

log = structlog.get_logger("live")


class Tail:
    """One thread calls `run`."""

    def __init__(
        self,
        hub: Hub,
        followed: Followed,
        lists: Callable[[WorkspaceId], Lists],
        seals: Callable[[WorkspaceId], Seals],
        notify: Callable[[Sequence[Recorded[Any]]], None],
    ) -> None:
        """`notify` is given all events, once the views show them and readers have been told."""
        self._hub = hub
        self._followed = followed
        self._lists = lists
        self._seals = seals
        self._notify = notify
        self._look_at = 0.0

    def run(self, stop: Event) -> None:
        """Tell readers what happens until `stop` is set. Never raises: it waits and goes on."""
        failures = 0
        while not stop.is_set():
            try:
                if self._hub.wait_for_readers(POLL):
                    self.round(stop)
                failures = 0
            except Exception as error:  # noqa: BLE001 - whatever it was, readers are waiting
                pause = BACK_OFF[min(failures, len(BACK_OFF) - 1)]
                failures += 1
                self._look_at = 0.0  # it may be another log that comes back
                log.warning("live streams wait", seconds=pause, error=str(error))
                stop.wait(pause)

    def round(self, stop: Event) -> None:
        """Tell what there is, or wait a little for more."""
        place = self._hub.place()
        if place is None:
            return
        if time.monotonic() >= self._look_at and self._is_another(place):
            self._hub.reset(Reset.OTHER_LOG, self._followed.place())
        elif self._followed.wait(place.position, POLL):
            head = self._followed.head()
            if missing(place.position, head) <= MOST_AT_ONCE:
                self._tell(place, head, stop)
            else:
                self._skip(head, stop)

    def _is_another(self, place: Place) -> bool:
        """Whether the log is not the one that readers were told of: restored, or with new lanes."""
        epoch = self._followed.epoch()
        self._look_at = time.monotonic() + LOOK_AT_LOG
        return epoch != place.epoch or not place.position.covered_by(self._followed.head())

    def _tell(self, place: Place, head: Position, stop: Event) -> None:
        events = self._followed.events(place.position, head)
        while not self._followed.is_shown(events, head, POLL):
            if stop.is_set() or self._hub.place() != place:
                return
        telling = Telling(events, place, head, self._lists, self._seals)
        self._hub.tell(telling)
        self._notify(events)

    def _skip(self, head: Position, stop: Event) -> None:
        """Somebody imports: once the views have nearly come along, tell readers to look again."""
        seen = self._followed.place()
        if missing(seen.position, head) > MOST_AT_ONCE:
            stop.wait(POLL)
        else:
            self._hub.reset(Reset.TOO_MUCH, seen)
