"""Every inbox and every place for dead letters there is, under the one contract."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from adapters.kafka import heard
from adapters.kafka.connection import Connection
from adapters.kafka.dead_letters import KafkaDeadLetters
from adapters.kafka.group import KafkaGroup
from adapters.kafka.inbox import KafkaInbox
from adapters.kafka.letter_count import LetterCount
from adapters.memory_inbox import MemoryDeadLetters, MemoryInbox
from commands.intake_ports import Delivery
from domain.record import with_changes
from projections.publish_ports import TopicUnavailable, TopicUnusable
from tests.broker.broker import Broker
from tests.broker.topics import topic
from tests.contracts.inbox import (
    AT,
    DeadLettersContract,
    InboxContract,
    Leave,
    refused,
    taken,
    values,
)
from tests.projections.postgres import eventually
from tests.said import Said


class TestMemoryInbox(InboxContract):
    @pytest.fixture
    def inbox(self) -> MemoryInbox:
        return MemoryInbox()

    @pytest.fixture
    def leave(self, inbox: MemoryInbox) -> Leave:
        ends: dict[int, int] = {}

        def leave(partition: int, key: str, *sent: str) -> None:
            for value in sent:
                offset = ends[partition] = ends.get(partition, -1) + 1
                delivery = Delivery(
                    key=key.encode(),
                    value=value.encode(),
                    partition=partition,
                    offset=offset,
                    at=datetime.now(UTC),
                )
                inbox.leave(delivery)

        return leave


def kafka_inbox(kafka: str, name: str) -> KafkaInbox:
    return KafkaInbox(Connection(servers=(kafka,)), name, name, partitions=2, replication=1)


def shared(inbox: KafkaInbox) -> bool:
    """Whether each of two members of its group has a partition."""
    members = KafkaGroup(inbox._connection, inbox.name, inbox.name).members()
    return [len(member.lanes) for member in members] == [1, 1]


class TestKafkaInbox(InboxContract):
    @pytest.fixture
    def inbox(self, kafka: str) -> Iterator[KafkaInbox]:
        made = kafka_inbox(kafka, f"test-{uuid4().hex}")
        made.prepare()
        yield made
        with KafkaAdminClient(bootstrap_servers=kafka) as admin:
            admin.delete_topics([made.name])

    @pytest.fixture
    def leave(self, kafka: str, inbox: KafkaInbox) -> Leave:
        def leave(partition: int, key: str, *sent: str) -> None:
            with KafkaProducer(bootstrap_servers=kafka) as producer:
                for value in sent:
                    producer.send(
                        inbox.name, value.encode(), key=key.encode(), partition=partition
                    ).get(timeout=60)

        return leave

    def test_it_is_made_with_its_partitions_and_taken_as_it_is_when_it_is_there(
        self, kafka: str, inbox: KafkaInbox
    ) -> None:
        KafkaInbox(Connection(servers=(kafka,)), inbox.name, "other", partitions=5).prepare()
        with KafkaAdminClient(bootstrap_servers=kafka) as admin:
            (told,) = admin.describe_topics([inbox.name])
        assert len(told["partitions"]) == 2

    def test_one_that_nobody_has_begun_yet_is_behind_by_all_that_is_in_it(
        self, inbox: KafkaInbox, leave: Leave
    ) -> None:
        leave(0, "a:1", "one", "two")
        leave(1, "b:2", "three")
        assert inbox.lag() == 3

    def test_two_share_it_and_each_delivery_is_done_by_one_of_them(
        self, inbox: KafkaInbox, leave: Leave
    ) -> None:
        stop = Event()

        def work() -> set[int]:
            """Until the end; the partitions that were its own then."""
            with inbox.open() as member:
                while not stop.is_set():
                    member.done(member.take(0.5))
                return {place.partition for place in member._ours}

        with ThreadPoolExecutor(2) as pool:
            members = [pool.submit(work)]
            leave(0, "a:1", "one")
            eventually(lambda: inbox.lag() == 0, 60)
            members.append(pool.submit(work))
            eventually(lambda: shared(inbox), 60)
            leave(0, "a:1", "two")
            leave(1, "b:2", "three")
            eventually(lambda: inbox.lag() == 0, 60)
            stop.set()
            assert [one.result() for one in members] in ([{0}, {1}], [{1}, {0}])

    def test_who_lost_a_partition_cannot_say_that_it_is_done(
        self, inbox: KafkaInbox, leave: Leave
    ) -> None:
        leave(0, "a:1", "one")
        with inbox.open() as zombie:
            found = taken(zombie, 1)
        with inbox.open() as heir:
            again = taken(heir, 1)
            assert values(again) == values(found)
            zombie._reached[TopicPartition(inbox.name, 0)] = 1
            zombie._tend()
            assert zombie._reached == {}
        assert inbox.lag() == 1

    def test_reports_that_were_deleted_before_they_were_taken_are_told(
        self, kafka: str, inbox: KafkaInbox, leave: Leave, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        leave(0, "a:1", "one", "two", "three")
        with inbox.open() as member:
            member.done(taken(member, 3)[:1])
        monkeypatch.setattr("adapters.kafka.inbox.log", said := Said())
        with KafkaAdminClient(bootstrap_servers=kafka) as admin:
            admin.delete_records({TopicPartition(inbox.name, 0): -1})
        leave(0, "a:1", "four")
        with inbox.open() as member:
            assert values(taken(member, 1)) == [b"four"]
        (line,) = said.lines
        assert "deleted before they were taken in" in line["event"]
        assert (line["partition"], line["reports"]) == (0, 2)


def test_a_kafka_that_is_lost_is_told_though_its_library_waits(
    own_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a heartbeat went on, and nobody would hear of it."""
    monkeypatch.setattr(heard, "ASK", 0.3)
    monkeypatch.setattr(heard, "LOST", 1.0)
    cluster = Connection(servers=(own_broker.servers,))
    with topic(own_broker.servers, 2) as name:
        inbox = KafkaInbox(cluster, name, f"{name}.group", partitions=2, replication=1)
        with inbox.open() as member:
            for _ in range(4):
                assert member.take(0.5) == []
            own_broker.pause()
            try:
                with pytest.raises(TopicUnavailable, match="has not told"):
                    taken(member, 1)
            finally:
                own_broker.resume()


