"""What of kafka-python's consumer groups Chronodesk relies on, against a real broker."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import RebalanceInProgressError

from tests.broker.topics import topic

PATIENCE = 60.0  # seconds


class Member(ConsumerRebalanceListener):  # type: ignore[misc]
    """A member of a group that notes what it is given and what is taken from it."""

    def __init__(self, servers: str, name: str) -> None:
        self.given: list[int] = []
        self.taken: list[int] = []
        self.read: list[tuple[int, int]] = []
        self.consumer = KafkaConsumer(
            bootstrap_servers=servers,
            group_id=f"group of {name}",
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            partition_assignment_strategy=(CooperativeStickyAssignor,),
            session_timeout_ms=6_000,
            heartbeat_interval_ms=500,
        )
        self.consumer.subscribe([name], listener=self)

    def on_partitions_assigned(self, assigned: Any) -> None:
        self.given += sorted(place.partition for place in assigned)

    def on_partitions_revoked(self, revoked: Any) -> None:
        # Nothing may wait for the broker in here: commit(), for one, raises RuntimeError.
        self.taken += sorted(place.partition for place in revoked)

    def has(self) -> set[int]:
        return {place.partition for place in self.consumer.assignment()}

    def poll(self) -> None:
        # Shorter ones may end before a rebalance does, which is then begun anew.
        for place, records in self.consumer.poll(500).items():
            self.read += [(place.partition, record.offset) for record in records]
        with suppress(RebalanceInProgressError):  # it says so until it has polled again
            self.consumer.commit()


def until(check: Callable[[], bool], *members: Member) -> None:
    """All members poll at the same time, as processes do: in a rebalance each waits for all."""
    deadline = time.monotonic() + PATIENCE
    with ThreadPoolExecutor(len(members)) as threads:
        while not check():
            assert time.monotonic() < deadline, "it never came true"
            list(threads.map(Member.poll, members))


def test_who_joins_is_given_a_part_and_the_rest_stays_where_it_is(kafka: str) -> None:
    with topic(kafka, 4) as name:
        with KafkaProducer(bootstrap_servers=kafka) as producer:
            for n in range(400):
                producer.send(name, b"%d" % n, partition=n % 4)
        one = Member(kafka, name)
        until(lambda: len(one.read) == 400, one)
        assert one.has() == {0, 1, 2, 3}
        two = Member(kafka, name)
        until(lambda: len(one.has()) == len(two.has()) == 2, one, two)
        assert one.has() | two.has() == {0, 1, 2, 3}
        assert set(one.taken) == two.has(), "what stays is never taken away, not even for a moment"
        assert sorted(one.given) == [0, 1, 2, 3], "and is not given again"

        two.consumer.close(autocommit=False)
        until(lambda: one.has() == {0, 1, 2, 3}, one)
        one.poll()
        assert two.read == [], "it went on where the other one had committed"
        assert sorted(one.read) == [(p, n) for p in range(4) for n in range(100)]
        one.consumer.close(autocommit=False)
