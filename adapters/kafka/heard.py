"""Whether Kafka still answers: its library waits for one that is away, and says nothing."""

import time
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError

from adapters.kafka.connection import Connection
from projections.publish_ports import TopicUnavailable

ASK = 3.0
"""Seconds without a record after which it is asked."""

ASKING = 1_000
"""Milliseconds for its answer."""

LOST = 10.0
"""Seconds without an answer after which it counts as away."""


class Heard:
    """Of one consumer of a topic. `listen` is for whoever polls it, `check` for any thread."""

    def __init__(self, connection: Connection, consumer: Any, topic: str) -> None:
        self._servers = ", ".join(connection.servers)
        self._consumer = consumer
        self._topic = topic
        self._ask_at = time.monotonic() + ASK
        self._silent: tuple[float, str] | None = None

    def listen(self, found: object) -> None:
        """What a poll gave: when that was nothing, it is asked now and then."""
        if found:
            self._answered()
        elif time.monotonic() >= self._ask_at:
            # Of a member that has no partitions, too: it is there to take over from others.
            places = list(self._consumer.assignment()) or [TopicPartition(self._topic, 0)]
            try:
                self._consumer.end_offsets(places, timeout_ms=ASKING)
            except (KafkaError, OSError) as error:
                since = time.monotonic() if self._silent is None else self._silent[0]
                self._silent = since, str(error)
                self._ask_at = time.monotonic() + ASK
            else:
                self._answered()

    def check(self) -> None:
        """Raises TopicUnavailable when it has been silent for long."""
        silent = self._silent
        if silent is not None and (seconds := time.monotonic() - silent[0]) > LOST:
            raise TopicUnavailable(
                f"Kafka at {self._servers} has not told of {self._topic} for {seconds:.0f} s:"
                f" {silent[1]}"
            )

    def _answered(self) -> None:
        self._ask_at = time.monotonic() + ASK
        self._silent = None
