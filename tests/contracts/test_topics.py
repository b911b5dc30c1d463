"""Every topic there is, under the one contract."""

from collections.abc import Iterator, Sequence
from secrets import token_hex
from uuid import uuid4

import pytest
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from adapters.kafka.connection import Connection
from adapters.kafka.topic import KafkaTopic
from adapters.memory_topic import MemoryTopic
from domain.ids import stream_of
from projections.publish_ports import TopicUnavailable, TopicUnusable
from tests.broker.broker import PASSWORD, USER, Broker
from tests.broker.topics import read_all
from tests.contracts.topic import TopicContract, events, mark
from tests.projections.log import Log, opened


class TestMemoryTopic(TopicContract):
    @pytest.fixture
    def topic(self) -> MemoryTopic:
        return MemoryTopic()

    @staticmethod
    def read(topic: MemoryTopic, lane: int) -> Sequence[tuple[int, str]]:
        return [(event.position, event.event_id) for event in topic.events(lane)]


class TestKafkaTopic(TopicContract):
    @pytest.fixture
    def topic(self, kafka: str) -> Iterator[KafkaTopic]:
        made = KafkaTopic(
            Connection(servers=(kafka,)), f"test-{uuid4().hex}", source="/chronodesk", replication=1
        )
        yield made
        with KafkaAdminClient(bootstrap_servers=kafka) as admin:
            admin.delete_topics([made.name])

    @staticmethod
    def read(topic: KafkaTopic, lane: int) -> Sequence[tuple[int, str]]:
        (servers,) = topic._connection.servers
        told = [dict(record.headers) for record in read_all(servers, topic.name, lane)]
        return [(int(h["ce_position"]), h["ce_id"].decode()) for h in told]

    def test_what_somebody_else_wrote_is_refused(self, kafka: str, topic: KafkaTopic) -> None:
        topic.prepare([0])
        with KafkaProducer(bootstrap_servers=kafka) as producer:
            producer.send(topic.name, b"hello", partition=0)
        with pytest.raises(TopicUnusable, match="did not write"), topic.open(0):
            pass

    def test_a_topic_whose_records_are_gone_is_refused(self, kafka: str, topic: KafkaTopic) -> None:
        topic.prepare([0])
        with topic.open(0) as partition:
            partition.write(events(3))
        with KafkaAdminClient(bootstrap_servers=kafka) as admin:
            admin.delete_records({TopicPartition(topic.name, 0): -1})
        with pytest.raises(TopicUnusable, match="are gone"), topic.open(0):
            pass

    def test_an_event_that_is_too_long_is_refused_with_the_limit(
        self, kafka: str, topic: KafkaTopic
    ) -> None:
        with KafkaAdminClient(bootstrap_servers=kafka) as admin:
            limits = {"max.message.bytes": "2000"}
            admin.create_topics([NewTopic(topic.name, 1, 1, topic_configs=limits)])
        long = Log().write(stream_of("ticket", "1"), opened(subject=token_hex(4_000)))
        with pytest.raises(TopicUnusable, match=r"max\.message\.bytes"), topic.open(0) as partition:
            partition.write(long)
        assert self.read(topic, 0) == []

    def test_the_last_event_is_found_behind_much_that_was_undone(
        self, kafka: str, topic: KafkaTopic
    ) -> None:
        topic.prepare([0])
        written = events(2)
        with topic.open(0) as partition:
            partition.write(written)
        with KafkaProducer(bootstrap_servers=kafka, transactional_id=topic.name) as other:
            other.init_transactions()
            for _ in range(30):
                other.begin_transaction()
                for _ in range(20):
                    other.send(topic.name, b"undone", partition=0)
                other.flush()
                other.abort_transaction()
        assert topic.marks([0]) == {0: mark(written[-1])}

    def test_it_gets_in_by_name_and_password(self, own_broker: Broker) -> None:
        signed = {
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "PLAIN",
            "sasl_plain_username": USER,
        }
        made = KafkaTopic(
            Connection(
                servers=(own_broker.signed,),
                security={**signed, "sasl_plain_password": PASSWORD},
            ),
            "signed",
            source="/chronodesk",
            replication=1,
        )
        made.prepare([0])
        with made.open(0) as partition:
            partition.write(events(1))
        assert made.marks([0]) == {0: mark(events(1)[0])}
        wrong = Connection(
            servers=(own_broker.signed,), security={**signed, "sasl_plain_password": "wrong"}
        )
        with pytest.raises(TopicUnavailable, match="or does not let us in"):
            KafkaTopic(wrong, "signed", source="/chronodesk").prepare([0])
