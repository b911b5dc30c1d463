"""commands.intake_ports.Inbox on a topic: a consumer group shares its partitions.

The offset of a partition is committed when everything before it is done, by who has the partition
then. Whoever dies, hangs, or loses it meanwhile leaves what it was about to the next one, who does
it again: doing it twice must be the same as doing it once.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    KafkaError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
from kafka.structs import OffsetAndMetadata

from adapters.kafka.connection import Connection
from adapters.kafka.heard import Heard
from adapters.kafka.member import SLICE, joined
from adapters.kafka.topics import made
from commands.intake_ports import Delivery

BATCH = 500
"""Deliveries taken at a time, at most: what a crash lets others do again."""

CONFIGURATION = {
    "cleanup.policy": "delete",
    "retention.ms": str(14 * 24 * 3_600_000),  # what was taken in is in the log
    "retention.bytes": "-1",
}
"""Of a topic that is made here."""

_NOT_OURS = (
    CommitFailedError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
"""What a commit raises while the group deals the partitions out, or has given them to others."""

log = structlog.get_logger("intake")


class KafkaInbox:
    """A topic from which reports are taken by the members of a group."""

    def __init__(
        self,
        connection: Connection,
        name: str,
        group: str,
        *,
        partitions: int = 8,
        replication: int = -1,
    ) -> None:
        """It is made with so many partitions and copies, if it is not there."""
        self.name = name
        self._connection = connection
        self._group = group
        self._partitions = partitions
        self._replication = replication

    def prepare(self) -> None:
        """See Inbox."""
        made(self._connection, self.name, self._partitions, CONFIGURATION, self._replication)

    @contextmanager
    def open(self) -> Iterator["KafkaMember"]:
        """See Inbox. What fails in the block while it is left is of no consequence."""
        with self._connection.explained():
            consumer = joined(self._connection, self.name, self._group, BATCH)
        try:
            yield KafkaMember(self._connection, consumer, self.name)
        finally:
            with suppress(KafkaError):
                consumer.close(autocommit=False, timeout_ms=2_000)

    def lag(self) -> int:
        """See Inbox."""
        with (
            self._connection.explained(),
            KafkaConsumer(
                **self._connection.options, enable_auto_commit=False, metrics_enabled=False
            ) as consumer,
            KafkaAdminClient(**self._connection.options) as admin,
        ):
            there = consumer.partitions_for_topic(self.name) or set()
            places = [TopicPartition(self.name, partition) for partition in there]
            if not places:
                return 0
            begins, ends = consumer.beginning_offsets(places), consumer.end_offsets(places)
            done = admin.list_group_offsets({self._group: places})[self._group]
            return sum(ends[place] - _from(done.get(place), begins[place]) for place in places)


class KafkaMember:
    """See commands.intake_ports.Member. For one thread."""

    def __init__(self, connection: Connection, consumer: Any, topic: str) -> None:
        self._connection = connection
        self._consumer = consumer
        self._heard = Heard(connection, consumer, topic)
        self._topic = topic
        self._ours: set[TopicPartition] = set()
        self._reached: dict[TopicPartition, int] = {}

    def take(self, timeout: float) -> Sequence[Delivery]:
        """See Member. Each poll goes on for SLICE: shorter ones may not let a rebalance end."""
        with self._connection.explained():
            self._consumer.resume(*self._consumer.paused())
            found = self._consumer.poll(round(max(timeout, SLICE) * 1_000))
            self._heard.listen(found)
            self._heard.check()
            self._tend()
            self._commit()
        return [_delivery(record) for records in found.values() for record in records]

    def stay(self) -> None:
        """See Member."""
        with self._connection.explained():
            self._consumer.pause(*self._consumer.assignment())
            found = self._consumer.poll(round(SLICE * 1_000))
            for place, records in found.items():  # of a partition that was given to us just now
                self._consumer.seek(place, records[0].offset)
            self._tend()

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """See Member."""
        for one in deliveries:
            place = TopicPartition(self._topic, one.partition)
            self._reached[place] = max(self._reached.get(place, 0), one.offset + 1)
        with self._connection.explained():
            self._commit()

    def _tend(self) -> None:
        """Forget partitions that are not ours any more, and look at those that are new."""
        ours = set(self._consumer.assignment())
        self._reached = {place: to for place, to in self._reached.items() if place in ours}
        for place in ours - self._ours:
            self._look_for_lost(place)
        self._ours = ours

    def _look_for_lost(self, place: TopicPartition) -> None:
        """Say so if records were deleted before anybody took them."""
        committed = self._consumer.committed(place)
        first = self._consumer.beginning_offsets([place])[place]
        if committed is not None and committed < first:
            log.error(
                "reports were deleted before they were taken in: raise retention.ms of the topic",
                topic=place.topic,
                partition=place.partition,
                reports=first - committed,
            )

    def _commit(self) -> None:
        reached = {p: to for p, to in self._reached.items() if p in self._consumer.assignment()}
        if not reached:
            return
        try:
            self._consumer.commit(
                {place: OffsetAndMetadata(to, "", -1) for place, to in reached.items()}
            )
        except _NOT_OURS:
            return  # again after the next poll, of what is still ours then
        self._reached = {}


def _delivery(record: Any) -> Delivery:
    return Delivery(
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
        partition=record.partition,
        offset=record.offset,
        at=_instant(record.timestamp),
    )


def _instant(milliseconds: int | None) -> datetime:
    """A time of Kafka, which may be any number at all, as an instant."""
    try:
        return datetime.fromtimestamp((milliseconds or 0) / 1_000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _from(committed: Any, begin: int) -> int:
    """Where the group goes on: of what nobody took before it was deleted, nothing is left."""
    offset = -1 if committed is None else committed.offset
    return max(offset, begin)
