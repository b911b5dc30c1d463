"""A reader at the end of a log, in a process of its own.

`python -m bench.tail ours|stock URL`, or `topic SERVERS/NAME` for a log on Kafka, of one lane.

It says `ready`, then for each event a line with its position and the instant when it was seen, by
the clock that all processes of a machine share, in nanoseconds. It ends when its input does.
"""

import sys
import threading
import time
from collections.abc import Iterator

from kafka import KafkaConsumer, TopicPartition

from adapters.kafka.records import position_of
from adapters.postgres.bell import Bell
from adapters.postgres.pool import open_pool
from adapters.postgres.store import PostgresStore
from bench.yardsticks.stock import recorder
from domain.position import Position

_PAGE = 500
_WAIT = 1.0  # seconds


def main() -> None:
    """Follow the log that the arguments name."""
    kind, address = sys.argv[1:]
    positions = {"ours": _ours, "stock": _stock, "topic": _topic}[kind](address)
    threading.Thread(target=_read, args=[positions], daemon=True).start()
    sys.stdin.read()


def _read(positions: Iterator[int]) -> None:
    for position in positions:
        print(position, time.monotonic_ns(), flush=True)


def _ours(url: str) -> Iterator[int]:
    """Positions as projections.ports.Feed gives them to a worker."""
    with open_pool(url, 2) as pool, Bell(url) as bell:
        store = PostgresStore(pool, bell)
        reached = store.head()
        print("ready", flush=True)
        while True:
            before = reached
            for lane, position in before.lanes:
                for event in store.page(lane, position, _PAGE):
                    yield event.position
                    reached = reached.joined(Position.of({lane: event.position}))
            if reached == before:
                store.wait(reached, _WAIT)


def _stock(url: str) -> Iterator[int]:
    with recorder(url, 2) as opened, opened.subscribe(gt=opened.max_notification_id()) as events:
        print("ready", flush=True)
        for notification in events:
            yield notification.id


def _topic(address: str) -> Iterator[int]:
    """Positions as a plain consumer of kafka-python reads them from the topic's headers."""
    servers, _, name = address.partition("/")
    place = TopicPartition(name, 0)
    with KafkaConsumer(
        bootstrap_servers=servers, isolation_level="read_committed", enable_auto_commit=False
    ) as consumer:
        consumer.assign([place])
        consumer.seek(place, consumer.end_offsets([place])[place])
        print("ready", flush=True)
        while True:
            for records in consumer.poll(1_000).values():
                yield from filter(None, map(position_of, records))


if __name__ == "__main__":
    main()
