"""Events of an application as they come, from any position on."""

from collections.abc import Callable, Sequence
from threading import Event

from eventsourcing.persistence import ApplicationRecorder, Notification, Subscription

POLL = 0.05
"""Seconds after which a subscription looks again, unless this process has written meanwhile."""

_PAGE = 500


class LogSubscription(Subscription[ApplicationRecorder]):
    """Reads pages in the thread that iterates; no thread and no connection of its own.

    It looks every POLL seconds whatever it was told, so an event that commits while nobody
    listens is only late. `stop` may be called from any thread. `wakes` is told of an event to set
    after each write, `forgets` the same event when the subscription ends.
    """

    def __init__(
        self,
        recorder: ApplicationRecorder,
        gt: int | None,
        topics: Sequence[str],
        *,
        wakes: Callable[[Event], None],
        forgets: Callable[[Event], None],
    ) -> None:
        super().__init__(recorder, gt=gt, topics=topics)
        self._page: Sequence[Notification] = ()
        self._given = 0
        self._something = Event()
        self._forgets = forgets
        wakes(self._something)

    def stop(self) -> None:
        super().stop()
        self._forgets(self._something)
        self._something.set()

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            if self._given < len(self._page):
                self._given += 1
                return self._page[self._given - 1]
            self._something.clear()  # before looking: what comes after the look sets it again
            self._read()
            if not self._page:
                self._something.wait(POLL)
        raise StopIteration

    def _read(self) -> None:
        # What lies before `seen` was looked at, wanted or not: read before the page, so that it
        # is never ahead of it. Without it a reader of a rare topic would search the log anew
        # every time.
        seen = self._recorder.max_notification_id()
        self._page = self._recorder.select_notifications(
            start=self._last_notification_id or 0,
            limit=_PAGE,
            topics=self._topics,
            inclusive_of_start=False,
        )
        self._given = 0
        if self._page:
            self._last_notification_id = self._page[-1].id
        elif seen is not None:
            self._last_notification_id = max(seen, self._last_notification_id or 0)
