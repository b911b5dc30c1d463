"""Publishes the log: each event once, in order, without a gap, whatever fails.

The topic itself says how far it is: whoever opens a partition finds its last event and goes on from
there. So nothing is kept elsewhere that could disagree, and a crash at any point loses and doubles
nothing. That the event found is the one that the log has at this position is checked each time: a
topic of another log, or a log that was restored, is refused instead of mixed up.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from datetime import datetime
from functools import partial
from threading import Condition, Event, Thread
from typing import Any

from domain.position import Position
from domain.record import record
from domain.recorded import Recorded, UnreadableEvent
from projections.following import HoleInTheLog, Mark, OtherHistory, events_after
from projections.lease_ports import Holding, Leases, Work
from projections.ports import Feed
from projections.progress import nobody
from projections.publish_ports import Superseded, Topic, TopicUnavailable, TopicUnusable
from projections.sharing import Share

PAGE = 2_000
"""Events per transaction of the topic: the cost of a commit is spread thin, and who follows does
not wait long for what is under way."""

POLL = 0.5
"""Seconds between looks at the log when no wake-up arrives."""

BACK_OFF = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds to wait after the first, second ... failure in a row; the last one repeats."""

PATIENCE = 5.0
"""Seconds that an end waits for a transaction under way. What is left then is undone by whoever
opens the partition next."""

_log = logging.getLogger(__name__)


@record
class TopicLag:
    """How far a partition is behind its lane, and who writes it.

    `seconds` is how long ago the first event was written that is not in the topic; 0: all are.
    """

    lane: int
    position: int
    head: int
    seconds: float
    publisher: Holding | None

    @property
    def events(self) -> int:
        return max(0, self.head - self.position)


def following(feed: Feed, lane: int, last: Mark | None, limit: int) -> Sequence[Recorded[Any]]:
    """Up to `limit` events that come after the last one published. Raises TopicUnusable."""
    try:
        return events_after(feed, lane, last, limit)
    except OtherHistory as fault:
        raise TopicUnusable(
            f"The topic does not fit. {fault} The topic belongs to another log, or this one was"
            " restored from a backup: give another name for the topic, which is then filled from"
            " the first event on, or delete this one."
        ) from fault
    except HoleInTheLog as fault:
        raise TopicUnusable(f"{fault} Look what is damaged: chronodesk check.") from fault


class Publisher:
    """Publishes lanes, each in a thread of its own. Several may run: each lane is with one of them.

    Leases only keep publishers from getting in each other's way; that two of them cannot write is
    what opening a partition sees to.
    """

    def __init__(
        self, feed: Feed, topic: Topic, *, leases: Leases | None = None, page: int = PAGE
    ) -> None:
        """Without `leases` it takes every lane."""
        self._feed = feed
        self._topic = topic
        self._leases = leases
        self._share = None if leases is None else Share(leases, self._wanted)
        self._page = page
        self._lanes: tuple[int, ...] = ()
        self._workers: dict[int, _Lane] = {}
        self._heads = _Heads()
        self._fault: TopicUnusable | None = None

    @property
    def topic(self) -> str:
        """The name of the topic."""
        return self._topic.name

    def run(self, stop: Event, beat: Callable[[], None] = nobody) -> None:
        """Publish until `stop` is set; what is away meanwhile is waited for.

        `beat` hears of each round that could be done while every lane that is ours goes on. Raises
        TopicUnusable.
        """
        with self._share or nullcontext():
            failures = 0
            while not stop.is_set() and self._fault is None:
                try:
                    head = self._feed.head()
                    self._tend(tuple(lane for lane, _ in head.lanes))
                    self._heads.tell(head)
                    failures = 0
                    if all(worker.goes_on for worker in self._workers.values()):
                        beat()
                    self._feed.wait(head, POLL)
                except TopicUnusable as fault:
                    self._fault = fault
                except Exception as error:  # noqa: BLE001 - whatever it was, the feed must go on
                    failures = _wait(failures, stop, "publishing waits", error)
            self._end(list(self._workers))
        if self._fault is not None:
            raise self._fault

    def lag(self, now: datetime) -> list[TopicLag]:
        """The distance of every partition to its lane. Raises TopicUnavailable, Unavailable.

        How old an event is that only newer programs can read is not known here: it counts as 0.
        """
        head = self._feed.head()
        marks = self._topic.marks([lane for lane, _ in head.lanes])
        held = {} if self._leases is None else {self._key(h): h for h in self._leases.holdings()}
        lags = []
        for lane, end in head.lanes:
            position = mark.position if (mark := marks.get(lane)) else 0
            waiting: list[float] = []
            with suppress(UnreadableEvent):
                due = self._feed.page(lane, position, 1) if position < end else ()
                waiting = [(now - event.recorded_at).total_seconds() for event in due]
            lags.append(
                TopicLag(
                    lane=lane,
                    position=position,
                    head=end,
                    seconds=max(0.0, *waiting) if waiting else 0.0,
                    publisher=held.get(self._work(lane)),
                )
            )
        return lags

    def _tend(self, lanes: tuple[int, ...]) -> None:
        """Let a thread be there for each lane that is ours, and for no other."""
        if lanes != self._lanes:
            self._topic.prepare(lanes)
            self._lanes = lanes
            if self._share is not None:
                self._share.renew()
        ours = [
            lane for lane in lanes if self._share is None or self._share.lease(self._work(lane))
        ]
        self._end([lane for lane in self._workers if lane not in ours])
        for lane in ours:
            if lane not in self._workers:
                after = partial(following, self._feed, lane, limit=self._page)
                self._workers[lane] = _Lane(lane, after, self._topic, self._heads, self._unusable)
                self._workers[lane].start()

    def _end(self, lanes: Sequence[int]) -> None:
        ending = [self._workers.pop(lane) for lane in lanes]
        for worker in ending:
            worker.stop.set()
        self._heads.wake()
        deadline = time.monotonic() + PATIENCE
        for worker in ending:
            worker.join(max(0, deadline - time.monotonic()))

    def _unusable(self, fault: TopicUnusable) -> None:
        self._fault = fault

    def _wanted(self) -> list[Work]:
        return [self._work(lane) for lane in self._lanes]

    def _work(self, lane: int) -> Work:
        return (f"publish {self._topic.name}", 1, lane)

    @staticmethod
    def _key(holding: Holding) -> Work:
        return (holding.projection, holding.version, holding.lane)


