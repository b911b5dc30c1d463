"""A real Kafka to measure with, and what runs beside it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock
from typing import Any
from uuid import uuid4

from adapters.kafka.connection import Connection
from adapters.kafka.topic import KafkaTopic
from api.kafka_settings import KafkaSettings
from bench.context import Bench
from bench.processes import ended
from domain.recorded import Recorded
from projections.following import Mark
from projections.ports import Feed
from projections.publish import Publisher
from projections.publish_ports import Partition
from tests.broker.broker import EXISTING, Broker

_PATIENCE = 300.0  # seconds


@contextmanager
def kafka(bench: Bench) -> Iterator[str]:
    """host:port of a broker: the one that CHRONODESK_TEST_KAFKA names, or one of its own.

    Raises tests.broker.jars.NoKafka where none can run.
    """
    if there := os.environ.get(EXISTING):
        yield there
        return
    broker = Broker(bench.folder / "kafka")
    bench.say("kafka: a broker is started")
    try:
        yield broker.start().servers
    finally:
        broker.kill()


def settings(servers: str, **more: Any) -> KafkaSettings:
    """With a topic and a group that nobody else has."""
    topic = f"bench-{uuid4().hex[:12]}"
    return KafkaSettings(servers=servers, topic=topic, group=f"{topic}.views", **more)


def topic_of(chosen: KafkaSettings) -> KafkaTopic:
    return KafkaTopic(
        Connection(servers=chosen.addresses), chosen.topic, source=chosen.source, replication=1
    )


def environment(url: str, chosen: KafkaSettings) -> dict[str, str]:
    """What a process is told to be a part of the same cluster."""
    named = {
        "DATABASE_URL": url,
        "LOG_LEVEL": "error",
        "KAFKA__SERVERS": chosen.servers,
        "KAFKA__TOPIC": chosen.topic,
        "KAFKA__GROUP": chosen.group,
        "KAFKA__VIEWS": str(chosen.views).lower(),
        "KAFKA__INTAKE": chosen.intake,
        "KAFKA__INTAKE_GROUP": chosen.intake_group,
    }
    if chosen.handed_in_by is not None:
        named["KAFKA__INTAKE_TOKEN"] = chosen.handed_in_by
    return os.environ | {f"CHRONODESK_{name}": value for name, value in named.items()}


@contextmanager
def worker(url: str, chosen: KafkaSettings, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`chronodesk worker` in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "worker", *options],
        env=environment(url, chosen),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with ended(process):
        yield process


class Watched:
    """projections.publish_ports.Topic that notes when the first and the last event is written."""

    def __init__(self, topic: KafkaTopic, events: int) -> None:
        """All are written when it is `events`."""
        self.name = topic.name
        self.prepare = topic.prepare
        self.marks = topic.marks
        self.done = Event()
        self._topic = topic
        self._left = events
        self._lock = Lock()
        self._begun: float | None = None
        self.seconds = 0.0

    @contextmanager
    def open(self, lane: int) -> Iterator[Partition]:
        with self._topic.open(lane) as partition:
            yield _WatchedPartition(partition, self)

    def begin(self) -> None:
        with self._lock:
            self._begun = self._begun or time.perf_counter()

    def end(self, events: int) -> None:
        with self._lock:
            self._left -= events
            if self._left <= 0 and self._begun is not None:
                self.seconds = time.perf_counter() - self._begun
                self.done.set()


class _WatchedPartition:
    def __init__(self, partition: Partition, topic: Watched) -> None:
        self._partition = partition
        self._topic = topic

    @property
    def last(self) -> Mark | None:
        return self._partition.last

    def write(self, events: Sequence[Recorded[Any]]) -> None:
        self._topic.begin()
        self._partition.write(events)
        self._topic.end(len(events))


def publish(feed: Feed, chosen: KafkaSettings, events: int) -> float:
    """Publish a log of so many events; the seconds from the first write to the last commit."""
    topic, stop = Watched(topic_of(chosen), events), Event()
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(Publisher(feed, topic).run, stop)
        try:
            if not topic.done.wait(_PATIENCE):
                raise TimeoutError("The log was not published in time.")
        finally:
            stop.set()
            running.result()
    return topic.seconds
