"""How far everything that follows the log is on each lane, and who has it, for Prometheus."""

import time
from collections.abc import Callable, Iterator, Sequence
from threading import Lock

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from commands.intake_ports import DeadLetters, Inbox
from commands.ports import Clock
from domain.record import record
from projections.owners import Member, Owners, owner
from projections.publish import Publisher, TopicLag
from projections.publish_ports import TopicUnavailable
from projections.run import Lag

FRESH = 5.0
"""Seconds for which Kafka's answer is told again: several may scrape this process."""

AWAY = 30.0
"""Seconds for which a Kafka that did not answer is not asked: it costs a scrape some seconds."""


@record
class _Kafka:
    """What Kafka said; `reachable` is whether it said anything."""

    reachable: bool
    members: Sequence[Member] = ()
    published: Sequence[TopicLag] = ()
    waiting: int = 0
    dead: int = 0


class LaneMetrics(Collector):
    """Asked anew at each scrape, so that no series outlives the worker that it names."""

    def __init__(
        self,
        lag: Callable[[], Sequence[Lag]],
        owners: Owners,
        publisher: Publisher | None,
        clock: Clock,
        intake: tuple[Inbox, DeadLetters] | None = None,
    ) -> None:
        """`lag` gives how far each projection is behind, per lane; `intake` may be left out."""
        self._lag = lag
        self._owners = owners
        self._publisher = publisher
        self._clock = clock
        self._intake = intake
        self._asking = Lock()
        self._known: _Kafka | None = None
        self._ask_at = 0.0

    def collect(self) -> Iterator[Metric]:
        """All families. Raises Unavailable while the database is away."""
        kafka = None if self._publisher is None else self._kafka(self._publisher)
        yield from self._views(kafka.members if kafka else ())
        if kafka is not None:
            yield GaugeMetricFamily(
                "chronodesk_kafka_reachable",
                "1 when the brokers told how far the feed is published, else 0.",
                value=float(kafka.reachable),
            )
            yield from _published(kafka.published)
            if self._intake is not None and kafka.reachable:
                yield from _left(kafka)

    def _views(self, members: Sequence[Member]) -> Iterator[Metric]:
        lane = ["projection", "lane"]
        behind = GaugeMetricFamily(
            "chronodesk_projection_lag_events",
            "Events of the log that a projection has not applied yet.",
            labels=lane,
        )
        parked = GaugeMetricFamily(
            "chronodesk_projection_parked_events",
            "Events that a projection could not take and has put aside.",
            labels=lane,
        )
        position = GaugeMetricFamily(
            "chronodesk_projection_position", "Last position that a projection has.", labels=lane
        )
        heads = GaugeMetricFamily(
            "chronodesk_log_position", "Last position of the log.", labels=["lane"]
        )
        worker = GaugeMetricFamily(
            "chronodesk_projection_worker",
            "1 for the worker (host:pid) that advances a projection.",
            labels=[*lane, "worker"],
        )
        leases, ends = self._owners.leases(), {}
        for lag in self._lag():
            labels = [lag.projection, str(lag.lane)]
            ends[str(lag.lane)] = lag.head
            behind.add_metric(labels, lag.events)
            parked.add_metric(labels, lag.parked)
            position.add_metric(labels, lag.position)
            held = owner((lag.projection, lag.version, lag.lane), leases, members)
            if held is not None and (held.lease is None or held.lease.left >= 0):
                worker.add_metric([*labels, held.worker], 1)
        for name, end in ends.items():
            heads.add_metric([name], end)
        yield from (behind, parked, position, heads, worker)

    def _kafka(self, publisher: Publisher) -> _Kafka:
        """What it said, asked anew when that is some time ago.

        One scrape asks; others are told meanwhile what was said before, if anything was.
        """
        known = self._known
        if known is None:
            self._asking.acquire()
        elif time.monotonic() <= self._ask_at or not self._asking.acquire(blocking=False):
            return known
        try:
            if self._known is None or time.monotonic() > self._ask_at:
                self._known = self._ask(publisher)
                self._ask_at = time.monotonic() + (FRESH if self._known.reachable else AWAY)
            return self._known
        finally:
            self._asking.release()

    def _ask(self, publisher: Publisher) -> _Kafka:
        try:
            return _Kafka(
                reachable=True,
                members=self._owners.members(),
                published=publisher.lag(self._clock.now()),
                waiting=self._intake[0].lag() if self._intake else 0,
                dead=self._intake[1].open() if self._intake else 0,
            )
        except TopicUnavailable:
            return _Kafka(reachable=False)


def _left(kafka: _Kafka) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "chronodesk_intake_waiting_reports",
        "Reports in the topic of intake that are not taken in yet.",
        value=kafka.waiting,
    )
    yield GaugeMetricFamily(
        "chronodesk_intake_dead_letters",
        "Reports that were refused and are neither replayed nor dismissed.",
        value=kafka.dead,
    )


def _published(lags: Sequence[TopicLag]) -> Iterator[Metric]:
    position = GaugeMetricFamily(
        "chronodesk_publish_position", "Last position in the topic.", labels=["lane"]
    )
    behind = GaugeMetricFamily(
        "chronodesk_publish_lag_events", "Events that are not in the topic yet.", labels=["lane"]
    )
    seconds = GaugeMetricFamily(
        "chronodesk_publish_lag_seconds",
        "Age of the first event that is not in the topic yet; 0: all are.",
        labels=["lane"],
    )
    worker = GaugeMetricFamily(
        "chronodesk_publish_worker",
        "1 for the worker (host:pid) that publishes a lane.",
        labels=["lane", "worker"],
    )
    for lag in lags:
        lane = [str(lag.lane)]
        position.add_metric(lane, lag.position)
        behind.add_metric(lane, lag.events)
        seconds.add_metric(lane, lag.seconds)
        if lag.publisher is not None and lag.publisher.left >= 0:
            worker.add_metric([*lane, lag.publisher.worker], 1)
    yield from (position, behind, seconds, worker)
