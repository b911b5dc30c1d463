"""commands.intake_ports.DeadLetters on a topic of one partition.

A letter is the record that was refused: its key, its value and its headers, and ours that say why.
What became of it stands in the same topic, as a record without a value that names its offset. So
the topic says what is open, and nothing is kept elsewhere that could disagree. A crash may put a
letter twice; the place where it was left names it, and readers take the first.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import Any

from kafka import KafkaProducer, TopicPartition
from kafka.errors import KafkaTimeoutError

from adapters.kafka.connection import Connection
from adapters.kafka.last import committed_reader
from adapters.kafka.letter_count import (
    PREFIX,
    SETTLES,
    LetterCount,
    Place,
    mark_of,
    place_of,
    settled_by,
)
from adapters.kafka.topics import FOR_EVER, made
from adapters.kafka.writer import GIVE_UP, LONGEST
from commands.intake_ports import Delivery, Ending, Letter, Reason, Refused
from domain.record import with_changes
from projections.publish_ports import TopicUnusable

CONFIGURATION = {**FOR_EVER, "max.message.bytes": str(LONGEST)}
"""Of a topic that is made here: whatever was left in the inbox fits into it."""


class KafkaDeadLetters:
    """Of the reports that were left at `inbox`. For one thread, but for `open`."""

    def __init__(
        self,
        connection: Connection,
        inbox: str,
        *,
        compression: str | None = "zstd",
        replication: int = -1,
    ) -> None:
        """The topic has the inbox's name with `.dead` behind it."""
        self.name = f"{inbox}.dead"
        self._inbox = inbox
        self._connection = connection
        self._compression = compression
        self._replication = replication
        self._producer: Any = None
        self._count = LetterCount()
        self._counting = Lock()

    def prepare(self) -> None:
        """See DeadLetters."""
        found = made(self._connection, self.name, 1, CONFIGURATION, self._replication)
        if found > 1:
            raise TopicUnusable(
                f"The topic {self.name} has {found} partitions. Letters are named by their offset"
                " alone: delete it when its letters are settled, and it is made with one."
            )

    def put(self, refused: Sequence[Refused], at: datetime) -> None:
        """See DeadLetters."""
        self._write(
            [
                (_key(one), one.value, [*_theirs(one), *self.told(one, reason, at)])
                for one, reason in refused
            ]
        )

    def settle(self, offset: int, ending: Ending, at: datetime) -> None:
        """See DeadLetters."""
        told = _headers(settles=offset, ending=ending.value, at=at.isoformat())
        self._write([(SETTLES, None, told)])

    def letters(self) -> Iterator[Letter]:
        """See DeadLetters. All are held in memory: there should be few."""
        endings: dict[int, Ending] = {}
        found: dict[Place, Letter] = {}
        with self._reading() as topic:
            for record in topic.beyond(-1):
                told = dict(record.headers)
                settled = settled_by(record)
                if settled is not None:
                    endings[settled] = Ending(told[f"{PREFIX}ending"].decode())
                elif (place := place_of(record)) is not None:
                    found.setdefault(place, _letter(record, told))
        for letter in found.values():
            yield with_changes(letter, ending=endings.get(letter.offset))

    def open(self) -> int:
        """See DeadLetters."""
        with self._counting, self._reading() as topic:
            if not self._goes_on(topic):
                self._count = LetterCount(begin=topic.begin)
            for record in topic.beyond(self._count.reached):
                self._count.take(record)
            return len(self._count.open)

    def told(self, one: Delivery, reason: Reason, at: datetime) -> list[tuple[str, bytes]]:
        """The headers that say what was refused, and why."""
        keyless = {"keyless": True} if one.key is None else {}
        return _headers(
            **keyless,
            reason=reason.code,
            message=reason.message,
            field=reason.field,
            what_to_do=reason.what_to_do,
            topic=self._inbox,
            partition=one.partition,
            offset=one.offset,
            time=one.at.isoformat(),
            at=at.isoformat(),
        )

    def _goes_on(self, topic: "_Records") -> bool:
        """Whether it is the topic that was counted: not made anew, and without records deleted."""
        if topic.begin != self._count.begin:
            return False
        last = self._count.last
        return last is None or next(map(mark_of, topic.beyond(last[0] - 1)), None) == last

    def _write(self, records: Sequence[tuple[Any, Any, list[tuple[str, bytes]]]]) -> None:
        """Add records, one behind the other. Raises when any of them may not be there."""
        if not records:
            return
        with self._connection.explained():
            try:
                sent = [
                    self._open().send(self.name, value, key=key, headers=headers, partition=0)
                    for key, value, headers in records
                ]
                self._open().flush(timeout=GIVE_UP)
                _all_there(sent)
            except BaseException:
                self.close()  # after a failure it is of no use
                raise

    def close(self) -> None:
        """See DeadLetters."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close(timeout=1)

    def _open(self) -> Any:
        if self._producer is None:
            self._producer = KafkaProducer(
                **self._connection.options | {"request_timeout_ms": round(GIVE_UP * 900)},
                acks="all",
                delivery_timeout_ms=round(GIVE_UP * 1_000),
                max_block_ms=round(GIVE_UP * 1_000),
                max_request_size=LONGEST,
                compression_type=self._compression,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
        return self._producer

    @contextmanager
    def _reading(self) -> Iterator["_Records"]:
        with self._connection.explained(), committed_reader(self._connection) as consumer:
            yield _Records(consumer, self.name)


class _Records:
    """The topic as it is now, from `begin` up to the end that it has."""

    def __init__(self, consumer: Any, topic: str) -> None:
        self._consumer = consumer
        self._place = place = TopicPartition(topic, 0)
        self.begin = self._end = 0
        if consumer.partitions_for_topic(topic):
            consumer.assign([place])
            self.begin = consumer.beginning_offsets([place])[place]
            self._end = consumer.end_offsets([place])[place]

    def beyond(self, offset: int) -> Iterator[Any]:
        """The records behind an offset."""
        if offset + 1 >= self._end:
            return
        self._consumer.seek(self._place, max(self.begin, offset + 1))
        deadline = time.monotonic() + GIVE_UP
        while self._consumer.position(self._place) < self._end:
            for records in self._consumer.poll(500).values():
                yield from records
                deadline = time.monotonic() + GIVE_UP
            if time.monotonic() > deadline:
                raise KafkaTimeoutError(f"{self._place.topic} was not read to its end.")


def _key(one: Delivery) -> bytes | None:
    """Its key. The library sends no record without both a key and a value."""
    return b"" if one.key is None and one.value is None else one.key


def _theirs(one: Delivery) -> list[tuple[str, bytes]]:
    """The headers it had.

    Those that look like ours would be believed, and the library sends none without a value.
    """
    return [(n, value or b"") for n, value in one.headers if not n.startswith(PREFIX)]


def _all_there(sent: Sequence[Any]) -> None:
    for one in sent:
        if not one.succeeded():
            raise one.exception or KafkaTimeoutError("A record was not answered.")


def _headers(**told: object) -> list[tuple[str, bytes]]:
    return [(f"{PREFIX}{name}", str(value).encode()) for name, value in told.items()]


def _letter(record: Any, told: dict[str, bytes]) -> Letter:
    def text(name: str) -> str:
        return told[f"{PREFIX}{name}"].decode(errors="replace")

    theirs = tuple(header for header in record.headers if not header[0].startswith(PREFIX))
    return Letter(
        offset=record.offset,
        delivery=Delivery(
            key=None if f"{PREFIX}keyless" in told else record.key,
            value=record.value,
            headers=theirs,
            partition=int(text("partition")),
            offset=int(text("offset")),
            at=datetime.fromisoformat(text("time")),
        ),
        reason=Reason(
            code=text("reason"),
            message=text("message"),
            field=text("field"),
            what_to_do=text("what_to_do"),
        ),
        refused_at=datetime.fromisoformat(text("at")),
    )
