"""What of kafka-python's producer Chronodesk relies on, against a real broker: see decision 20."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError, ProducerFencedError

import adapters.kafka.writer
from adapters.kafka.connection import Connection
from adapters.kafka.records import Record
from adapters.kafka.writer import Writer
from tests.broker.broker import Broker
from tests.broker.topics import read_all, topic


@contextmanager
def producing(servers: str, ident: str, **more: Any) -> Iterator[Any]:
    """A transactional producer, ready to begin."""
    made = KafkaProducer(
        bootstrap_servers=servers, transactional_id=ident, retry_backoff_ms=5, **more
    )
    try:
        made.init_transactions()
        yield made
    finally:
        made.close(timeout=1)


def write(producer: Any, name: str, *values: bytes) -> None:
    for value in values:
        producer.send(name, value, partition=0)


def crashed(broker: Broker) -> None:
    broker.kill()
    broker.start()


def values(servers: str, name: str, isolation: str = "read_committed") -> list[bytes]:
    return [record.value for record in read_all(servers, name, 0, isolation=isolation)]


def test_what_is_committed_is_seen_and_what_is_taken_back_is_not(kafka: str) -> None:
    with topic(kafka) as name, producing(kafka, name) as producer:
        producer.begin_transaction()
        write(producer, name, b"1", b"2")
        producer.commit_transaction()
        producer.begin_transaction()
        write(producer, name, b"no")
        producer.flush()
        producer.abort_transaction()
        producer.begin_transaction()
        write(producer, name, b"3")
        producer.commit_transaction()
        assert values(kafka, name) == [b"1", b"2", b"3"]
        assert values(kafka, name, "read_uncommitted") == [b"1", b"2", b"no", b"3"]


def test_what_is_under_way_holds_back_who_reads_what_is_committed(kafka: str) -> None:
    with topic(kafka) as name, producing(kafka, name) as slow, producing(kafka, f"{name}-2") as two:
        slow.begin_transaction()
        write(slow, name, b"slow")
        slow.flush()
        two.begin_transaction()
        write(two, name, b"quick")
        two.commit_transaction()
        assert values(kafka, name) == []
        slow.commit_transaction()
        assert values(kafka, name) == [b"slow", b"quick"]


def test_the_next_of_its_name_takes_back_what_a_killed_producer_left(kafka: str) -> None:
    program = f"""
import sys
from tests.adapters.kafka_client.test_transactions import producing, write
with producing({kafka!r}, sys.argv[1]) as producer:
    producer.begin_transaction()
    write(producer, sys.argv[1], b"committed")
    producer.commit_transaction()
    producer.begin_transaction()
    write(producer, sys.argv[1], b"left")
    producer.flush()
    print("in the middle", flush=True)
    sys.stdin.read()
