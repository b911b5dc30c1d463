"""The feed from Kafka: pages from anywhere, whoever has the lane, whatever is between records."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import KafkaProducer
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
from projections.ports import Unavailable
from tests.adapters.kafka_world import fill, following, one_lane, published
from tests.broker.broker import Broker
from tests.projections.postgres import eventually


@pytest.fixture
def store(empty_database_url: str) -> Iterator[PostgresStore]:
    with one_lane(empty_database_url) as made:
        yield made


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
        assert feed.wait(Position.of({0: 20}), timeout=60)


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
