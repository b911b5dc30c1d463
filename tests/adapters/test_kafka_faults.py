"""Faults of the feed from Kafka: each stays with its lane, and none goes unsaid."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from adapters.kafka import feed as module
from adapters.kafka import heard
from adapters.kafka.connection import Connection
from adapters.kafka.feed import KafkaFeed
from adapters.kafka.topic import KafkaTopic
from adapters.memory_rows import MemoryRowStore
from adapters.postgres.store import PostgresStore
from domain.position import Position
from domain.recorded import Recorded
from projections.following import HoleInTheLog
from projections.ports import Unavailable
from projections.publish_ports import TopicUnusable
from projections.run import Runner
from tests.adapters.kafka_world import fill, following, one_lane, published
from tests.broker.broker import Broker
from tests.contracts.topic import events
from tests.projections.postgres import eventually


@pytest.fixture
def store(empty_database_url: str) -> Iterator[PostgresStore]:
    with one_lane(empty_database_url) as made:
        yield made


@contextmanager
def two_lanes(servers: str) -> Iterator[tuple[KafkaTopic, list[Recorded[Any]], KafkaFeed]]:
    """A topic with ten events in each lane, given lane by lane, and who reads it."""
    cluster = Connection(servers=(servers,))
    topic = KafkaTopic(cluster, f"test-{uuid4().hex}", source="/chronodesk", replication=1)
    topic.prepare([0, 1])
    told = [at(event, lane, n) for lane in (0, 1) for n, event in enumerate(events(10), 1)]
    feed = KafkaFeed(cluster, topic.name, f"{topic.name}.views", lambda *_, **__: ())
    try:
        yield topic, told, feed
    finally:
        feed.close()
        with KafkaAdminClient(bootstrap_servers=servers) as admin:
            admin.delete_topics([topic.name])


def at(event: Recorded[Any], lane: int, position: int) -> Recorded[Any]:
    return replace(event, lane=lane, position=position)


def hello(servers: str, topic: KafkaTopic, *headers: tuple[str, bytes]) -> None:
    """Somebody else writes into the first lane."""
    with KafkaProducer(bootstrap_servers=servers) as producer:
        producer.send(topic.name, b"hello", partition=0, headers=list(headers)).get(timeout=30)


def given(feed: KafkaFeed, lane: int, after: int, limit: int) -> list[int]:
    """The positions of a page, all of one lane."""
    page = feed.page(lane, after, limit)
    assert {event.lane for event in page} <= {lane}
    return [event.position for event in page]


def count(begin: int, end: int) -> list[int]:
    return list(range(begin, end + 1))


def test_a_record_of_somebody_else_stops_its_lane_alone(kafka: str) -> None:
    with two_lanes(kafka) as (topic, told, feed):
        first, second = told[:10], told[10:]
        with topic.open(0) as ours, topic.open(1) as others:
            ours.write(first[:3])
            others.write(second[:5])
            hello(kafka, topic)
            # Where there is nothing behind it yet, and where there is.
            for written in (3, 10):
                if written > 3:
                    ours.write(first[3:])
                    others.write(second[5:])
                there = Position.of({0: max(4, written), 1: 5 if written == 3 else 10})
                eventually(lambda there=there: bool(feed.lanes()) and feed.head() == there)  # type: ignore[misc]
                for _ in range(2):
                    assert given(feed, 0, 0, 20) == [1, 2, 3]
                    with pytest.raises(TopicUnusable, match=r"offset 4 .*Delete the topic"):
                        feed.page(0, 3, 20)
                    assert given(feed, 1, 0, 20) == count(1, 5 if written == 3 else 10)
        # Who had the event behind it already goes on, wherever the window is.
        for after in (5, 0, 9, 4):
            expected = count(after + 1, 10) if after else [1, 2, 3]
            eventually(lambda n=after, want=expected: given(feed, 0, n, 20) == want)  # type: ignore[misc]


@pytest.mark.parametrize("position", [b"x", b"99", b"2", b"4"])
def test_a_record_that_only_looks_like_ours_hides_none_of_ours(kafka: str, position: bytes) -> None:
    with two_lanes(kafka) as (topic, told, feed), topic.open(0) as ours, topic.open(1) as others:
        ours.write(told[:3])
        hello(kafka, topic, ("ce_position", position))
        ours.write(told[3:10])
        others.write(told[10:])
        eventually(lambda: bool(feed.lanes()) and feed.head() == Position.of({0: 10, 1: 10}))
        assert given(feed, 0, 4, 20) == count(5, 10)
        assert given(feed, 1, 0, 20) == count(1, 10)
        assert given(feed, 0, 0, 20) == count(1, 3 if position in b"x4" else 10)


def test_a_hole_is_told_each_time_by_its_lane_alone(kafka: str) -> None:
    with two_lanes(kafka) as (topic, told, feed):
        with topic.open(0) as ours, topic.open(1) as others:
            ours.write(told[:10])
            others.write(told[10:])
        with KafkaAdminClient(bootstrap_servers=kafka) as admin:
            admin.delete_records({TopicPartition(topic.name, 0): 8})
        eventually(lambda: bool(feed.lanes()) and feed.head() == Position.of({0: 1, 1: 10}))
        for _ in range(2):
            with pytest.raises(HoleInTheLog, match="nothing at position 1 of lane 0"):
                feed.page(0, 0, 20)
            assert given(feed, 1, 0, 20) == count(1, 10)
        eventually(lambda: given(feed, 0, 8, 20) == [9, 10])


def test_what_fails_while_others_wait_for_the_group_is_said_and_tried_again(
    kafka: str,
    store: PostgresStore,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with published(kafka, store) as topic, following(kafka, store, topic) as feed:
        failed = Event()

        def fails(_: float) -> None:
            failed.set()
            raise RuntimeError("odd")

        with monkeypatch.context() as odd:
            odd.setattr(feed, "_poll", fails)
            assert failed.wait(10)
            failed.clear()
            assert failed.wait(10), "it is tried again"
        before = feed._polled_at
        eventually(lambda: feed._polled_at > before)
        lines = [line.getMessage() for line in caplog.records if line.name == module.__name__]
        assert lines == ["the group was not told that we are here: odd"]


def test_a_kafka_that_was_there_and_is_lost_is_told_until_it_is_back(
    own_broker: Broker, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its library waits for it and says nothing; a heartbeat must not go on meanwhile."""
    monkeypatch.setattr(heard, "ASK", 0.3)
    monkeypatch.setattr(heard, "LOST", 1.0)
    fill(store, 5)
    with (
        published(own_broker.servers, store) as topic,
        following(own_broker.servers, store, topic) as feed,
    ):
        eventually(lambda: feed.head().at(0) == 5)

        def lost() -> bool:
            try:
                return feed.head().at(0) < 5
            except Unavailable as away:
                return "has not told" in str(away)

        for end, back in (
            (own_broker.pause, own_broker.resume),
            (own_broker.kill, own_broker.start),
        ):
            assert not feed.wait(feed.head(), timeout=2)
            assert not lost(), "nothing new is no silence"
            end()
            try:
                eventually(lost)
                assert list(feed.page(0, 0, 9)) == list(store.page(0, 0, 9)), "it is at hand"
            finally:
                back()
            eventually(lambda: not lost(), seconds=60)
        fill(store, 1, begin=5)
        eventually(lambda: feed.wait(Position.of({0: 5}), 0.5), seconds=60)