"""
    with topic(kafka) as name:
        with subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", program, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as killed:
            assert killed.stdout is not None
            assert killed.stdout.readline() == b"in the middle\n"
            killed.kill()
        with producing(kafka, name):
            # What committed readers see ends after all that was written and taken back: whoever
            # looks now misses nothing that will be seen later.
            place = TopicPartition(name, 0)
            ends = []
            for isolation in ("read_committed", "read_uncommitted"):
                with KafkaConsumer(
                    bootstrap_servers=kafka, isolation_level=isolation, enable_auto_commit=False
                ) as consumer:
                    ends.append(consumer.end_offsets([place])[place])
            assert ends == [4, 4], "two records, and a mark after each"
            assert values(kafka, name) == [b"committed"]


def test_of_two_of_one_name_the_first_can_commit_no_more(kafka: str) -> None:
    with topic(kafka) as name, producing(kafka, name) as zombie:
        zombie.begin_transaction()
        write(zombie, name, b"zombie")
        zombie.flush()
        with producing(kafka, name) as heir:
            heir.begin_transaction()
            write(heir, name, b"heir")
            heir.commit_transaction()
            with pytest.raises(ProducerFencedError):
                zombie.commit_transaction()
            with pytest.raises(KafkaError):
                zombie.begin_transaction()
        assert values(kafka, name) == [b"heir"]


def test_of_a_commit_in_a_crash_all_or_nothing_is_left(own_broker: Broker) -> None:
    """Most go on when the broker is back; some wait for ever, and that is why there is Writer."""
    connection = Connection(servers=(own_broker.servers,))
    sent = [Record(b"k", b"%d" % n, [], 0) for n in range(1_000)]
    with topic(own_broker.servers) as name:
        with suppress(KafkaError), Writer(connection, name, None) as writer:
            crash = Thread(target=crashed, args=[own_broker])
            crash.start()
            writer.write(name, 0, sent)
        crash.join()
        with Writer(connection, name, None):
            assert values(own_broker.servers, name) in ([], [record.value for record in sent])


def test_an_idempotent_producer_repeats_without_doubling_and_in_order(own_broker: Broker) -> None:
    sent = [b"%d" % n for n in range(3_000)]
    with topic(own_broker.servers) as name:
        with KafkaProducer(
            bootstrap_servers=own_broker.servers, batch_size=2_000, retry_backoff_ms=20
        ) as producer:
            futures = [producer.send(name, value, partition=0) for value in sent[:1_500]]
            futures[200].get(timeout=60)
            own_broker.kill()  # answers to what is written by now are lost
            futures += [producer.send(name, value, partition=0) for value in sent[1_500:]]
            own_broker.start()
            producer.flush(timeout=90)
        assert values(own_broker.servers, name) == sent


def test_who_waits_to_write_to_a_broker_that_is_away_is_told_in_time(own_broker: Broker) -> None:
    with topic(own_broker.servers) as name, producing(own_broker.servers, name) as producer:
        producer.partitions_for(name)
        producer.begin_transaction()
        own_broker.pause()
        write(producer, name, b"1")
        with pytest.raises(KafkaTimeoutError):
            producer.flush(timeout=1)
        own_broker.resume()
        producer.commit_transaction()
        assert values(own_broker.servers, name) == [b"1"]


def test_a_commit_says_nothing_of_records_that_were_given_up(own_broker: Broker) -> None:
    """That is why Writer looks at each record before it commits."""
    short = {"delivery_timeout_ms": 8_000, "request_timeout_ms": 7_000}
    with (
        topic(own_broker.servers) as name,
        producing(own_broker.servers, name, **short) as producer,
    ):
        producer.begin_transaction()
        write(producer, name, b"1")
        producer.flush()
        own_broker.pause()
        given_up = producer.send(name, b"2", partition=0)
        with pytest.raises(KafkaTimeoutError):
            given_up.get(timeout=60)
        own_broker.resume()
        producer.commit_transaction()
        assert b"1" in values(own_broker.servers, name)


def test_a_writer_commits_nothing_of_a_transaction_that_is_not_whole(
    own_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = Connection(servers=(own_broker.servers,))
    records = [Record(b"k", b"%d" % n, [], 0) for n in range(3)]
    monkeypatch.setattr(adapters.kafka.writer, "GIVE_UP", 8.0)

    def write_while_it_does_not_answer(name: str) -> None:
        with Writer(connection, name, None) as writer:
            writer.write(name, 0, records[:1])
            own_broker.pause()
            writer.write(name, 0, records[1:])

    with topic(own_broker.servers) as name:
        with pytest.raises(KafkaError):
            write_while_it_does_not_answer(name)
        own_broker.resume()
        monkeypatch.undo()
        with Writer(connection, name, None) as heir:
            heir.write(name, 0, records[1:])
        assert values(own_broker.servers, name) == [b"0", b"1", b"2"]


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd", None])
def test_records_come_back_as_they_were_packed(kafka: str, codec: str | None) -> None:
    sent = [b'{"text": "%d \xea\xb8\x80"}' % n * 50 for n in range(200)]
    with topic(kafka) as name, producing(kafka, name, compression_type=codec) as producer:
        producer.begin_transaction()
        for value in sent:
            producer.send(name, value, key=b"k", partition=0, headers=[("ce_id", value[:9])])
        producer.commit_transaction()
        records = read_all(kafka, name, 0)
        assert [record.value for record in records] == sent
        assert {record.key for record in records} == {b"k"}
        assert [record.headers for record in records] == [[("ce_id", v[:9])] for v in sent]
