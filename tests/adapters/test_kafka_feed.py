"""The feed from Kafka: pages from anywhere, whoever has the lane, whatever is between records."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from adapters.kafka import feed as module
from adapters.kafka.connection import Connection
from adapters.kafka.feed import KafkaFeed
from adapters.kafka.topic import KafkaTopic
from adapters.kafka.window import Place, Window
from adapters.postgres.pool import open_pool
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from domain.position import Position
from domain.recorded import Recorded
from projections.following import HoleInTheLog
from projections.ports import Unavailable
from projections.publish_ports import TopicUnusable
from tests.adapters.kafka_world import following, published
from tests.broker.broker import Broker
from tests.contracts.requests import request, ticket, write
from tests.contracts.topic import events
from tests.projections.postgres import eventually


@pytest.fixture
def store(empty_database_url: str) -> Iterator[PostgresStore]:
    migrate(empty_database_url, lanes=1)
    with open_pool(empty_database_url) as pool:
        yield PostgresStore(pool)


def fill(store: PostgresStore, count: int, begin: int = 0) -> None:
    store.append_many([request(write(ticket(n), 0, f"{n}")) for n in range(begin, begin + count)])


def one_by_one(servers: str, store: PostgresStore, name: str) -> None:
    """Publish each event in a transaction of its own, with one that is undone before it."""
    topic = KafkaTopic(Connection(servers=(servers,)), name, source="/chronodesk", replication=1)
    topic.prepare([0])
    with KafkaProducer(bootstrap_servers=servers, transactional_id=name) as other:
        other.init_transactions()
        with topic.open(0) as partition:
            for event in store.page(0, 0, 10_000):
                if event.position % 5 == 0:
                    other.begin_transaction()
                    other.send(name, b"undone", partition=0)
                    other.flush()
                    other.abort_transaction()
                partition.write([event])


def test_a_page_from_anywhere_is_what_the_log_has_there(kafka: str, store: PostgresStore) -> None:
    fill(store, 120)
    log = store.page(0, 0, 1_000)
    name = "test-one-by-one-" + log[0].event_id
    one_by_one(kafka, store, name)
    with following(kafka, store, name) as feed:
        eventually(lambda: feed.wait(Position.of({0: 119}), 0.5))
        for after in (0, 100, 3, 119, 60, 61, 120, 0):
            assert list(feed.page(0, after, 7)) == list(log[after : after + 7]), after
    with KafkaAdminClient(bootstrap_servers=kafka) as admin:
        admin.delete_topics([name])


def test_who_asks_for_what_is_not_there_yet_gets_it_when_it_comes(
    kafka: str, store: PostgresStore
) -> None:
    fill(store, 10)
    with published(kafka, store) as topic, following(kafka, store, topic) as feed:
        assert list(feed.page(0, 30, 5)) == []
        fill(store, 30, begin=10)
        eventually(lambda: list(feed.page(0, 30, 5)) == list(store.page(0, 30, 5)))
        assert feed.wait(Position.of({0: 20}), timeout=10)


def test_a_lane_goes_to_who_comes_and_back_from_who_goes(
    kafka: str, empty_database_url: str
) -> None:
    migrate(empty_database_url, lanes=4)
    with open_pool(empty_database_url) as pool:
        store = PostgresStore(pool)
        fill(store, 200)
        with published(kafka, store) as topic, following(kafka, store, topic) as one:
            with following(kafka, store, topic, lanes=0) as two:

                def shared() -> bool:
                    lanes = [*one.lanes(), *two.lanes()]
                    return len(one.lanes()) == len(two.lanes()) == 2 and sorted(lanes) == [
                        0,
                        1,
                        2,
                        3,
                    ]

                eventually(shared)
                fill(store, 50, begin=200)
                for feed in (one, two):
                    for lane in feed.lanes():
                        eventually(lambda f=feed, n=lane: whole(f, store, n))  # type: ignore[misc]
                (foreign, *_) = two.lanes()
                assert list(one.page(foreign, 0, 10)) == []
            eventually(lambda: list(one.lanes()) == [0, 1, 2, 3])
            for lane in range(4):
                eventually(lambda n=lane: whole(one, store, n))  # type: ignore[misc]


def whole(feed: KafkaFeed, store: PostgresStore, lane: int) -> bool:
    """Whether a lane is all there; what there is must be right at any time."""
    events: list[Recorded[Any]] = []
    while page := feed.page(lane, len(events), 17):
        events += page
    log = store.page(lane, 0, 1_000)
    assert events == list(log[: len(events)])
    return len(events) == len(log)


def test_who_comes_later_begins_near_to_where_the_others_were(
    kafka: str, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HINT", 0.0)
    fill(store, 300)
    with published(kafka, store) as topic:
        with following(kafka, store, topic) as feed:
            eventually(lambda: feed.head().at(0) == 300)
            assert len(feed.page(0, 250, 100)) == 50

            def hinted() -> bool:
                feed.head()
                return feed._hinted(0).position >= 200

            eventually(hinted)
        with following(kafka, store, topic) as later:
            assert later.head().at(0) >= 199
            for after in (290, 0):
                log = list(store.page(0, after, 5))
                eventually(lambda n=after, log=log: list(later.page(0, n, 5)) == log)  # type: ignore[misc]


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


def test_a_broker_that_is_away_is_told_and_waited_for(
    own_broker: Broker, store: PostgresStore
) -> None:
    fill(store, 5)
    with published(own_broker.servers, store) as topic:
        own_broker.kill()
        feed = KafkaFeed(
            Connection(servers=(own_broker.servers,)), topic, f"{topic}.views", store.load
        )
        with pytest.raises(Unavailable, match="cannot be reached"):
            feed.lanes()
        own_broker.start()
        try:
            eventually(lambda: list(feed.lanes()) == [0], seconds=60)
            eventually(lambda: len(feed.page(0, 0, 10)) == 5, seconds=60)
        finally:
            feed.close()


def test_a_window_forgets_what_everybody_has() -> None:
    window = Window(0)
    taken = [SimpleNamespace(offset=2 * n) for n in range(10)]
    for n, record in enumerate(taken, 1):
        assert window.take(n, record)
        assert window.take(n, record), "it comes again, and is there once"
    assert not window.take(12, taken[0])
    window.trim()
    assert window.first == 1, "nobody has asked yet"
    window.asked += [7, 4]
    window.trim()
    assert (window.first, window.end, window.place) == (5, 10, Place(position=4, offset=6))
    assert window.after(4, 2) == taken[4:6]
    assert window.after(10, 2) == []
    assert window.place.bound(6) == 8
    window.asked.append(10)
    window.trim()
    assert (window.first, window.end) == (11, 10)
    window.move(3)
    assert (window.first, window.end) == (3, 2)


def test_a_foreign_record_stands_in_for_the_event_behind_it_alone() -> None:
    window = Window(0)
    window.move(6)
    ours = [SimpleNamespace(offset=n) for n in range(10)]
    foreign = SimpleNamespace(offset=99)
    for position in (4, None, 5):  # before what is looked for
        window.take(position, foreign if position is None else ours[position])
    assert window.at_hand == 5
    window.take(6, ours[6])
    assert window.after(5, 9) == [ours[6]]
    window.take(None, foreign)
    assert (window.end, window.at_hand) == (6, 7)
    assert (window.after(6, 9), window.after(5, 9)) == ([foreign], [ours[6], foreign])
    for position in (7, 8):
        window.take(position, ours[position])
    assert (window.after(6, 1), window.after(7, 9), window.at_hand) == ([foreign], [ours[8]], 8)
