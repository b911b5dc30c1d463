"""Prometheus metrics of this process."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.registry import Collector

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10)


class Metrics:
    """One registry per application, so that several may live in one process."""

    def __init__(self, *others: Collector) -> None:
        """`others` are asked each time."""
        self._registry = CollectorRegistry()
        for other in others:
            self._registry.register(other)
        self._requests = Histogram(
            "chronodesk_http_request_seconds",
            "Time to answer, by route.",
            ["method", "route", "status"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._announced = Histogram(
            "chronodesk_clock_announced_seconds",
            "Seconds after its instant at which a step or a breach of a clock was written down.",
            buckets=(0.1, 0.25, 0.5, 1, 2.5, 10, 60, 3_600),
            registry=self._registry,
        )
        self._streams = Gauge(
            "chronodesk_live_streams", "Live streams that are open now.", registry=self._registry
        )
        self._told = Histogram(
            "chronodesk_live_told_seconds",
            "From writing an event to having sent it to a reader of the live stream.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._stream_resets = Counter(
            "chronodesk_live_resets",
            "Readers of the live stream that had to look at everything again, by reason.",
            ["reason"],
            registry=self._registry,
        )
        self._series: dict[tuple[str, str, int], Histogram] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request. What has been counted before is found by one look into a dictionary."""
        series = self._series.get((method, route, status))
        if series is None:
            series = self._requests.labels(method, route, str(status))
            self._series[method, route, status] = series
        series.observe(seconds)

    def announced(self, seconds: float) -> None:
        """What a clock reached was written down so late."""
        self._announced.observe(seconds)

    def streams(self, number: int) -> None:
        """So many live streams are open."""
        self._streams.set(number)

    def told(self, seconds: float) -> None:
        """An event reached a reader so long after it was written."""
        self._told.observe(seconds)

    def stream_reset(self, reason: str) -> None:
        """A reader of the live stream has to look at everything again."""
        self._stream_resets.labels(reason).inc()

    def text(self) -> bytes:
        """Everything in the Prometheus text format."""
        return generate_latest(self._registry)