class _Heads:
    """How far the log is, for the threads that wait for more of it."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._head = Position()

    def tell(self, head: Position) -> None:
        with self._changed:
            self._head = head
            self._changed.notify_all()

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def wait(self, lane: int, beyond: int, stop: Event) -> None:
        """Return when the lane is elsewhere than at `beyond`, when `stop` is set, or at times."""
        with self._changed:
            self._changed.wait_for(
                lambda: stop.is_set() or self._head.at(lane) != beyond, timeout=POLL
            )


class _Lane(Thread):
    """Publishes one lane until `stop` is set."""

    def __init__(
        self,
        lane: int,
        after: Callable[[Mark | None], Sequence[Recorded[Any]]],
        topic: Topic,
        heads: _Heads,
        unusable: Callable[[TopicUnusable], None],
    ) -> None:
        # A daemon: it may wait for a broker that never comes back, and must not keep the program.
        super().__init__(name=f"publish lane {lane}", daemon=True)
        self.stop = Event()
        self._lane = lane
        self._after = after
        self._topic = topic
        self._heads = heads
        self._unusable = unusable
        self._failures = 0

    @property
    def goes_on(self) -> bool:
        """Whether it runs, and the last thing that it tried did not fail."""
        return self.is_alive() and self._failures == 0

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self._publish()
            except TopicUnusable as fault:
                self._unusable(fault)
                return
            except Superseded as error:
                _log.info("lane %d: %s", self._lane, error)
                self.stop.wait(BACK_OFF[-1])
            except Exception as error:  # noqa: BLE001 - whatever it was, the feed must go on
                what = f"publishing of lane {self._lane} waits"
                self._failures = _wait(self._failures, self.stop, what, error)

    def _publish(self) -> None:
        with self._topic.open(self._lane) as partition, ThreadPoolExecutor(1) as ahead:
            last = partition.last
            # Also when nothing is due, so that a topic that does not fit is found at once.
            events = self._after(last)
            while not self.stop.is_set():
                if events:
                    last = Mark.of(events[-1])
                    # What comes next is read while this is on its way.
                    following = ahead.submit(self._after, last)
                    partition.write(events)
                    self._failures = 0
                    events = following.result()
                else:
                    self._failures = 0
                    self._heads.wait(self._lane, last.position if last else 0, self.stop)
                    events = self._after(last)


def _wait(failures: int, stop: Event, what: str, error: Exception) -> int:
    """Wait after a failure, longer after each in a row; how many there were."""
    pause = BACK_OFF[min(failures, len(BACK_OFF) - 1)]
    # A broker that is away says the same each time: once is enough to be read.
    level = logging.INFO if failures and isinstance(error, TopicUnavailable) else logging.WARNING
    _log.log(level, "%s %.1f s: %s", what, pause, error)
    stop.wait(pause)
    return failures + 1
