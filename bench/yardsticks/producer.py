"""kafka-python's own producer: records that are made beforehand, one after the other."""

import time
from collections.abc import Sequence
from typing import Any

from kafka import KafkaProducer

from adapters.kafka.connection import Connection
from adapters.kafka.records import Record
from adapters.kafka.writer import options

NAME = "kafka-python's producer, same records, same settings, without transactions"
IN_TRANSACTIONS = "the same in transactions of as many"


def plain(servers: str, topic: str, records: Sequence[tuple[int, Record]], at_once: int) -> float:
    """Send (partition, record) entries; the seconds until all are acknowledged.

    Every `at_once` it waits for what is under way, as whoever wants to know what was written must.
    """
    with KafkaProducer(**_chosen(servers), enable_idempotence=True) as producer:
        producer.partitions_for(topic)
        begun = time.perf_counter()
        for first in range(0, len(records), at_once):
            _send(producer, topic, records[first : first + at_once])
            producer.flush()
        return time.perf_counter() - begun


def in_transactions(
    servers: str, topic: str, records: Sequence[tuple[int, Record]], at_once: int
) -> float:
    """The same, `at_once` in a transaction; the seconds until the last one is committed."""
    with KafkaProducer(**_chosen(servers), transactional_id=f"{topic}.yardstick") as producer:
        producer.init_transactions()
        producer.partitions_for(topic)
        begun = time.perf_counter()
        for first in range(0, len(records), at_once):
            producer.begin_transaction()
            _send(producer, topic, records[first : first + at_once])
            producer.commit_transaction()
        return time.perf_counter() - begun


def _chosen(servers: str) -> dict[str, Any]:
    return options(Connection(servers=(servers,)), "zstd")


def _send(producer: KafkaProducer, topic: str, records: Sequence[tuple[int, Record]]) -> None:
    for partition, record in records:
        producer.send(
            topic,
            record.value,
            key=record.key,
            headers=record.headers,
            partition=partition,
            timestamp_ms=record.timestamp,
        )
