"""projections.publish_ports.Topic on Kafka."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from adapters.kafka.connection import Connection
from adapters.kafka.last import PartitionEmptied, committed_reader, last_record
from adapters.kafka.records import mark_of, record_of
from adapters.kafka.topics import FOR_EVER, made
from adapters.kafka.writer import Writer
from domain.recorded import Recorded
from projections.following import Mark
from projections.publish_ports import TopicUnusable

CONFIGURATION = {
    **FOR_EVER,  # who begins to follow later gets everything as well
    "max.message.bytes": str(16 * 2**20),
    "message.timestamp.after.max.ms": str(2**63 - 1),  # our clock may be before the cluster's
}
"""Of a topic that is made here."""


class KafkaTopic:
    """The log as a topic. Several processes may have the same one; a lane is open in one place."""

    def __init__(
        self,
        connection: Connection,
        name: str,
        *,
        source: str,
        compression: str | None = "zstd",
        replication: int = -1,
    ) -> None:
        """`source` names this desk in each event; a topic is made with `replication` copies.

        -1: as many as the cluster makes of any topic.
        """
        self.name = name
        self._connection = connection
        self._source = source
        self._compression = compression
        self._replication = replication

    def prepare(self, lanes: Sequence[int]) -> None:
        """See Topic."""
        wanted = max(lanes) + 1
        found = made(self._connection, self.name, wanted, CONFIGURATION, self._replication)
        if found < wanted:
            raise TopicUnusable(
                f"The topic {self.name} has {_count(found, 'partition')} and the log has"
                f" {_count(wanted, 'lane')}: add partitions (kafka-topics.sh --alter --topic"
                f" {self.name} --partitions {wanted}), which moves nothing that is there."
            )
        if found > wanted:
            raise TopicUnusable(
                f"The topic {self.name} has {_count(found, 'partition')} and the log has"
                f" {_count(wanted, 'lane')}: some would stay empty, and who follows them would wait"
                f" for ever. Give the log as many (chronodesk lanes set {found}), or name another"
                " topic by CHRONODESK_KAFKA__TOPIC, which is made as it must be."
            )

    @contextmanager
    def open(self, lane: int) -> Iterator["KafkaPartition"]:
        """See Topic. The end of what others had begun is written before this looks for it."""
        ident = f"{self.name}.lane-{lane}"
        with (
            self._connection.explained(),
            Writer(self._connection, ident, self._compression) as writer,
        ):
            last = self._last(lane)
            yield KafkaPartition(self, writer, lane, last)

    def marks(self, lanes: Sequence[int]) -> Mapping[int, Mark | None]:
        """See Topic."""
        with self._connection.explained(), committed_reader(self._connection) as consumer:
            there = consumer.partitions_for_topic(self.name) or set()
            return {lane: self._mark(consumer, lane) for lane in lanes if lane in there}

    def write(self, writer: Writer, lane: int, events: Sequence[Recorded[Any]]) -> None:
        """Add events to a lane's partition, all or none."""
        records = [record_of(event, self._source) for event in events]
        with self._connection.explained():
            writer.write(self.name, lane, records)

    def _last(self, lane: int) -> Mark | None:
        try:
            with committed_reader(self._connection) as consumer:
                record = last_record(consumer, self.name, lane)
        except PartitionEmptied as error:
            raise TopicUnusable(
                f"{error} So it cannot be told which event comes next. Name another topic by"
                " CHRONODESK_KAFKA__TOPIC, which is filled from the first event on, or delete this"
                " one; keep retention.ms at -1."
            ) from error
        if record is None:
            return None
        mark = mark_of(record.headers)
        if mark is None:
            raise TopicUnusable(
                f"The topic {self.name} holds what Chronodesk did not write (partition {lane},"
                f" offset {record.offset}): name one of its own by CHRONODESK_KAFKA__TOPIC."
            )
        return mark

    def _mark(self, consumer: Any, lane: int) -> Mark | None:
        try:
            record = last_record(consumer, self.name, lane)
        except PartitionEmptied:
            return None
        return mark_of(record.headers) if record is not None else None


class KafkaPartition:
    """projections.publish_ports.Partition."""

    def __init__(self, topic: KafkaTopic, writer: Writer, lane: int, last: Mark | None) -> None:
        self.last = last
        self._topic = topic
        self._writer = writer
        self._lane = lane

    def write(self, events: Sequence[Recorded[Any]]) -> None:
        """See Partition."""
        self._topic.write(self._writer, self._lane, events)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