class TestMemoryDeadLetters(DeadLettersContract):
    @pytest.fixture
    def dead_letters(self) -> MemoryDeadLetters:
        return MemoryDeadLetters()


class TestKafkaDeadLetters(DeadLettersContract):
    @pytest.fixture
    def dead_letters(self, kafka: str) -> Iterator[KafkaDeadLetters]:
        made = KafkaDeadLetters(Connection(servers=(kafka,)), f"test-{uuid4().hex}", replication=1)
        made.prepare()
        yield made
        made.close()
        with KafkaAdminClient(bootstrap_servers=kafka) as admin:
            admin.delete_topics([made.name])

    def test_without_a_topic_there_are_none(self, kafka: str) -> None:
        nowhere = KafkaDeadLetters(Connection(servers=(kafka,)), "nowhere")
        assert (list(nowhere.letters()), nowhere.open()) == ([], 0)

    def test_a_topic_of_several_partitions_is_refused(self, kafka: str) -> None:
        with topic(kafka, 2) as name:
            wide = KafkaDeadLetters(Connection(servers=(kafka,)), name)
            wide.name = name
            with pytest.raises(TopicUnusable, match="2 partitions"):
                wide.prepare()

    def test_headers_that_no_record_of_ours_could_have_are_no_hindrance(
        self, dead_letters: KafkaDeadLetters
    ) -> None:
        """Others may send headers without a value, and such as we write ourselves."""
        ((one, reason),) = refused(7)
        headers = (("x", None), ("dead_settles", b"0"), ("dead_keyless", b"True"), ("y", b"z"))
        odd = with_changes(one, headers=headers)
        dead_letters.put([(odd, reason), *refused(8)], AT)
        first, second = self.kept(dead_letters)
        assert (first.ending, second.ending) == (None, None)
        assert (first.delivery.key, first.delivery.offset) == (one.key, 7)
        assert first.delivery.headers == (("x", b""), ("y", b"z"))

    def test_an_inbox_that_was_made_anew_gives_letters_of_its_own(
        self, dead_letters: KafkaDeadLetters
    ) -> None:
        ((one, reason),) = refused(7)
        later = with_changes(one, at=one.at + timedelta(days=1))
        dead_letters.put([(one, reason), (later, reason), (later, reason)], AT)
        assert [letter.delivery.at for letter in self.kept(dead_letters)] == [one.at, later.at]

    def test_they_are_counted_on_from_where_they_were_counted_to(
        self, dead_letters: KafkaDeadLetters, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read: list[int] = []
        take = LetterCount.take

        def noted(count: LetterCount, record: Any) -> None:
            read.append(record.offset)
            take(count, record)

        monkeypatch.setattr(LetterCount, "take", noted)
        dead_letters.put(refused(*range(50)), AT)
        counted = [dead_letters.open(), dead_letters.open()]
        dead_letters.put(refused(50), AT)
        counted.append(dead_letters.open())
        assert (counted, read) == ([50, 50, 51], list(range(51)))

    def test_a_topic_that_was_made_anew_is_counted_anew(
        self, kafka: str, dead_letters: KafkaDeadLetters
    ) -> None:
        dead_letters.put(refused(7, 8, 9), AT)
        assert dead_letters.open() == 3
        for put in (refused(1, 2), refused(1, 2, 3, 4)):  # shorter, and longer than it was before
            dead_letters.close()
            with KafkaAdminClient(bootstrap_servers=kafka) as admin:
                admin.delete_topics([dead_letters.name])
                eventually(lambda admin=admin: dead_letters.name not in admin.list_topics())  # type: ignore[misc]
            dead_letters.prepare()
            dead_letters.put(put, AT)
            assert dead_letters.open() == len(put)

    def test_letters_that_were_deleted_are_not_counted(
        self, kafka: str, dead_letters: KafkaDeadLetters
    ) -> None:
        dead_letters.put(refused(7, 8, 9), AT)
        assert dead_letters.open() == 3
        for left in (1, 0):
            with KafkaAdminClient(bootstrap_servers=kafka) as admin:
                admin.delete_records({TopicPartition(dead_letters.name, 0): 3 - left})
            assert dead_letters.open() == left

    def test_what_others_wrote_into_it_is_passed_over(
        self, kafka: str, dead_letters: KafkaDeadLetters
    ) -> None:
        with KafkaProducer(bootstrap_servers=kafka) as producer:
            producer.send(dead_letters.name, b"hello").get(timeout=60)
        dead_letters.put(refused(7), AT)
        (letter,) = self.kept(dead_letters)
        assert (letter.offset, letter.delivery.offset) == (1, 7)
        assert dead_letters.open() == 1
