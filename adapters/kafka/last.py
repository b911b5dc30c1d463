"""How far a partition is: its last record that is committed."""

import time
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

from adapters.kafka.connection import Connection

FIRST_LOOK = 32
"""Offsets to read from the end on, and eight times as many each time that there is no record among
them: marks of transactions have offsets, too, and so has what was undone."""

GIVE_UP = 30.0
"""Seconds until an end that does not come counts as lost."""


class PartitionEmptied(Exception):
    """There were records in a partition, and they are gone: nobody can tell how far it was."""


def committed_reader(connection: Connection) -> Any:
    """A KafkaConsumer of what is committed, and of no group."""
    return KafkaConsumer(
        **connection.options,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="none",
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )


def last_record(consumer: Any, topic: str, partition: int) -> Any | None:
    """The last committed record of a partition; None: there never was one.

    Raises PartitionEmptied, and errors of kafka-python.
    """
    place = TopicPartition(topic, partition)
    consumer.assign([place])
    begin = consumer.beginning_offsets([place])[place]
    end = consumer.end_offsets([place])[place]
    low, look = end, FIRST_LOOK
    while low > begin:
        low = max(begin, end - look)
        look *= 8
        if records := _between(consumer, place, low, end):
            return records[-1]
    if begin > 0:
        raise PartitionEmptied(f"All records of {topic}, partition {partition}, are gone.")
    return None


def _between(consumer: Any, place: TopicPartition, low: int, end: int) -> list[Any]:
    """The committed records of a range of offsets."""
    consumer.seek(place, low)
    records: list[Any] = []
    deadline = time.monotonic() + GIVE_UP
    while consumer.position(place) < end:
        if time.monotonic() > deadline:
            raise KafkaTimeoutError(f"The end of {place} did not come.")
        for found in consumer.poll(500).values():
            records += [record for record in found if record.offset < end]
    return records