def test_a_worker_beats_while_kafka_is_there_and_not_while_it_is_lost(
    own_broker: Broker,
    store: PostgresStore,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(heard, "ASK", 0.3)
    monkeypatch.setattr(heard, "LOST", 1.0)
    fill(store, 5)
    beats: list[int] = []

    def waited() -> int:
        return sum("projections wait" in line.getMessage() for line in caplog.records)

    def beats_in_rounds(rounds: Callable[[], int]) -> int:
        before, begun = len(beats), rounds()
        eventually(lambda: rounds() >= begun + 2)
        return len(beats) - before

    with (
        published(own_broker.servers, store) as topic,
        following(own_broker.servers, store, topic) as feed,
        ThreadPoolExecutor(1) as pool,
    ):
        stop, runner = Event(), Runner(store, MemoryRowStore(), [], tail=feed)
        running = pool.submit(runner.run, stop, lambda: beats.append(0))
        try:
            assert beats_in_rounds(lambda: len(beats)) >= 2
            own_broker.pause()
            try:
                eventually(lambda: waited() > 0)
                assert beats_in_rounds(waited) == 0
            finally:
                own_broker.resume()
            eventually(lambda: beats_in_rounds(lambda: len(beats)) >= 2)
        finally:
            stop.set()
        running.result()
