"""The publisher: everything once and in order, and a refusal where topic and log do not fit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Any, Self

import pytest

from adapters.memory_topic import MemoryPartition, MemoryTopic
from domain.ids import EventId, stream_of
from domain.position import Position
from domain.recorded import Recorded
from projections.following import Mark
from projections.publish import Publisher, following
from projections.publish_ports import TopicUnavailable, TopicUnusable
from tests.projections.log import START, Log, opened
from tests.projections.postgres import eventually


def log_of(tickets: int, lanes: int = 1) -> Log:
    log = Log(lanes)
    for n in range(tickets):
        log.write(stream_of("ticket", f"{n}"), opened())
    return log


def mark(event: Recorded[Any]) -> Mark:
    return Mark(position=event.position, event_id=event.event_id)


def published(log: Log, topic: MemoryTopic) -> bool:
    return all(topic.events(lane) == log.page(lane, 0, 1_000) for lane in log.lanes())


class Publishing:
    """A publisher at work; leaving says how it ended."""

    def __init__(self, log: Log, topic: MemoryTopic) -> None:
        self.publisher = Publisher(log, topic, page=3)
        self.stop = Event()
        self.fault: Exception | None = None
        self.beats = 0
        self.thread = Thread(target=self._run)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(30)
        assert not self.thread.is_alive()

    def _beat(self) -> None:
        self.beats += 1

    def _run(self) -> None:
        try:
            self.publisher.run(self.stop, self._beat)
        except TopicUnusable as fault:
            self.fault = fault


@pytest.mark.parametrize("lanes", [1, 3])
def test_all_that_is_there_and_all_that_comes_is_published(lanes: int) -> None:
    log, topic = log_of(10, lanes), MemoryTopic()
    with Publishing(log, topic) as publishing:
        eventually(lambda: published(log, topic))
        log.write(stream_of("ticket", "late"), opened())
        eventually(lambda: published(log, topic))
        lags = publishing.publisher.lag(START + timedelta(days=1))
        assert {(lag.events, lag.seconds) for lag in lags} == {(0, 0)}


def test_a_publisher_goes_on_where_another_one_ended() -> None:
    log, topic = log_of(10), MemoryTopic(1)
    with topic.open(0) as partition:
        partition.write(log.page(0, 0, 4))
    first_one_left = log.page(0, 4, 1)[0].recorded_at
    (lag,) = Publisher(log, topic).lag(first_one_left + timedelta(seconds=90))
    assert (lag.events, lag.position, lag.head, lag.seconds) == (6, 4, 10, 90)
    with Publishing(log, topic):
        eventually(lambda: published(log, topic))


def test_it_ends_when_partitions_and_lanes_do_not_match() -> None:
    with Publishing(log_of(2), MemoryTopic(2)) as publishing:
        eventually(lambda: publishing.fault is not None)


def test_it_ends_when_lanes_are_added_for_which_there_is_no_partition() -> None:
    log, topic = log_of(2), MemoryTopic(1)
    with Publishing(log, topic) as publishing:
        eventually(lambda: published(log, topic))
        log.add_lane()
        eventually(lambda: publishing.fault is not None)


def test_it_ends_when_the_topic_is_ahead_of_the_log() -> None:
    topic = MemoryTopic(1)
    with topic.open(0) as partition:
        partition.write(log_of(5).page(0, 0, 5))
    with Publishing(log_of(3), topic) as publishing:
        eventually(lambda: publishing.fault is not None)
    assert "restored from a backup" in str(publishing.fault)


def test_a_log_that_is_another_one_since_is_not_mixed_in() -> None:
    log, other = log_of(3), Log()
    for n in range(9):
        other.write(stream_of("ticket", f"other {n}"), opened())
    with pytest.raises(TopicUnusable, match="does not have it there"):
        following(other, 0, mark(log.page(0, 0, 3)[-1]), 100)


def test_what_follows_is_what_comes_after() -> None:
    log = log_of(9)
    events = log.page(0, 0, 9)
    assert following(log, 0, None, 4) == events[:4]
    assert following(log, 0, mark(events[3]), 3) == events[4:7]
    assert following(log, 0, mark(events[8]), 3) == []


def test_an_event_that_is_missing_in_the_log_is_noticed() -> None:
    class Holed(Log):
        def page(self, lane: int, after: int, limit: int) -> Sequence[Recorded[Any]]:
            return [e for e in super().page(lane, after, limit) if e.position != 2]

    log = Holed()
    for n in range(3):
        log.write(stream_of("ticket", f"{n}"), opened())
    with pytest.raises(TopicUnusable, match="nothing at position 2"):
        following(log, 0, None, 3)
    with pytest.raises(TopicUnusable, match="nothing at position 2"):
        following(log, 0, mark(log.page(0, 0, 1)[0]), 3)
    with pytest.raises(TopicUnusable, match="does not have it there"):
        following(log, 0, Mark(position=2, event_id=EventId("two")), 3)


def test_a_topic_that_fails_now_and_then_gets_everything_all_the_same() -> None:
    class Failing(MemoryTopic):
        def write(self, lane: int, fence: int, events: Sequence[Recorded[Any]]) -> None:
            self.tried = getattr(self, "tried", 0) + 1
            if self.tried % 3 == 0:
                super().write(lane, fence, events)  # the answer is lost, and not what it says
            if self.tried % 3 != 1:
                raise TopicUnavailable("it did not answer")
            super().write(lane, fence, events)

    log, topic = log_of(20), Failing()
    with Publishing(log, topic):
        eventually(lambda: published(log, topic))


def test_it_beats_while_all_of_its_lanes_go_on() -> None:
    class Rounds(Log):
        count = 0

        def head(self) -> Position:
            self.count += 1
            return super().head()

    class Away(MemoryTopic):
        """One lane of it is, while it is set; a last write comes through, and is not answered."""

        def __init__(self) -> None:
            super().__init__(2)
            self.away, self.tried = Event(), 0

        @contextmanager
        def open(self, lane: int) -> Iterator[MemoryPartition]:
            if lane == 1 and self.away.is_set():
                self.tried += 1
                raise TopicUnavailable("away")
            with super().open(lane) as partition:
                yield partition

        def write(self, lane: int, fence: int, events: Sequence[Recorded[Any]]) -> None:
            super().write(lane, fence, events)
            if lane == 1 and self.away.is_set():
                raise TopicUnavailable("the answer is lost")

    log, topic = Rounds(2), Away()
    with Publishing(log, topic) as publishing:

        def goes_round() -> int:
            """How often it beats in two rounds."""
            beats, rounds = publishing.beats, log.count
            eventually(lambda: log.count >= rounds + 3)
            return publishing.beats - beats

        for name in ("a", "b"):
            log.write(stream_of("ticket", name), opened())
        eventually(lambda: published(log, topic))
        assert goes_round() >= 2
        topic.away.set()
        for name in ("c", "d"):
            log.write(stream_of("ticket", name), opened())
        eventually(lambda: topic.tried > 1)
        assert goes_round() == 0
        assert published(log, topic), "the other lane goes on, and the answer was all that was lost"
        topic.away.clear()
        eventually(lambda: goes_round() >= 2)


def test_who_comes_second_takes_over_and_the_first_one_adds_nothing() -> None:
    log, topic = log_of(2), MemoryTopic()
    with Publishing(log, topic):
        eventually(lambda: published(log, topic))
        with topic.open(0) as other:
            assert isinstance(other, MemoryPartition)
            log.write(stream_of("ticket", "3"), opened())
            eventually(lambda: published(log, topic))
        assert topic.events(0) == log.page(0, 0, 10)
