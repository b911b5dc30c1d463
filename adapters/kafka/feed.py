"""projections.ports.Feed on the topic: a consumer group, in which each lane is with one member.

Where a projection is stands in its own transaction, and says which page it wants; the group only
says who reads which lane, and its committed offset is a hint where to look. So a member that is
slow to hear of a rebalance, a repeated record, or a lost offset changes nothing.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event, RLock, Thread
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from adapters.kafka.connection import Connection
from adapters.kafka.heard import Heard
from adapters.kafka.member import SLICE, joined
from adapters.kafka.records import position_of, recorded_of
from adapters.kafka.window import FIRST, Place, Window
from adapters.readable import readable
from domain.ids import StreamId, WorkspaceId
from domain.position import Position
from domain.recorded import Recorded
from projections.ports import Unavailable
from projections.publish_ports import TopicUnavailable

AT_HAND = 20_000
"""Records of a lane that are read ahead, most of all."""

AT_ONCE = 5_000
"""Records taken from the client at a time."""

LOCATE = 5.0
"""Seconds to find a position; a topic is skipped through faster than it is read."""

LEAST = 0.005
"""Seconds that a poll is given, and that others are."""

SILENT = 0.3
"""Seconds without a poll after which the feed polls by itself."""

HINT = 2.0
"""Seconds between commits of where to look."""

_log = logging.getLogger(__name__)


class KafkaFeed:
    """The lanes that this member of the group has. Safe to share between threads.

    It connects when it is first asked. Methods raise Unavailable; pages also HoleInTheLog,
    UnreadableEvent and TopicUnusable, each for as long as the lane is asked for what is at fault.
    """

    def __init__(
        self,
        connection: Connection,
        topic: str,
        group: str,
        load: Callable[..., Sequence[Recorded[Any]]],
    ) -> None:
        """`load` is Feed.load of the log itself: a topic cannot give single streams."""
        self._connection = connection
        self._topic = topic
        self._group = group
        self._load = load
        self._lock = RLock()
        self._client: Any = None
        self._heard: Heard | None = None
        self._windows: dict[int, Window] = {}
        self._hint_at = 0.0
        self._polled_at = 0.0
        self._closed = Event()
        self._keeper: Thread | None = None

    def lanes(self) -> Sequence[int]:
        """The lanes that this member has now."""
        with self._reading():
            self._poll(SLICE)
            return sorted(self._windows)

    def head(self) -> Position:
        """How far each of them is at hand: more may be in the topic, and comes while one waits.

        Raises Unavailable also when Kafka has been silent for long, though its library waits on.
        """
        if self._client is not None:
            if not self._lock.acquire(blocking=False):
                self._check()
                return self._at_hand()  # another thread waits for records
            self._lock.release()
        with self._reading():
            self._check()
            for window in self._windows.values():
                window.trim()
            self._hint()
            return self._at_hand()

    def page(self, lane: int, after: int, limit: int) -> Sequence[Recorded[Any]]:
        """Of what is at hand, or near enough to be looked for; see Feed.

        Of a lane that another member has by now there is nothing.
        """
        with self._reading():
            window = self._windows.get(lane)
            if window is None:
                return ()
            window.asked.append(after)
            if not window.first - 1 <= after <= window.end:
                self._locate(window, after + 1)
            found = window.after(after, limit)
        return readable(found, recorded_of)

    def load(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> Sequence[Recorded[Any]]:
        """See Feed."""
        return self._load(workspace, stream, after=after)

    def wait(self, beyond: Position, timeout: float) -> bool:
        """See Feed."""
        deadline = time.monotonic() + timeout
        while True:
            with self._reading():
                left = deadline - time.monotonic()
                if not self._at_hand().covered_by(beyond):
                    return True
                if left <= 0:
                    return False
                self._poll(min(SLICE, max(left, LEAST)))
            time.sleep(LEAST)  # lets another thread have the client

    def close(self) -> None:
        """Leave the group, so that others have the lanes at once."""
        self._closed.set()
        if self._keeper is not None:
            self._keeper.join()
        with self._lock:
            if self._client is not None:
                with suppress(KafkaError):
                    self._client.close(autocommit=False, timeout_ms=2_000)
                self._client = None
                self._windows = {}

    def _keep(self) -> None:
        """Be heard of in the group also while a batch takes long: in a rebalance all wait for all.

        What fails here is told to those who ask, and tried again.
        """
        told = ""
        while not self._closed.wait(SLICE):
            if time.monotonic() - self._polled_at > SILENT:
                try:
                    with self._reading():
                        self._poll(SLICE)
                    told = ""
                except Exception as error:  # noqa: BLE001 - whatever it was, others wait for us
                    if str(error) != told:
                        told = str(error)
                        _log.warning("the group was not told that we are here: %s", told)

    # ── Inside, under the lock ───────────────────────────────────────────────────────────────────

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock:
            try:
                with self._connection.explained():
                    if self._client is None:
                        self._client = self._member()
                    yield
            except TopicUnavailable as away:
                raise Unavailable(str(away)) from away

    def _check(self) -> None:
        try:
            if self._heard is not None:
                self._heard.check()
        except TopicUnavailable as away:
            raise Unavailable(str(away)) from away

    def _member(self) -> Any:
        client = joined(self._connection, self._topic, self._group, AT_ONCE)
        self._heard = Heard(self._connection, client, self._topic)
        if self._keeper is None:
            self._keeper = Thread(target=self._keep, name="kafka feed", daemon=True)
            self._keeper.start()
        return client

    def _at_hand(self) -> Position:
        return Position.of({lane: window.at_hand for lane, window in list(self._windows.items())})

    def _poll(self, seconds: float) -> None:
        """Take what has come, waiting a little for it, and see which lanes are ours."""
        found = self._client.poll(round(seconds * 1_000), max_records=AT_ONCE)
        self._polled_at = time.monotonic()
        if self._heard is not None:
            self._heard.listen(found)
        self._tend()
        for place, records in found.items():
            window = self._windows.get(place.partition)
            if window is not None:
                self._take(window, records)

    def _take(self, window: Window, records: Sequence[Any]) -> None:
        for record in records:
            position = position_of(record)
            if window.take(position, record):
                continue
            if window.sought != window.end:
                # The client began elsewhere, as at an old hint after a rebalance: send it back.
                window.sought = window.end
                next_one = window.place.bound(window.end + 1)
                self._client.seek(self._partition(window.lane), next_one)
                return
            window.hole = window.hole or (
                f"{self._topic} has nothing at position {window.end + 1} of lane {window.lane}: it"
                f" goes on with {position}. Were records deleted?"
            )

    def _tend(self) -> None:
        """The windows are those of the lanes that the group gave us; none is read too far ahead."""
        ours = {place.partition for place in self._client.assignment()}
        for lane in [lane for lane in self._windows if lane not in ours]:
            del self._windows[lane]
        for lane in ours - self._windows.keys():
            self._windows[lane] = Window(lane, place=self._hinted(lane))
            self._windows[lane].move(self._windows[lane].place.position)
        paused = self._client.paused()
        for lane, window in self._windows.items():
            place = self._partition(lane)
            full = len(window.records) >= AT_HAND
            if full and place not in paused:
                self._client.pause(place)
            elif not full and place in paused:
                self._client.resume(place)

    def _locate(self, window: Window, position: int) -> None:
        """Read from `position` on. It cannot be before a bound, and each look raises the bound.

        Of a position that is not in the topic yet, the next one to come.
        """
        partition = self._partition(window.lane)
        begin = self._client.beginning_offsets([partition])[partition]
        end = self._client.end_offsets([partition])[partition]
        place = window.place if window.place.position <= position else FIRST
        window.move(position)
        self._client.resume(partition)
        self._client.seek(partition, max(begin, min(end, place.bound(position))))
        deadline = time.monotonic() + LOCATE
        while self._client.position(partition) < end and window.lane in self._windows:
            if time.monotonic() > deadline:
                raise Unavailable(f"Position {position} of lane {window.lane} was not found yet.")
            found = self._client.poll(round(SLICE * 1_000), max_records=AT_ONCE)
            self._tend()
            for other, records in found.items():
                if other != partition and other.partition in self._windows:
                    self._take(self._windows[other.partition], records)
            records = found.get(partition, ())
            if places := _places(records):
                window.place = places[0]
                if places[-1].position >= position:
                    self._take(window, records)
                    return
                window.place = places[-1]
                self._client.seek(partition, min(end, window.place.bound(position)))

    def _hinted(self, lane: int) -> Place:
        hint = self._client.committed(self._partition(lane), metadata=True)
        if hint is None or not hint.metadata.isdecimal():
            return FIRST
        return Place(position=int(hint.metadata), offset=hint.offset)

    def _hint(self) -> None:
        """Say now and then where to look, for who comes after. Losing it costs a little time."""
        if time.monotonic() < self._hint_at:
            return
        self._hint_at = time.monotonic() + HINT
        hints = {
            self._partition(lane): OffsetAndMetadata(
                window.place.offset, str(window.place.position), -1
            )
            for lane, window in self._windows.items()
            if window.place != FIRST
        }
        if hints:
            with suppress(KafkaError):  # in a rebalance, for instance
                self._client.commit_async(hints)

    def _partition(self, lane: int) -> TopicPartition:
        return TopicPartition(self._topic, lane)


def _places(records: Sequence[Any]) -> list[Place]:
    """Where events are among records."""
    told = ((position_of(record), record.offset) for record in records)
    return [Place(position=at, offset=offset) for at, offset in told if at is not None]
