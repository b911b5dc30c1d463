"""Metrics of lanes: asked anew each time, and patient with a Kafka that is away."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event

import pytest

from adapters.memory_inbox import MemoryDeadLetters, MemoryInbox
from adapters.memory_leases import MemoryLeases, MemoryLedger
from adapters.memory_topic import MemoryTopic
from api.edge import lane_metrics
from api.edge.lane_metrics import LaneMetrics
from api.edge.metrics import Metrics
from commands.intake_ports import Ending
from domain.ids import stream_of
from projections.owners import Member, Owners
from projections.publish import Publisher, TopicLag
from projections.publish_ports import TopicUnavailable
from projections.run import Lag
from tests.contracts.inbox import refused
from tests.projections.log import Log, minute, opened


class _Clock:
    def now(self) -> datetime:
        return minute(10)


class _Group:
    def __init__(self) -> None:
        self.there: Sequence[Member] = (Member(worker="a:1", lanes=(0,)),)

    def members(self) -> Sequence[Member]:
        return self.there


class _Away(Publisher):
    asked = 0

    def lag(self, now: datetime) -> list[TopicLag]:
        self.asked += 1
        raise TopicUnavailable("away")


def leases_of(worker: str) -> MemoryLeases:
    return MemoryLeases(MemoryLedger(lambda: 0.0), worker)


def lag() -> list[Lag]:
    return [Lag(projection="queue", version=1, lane=0, position=3, head=5, parked=1)]


def log() -> Log:
    log = Log()
    log.write(stream_of("ticket", "one"), opened())
    return log


def test_they_tell_where_each_lane_is_and_who_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_metrics, "FRESH", -1.0)
    leases, group = leases_of("p:9"), _Group()
    publisher = Publisher(log(), MemoryTopic(1), leases=leases)
    leases.share([("publish memory", 1, 0)])
    metrics = Metrics(LaneMetrics(lag, Owners(leases, group), publisher, _Clock()))
    waits = (minute(10) - log().page(0, 0, 1)[0].recorded_at).total_seconds()
    text = metrics.text().decode()
    for line in (
        'chronodesk_projection_lag_events{lane="0",projection="queue"} 2.0',
        'chronodesk_projection_parked_events{lane="0",projection="queue"} 1.0',
        'chronodesk_projection_position{lane="0",projection="queue"} 3.0',
        'chronodesk_log_position{lane="0"} 5.0',
        'chronodesk_projection_worker{lane="0",projection="queue",worker="a:1"} 1.0',
        'chronodesk_publish_position{lane="0"} 0.0',
        'chronodesk_publish_lag_events{lane="0"} 1.0',
        f'chronodesk_publish_lag_seconds{{lane="0"}} {waits}',
        'chronodesk_publish_worker{lane="0",worker="p:9"} 1.0',
        "chronodesk_kafka_reachable 1.0",
    ):
        assert f"{line}\n" in text
    group.there = (Member(worker="b:2", lanes=(0,)),)
    text = metrics.text().decode()
    assert 'worker="b:2"' in text
    assert 'worker="a:1"' not in text, "it has left"


def test_a_kafka_that_is_away_is_told_and_not_asked_at_each_scrape() -> None:
    leases = leases_of("p:9")
    publisher = _Away(log(), MemoryTopic(1))
    metrics = Metrics(LaneMetrics(lag, Owners(leases, _Group()), publisher, _Clock()))
    for _ in range(3):
        text = metrics.text().decode()
        assert "chronodesk_kafka_reachable 0.0" in text
        assert 'chronodesk_projection_position{lane="0",projection="queue"} 3.0' in text
    assert publisher.asked == 1


def test_a_scrape_does_not_wait_for_another_one_that_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_metrics, "FRESH", -1.0)
    letters = _Slow()
    publisher = Publisher(log(), MemoryTopic(1), leases=leases_of("p:9"))
    intake = (MemoryInbox(), letters)
    owners = Owners(leases_of("a:1"), _Group())
    metrics = Metrics(LaneMetrics(lag, owners, publisher, _Clock(), intake))
    letters.go_on.set()
    assert "chronodesk_intake_dead_letters 1.0" in metrics.text().decode()
    letters.go_on.clear()
    letters.asked.clear()
    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(metrics.text)
        try:
            assert letters.asked.wait(60)
            assert "chronodesk_intake_dead_letters 1.0" in metrics.text().decode()
        finally:
            letters.go_on.set()
        assert "chronodesk_intake_dead_letters 2.0" in one.result().decode()


class _Slow(MemoryDeadLetters):
    """Counts one more each time, and only when it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go_on = Event(), Event()
        self._counted = 0

    def open(self) -> int:
        self.asked.set()
        assert self.go_on.wait(60)
        self._counted += 1
        return self._counted


def test_without_a_kafka_nothing_is_said_of_one() -> None:
    owners = Owners(leases_of("p:9"))
    text = Metrics(LaneMetrics(lag, owners, None, _Clock())).text().decode()
    assert "kafka" not in text
    assert "publish" not in text
    assert 'chronodesk_log_position{lane="0"} 5.0' in text


def test_they_tell_what_others_left_and_what_was_refused_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lane_metrics, "FRESH", -1.0)
    inbox, letters = MemoryInbox(), MemoryDeadLetters()
    publisher = Publisher(log(), MemoryTopic(1), leases=leases_of("p:9"))
    owners = Owners(leases_of("a:1"), _Group())
    metrics = Metrics(LaneMetrics(lag, owners, publisher, _Clock(), (inbox, letters)))
    inbox.leave(*(one for one, _ in refused(0, 1, 2)))
    letters.put(refused(0, 1), minute(1))
    letters.settle(0, Ending.DISMISSED, minute(2))
    said = metrics.text().decode()
    assert "chronodesk_intake_waiting_reports 3.0" in said
    assert "chronodesk_intake_dead_letters 1.0" in said
    without = Metrics(LaneMetrics(lag, owners, publisher, _Clock()))
    assert "chronodesk_intake" not in without.text().decode()
