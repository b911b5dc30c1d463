"""The log on Kafka: publishing it, a consumer's delay, views through it, a worker that is killed.

A real broker, one node. Publisher, consumer, broker and PostgreSQL share the machine's cores.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack

from adapters.kafka.connection import Connection
from adapters.kafka.group import KafkaGroup
from adapters.kafka.records import record_of
from adapters.postgres.schema import migrate
from api.console.collecting import collect_seldom
from api.kafka_settings import KafkaSettings
from api.services import Services
from bench.benchmarks.catch_up import behind
from bench.context import Bench
from bench.desk import catch_up, services, tell
from bench.events import append_of, new_stream
from bench.figure import Figure, at_least, at_most
from bench.kafka import kafka, publish, settings, topic_of, worker
from bench.seen import seen
from bench.yardsticks import producer
from projections import PROJECTIONS
from projections.publish import PAGE

_PER_SECOND = 200  # events, while delays are taken
_PATIENCE = 120.0  # seconds


def measure(bench: Bench) -> Iterator[Figure]:
    collect_seldom()  # as a worker does
    with kafka(bench) as servers:
        told = bench.database()
        bench.say(f"kafka: the histories of {bench.scale.log:,} tickets")
        with services(bench.url(told)) as opened:
            tell(opened, bench.scale.log)
            head = sum(end for _, end in opened.feed.head().lanes)
            yield from _publishing(bench, servers, opened, head)
        yield _views(bench, servers, told, head)
        bench.drop(told)
        yield _delay(bench, servers)
        yield _take_over(bench, servers)


def _publishing(bench: Bench, servers: str, opened: Services, head: int) -> Iterator[Figure]:
    ours: list[float] = []
    plain: list[float] = []
    in_transactions: list[float] = []
    lanes = opened.feed.lanes()
    records = [
        (lane, record_of(event, "/bench"))
        for lane in lanes
        for event in opened.feed.page(lane, 0, head)
    ]
    for _ in range(bench.scale.rounds):
        bench.say(f"kafka: {head:,} events are published, and sent by a bare producer")
        ours.append(head / publish(opened.feed, settings(servers), head))
        for rates, send in ((plain, producer.plain), (in_transactions, producer.in_transactions)):
            chosen = settings(servers)
            topic_of(chosen).prepare(lanes)
            rates.append(head / send(servers, chosen.topic, records, PAGE))
    for name, yardstick, rates in (
        ("kafka.publish", producer.NAME, plain),
        ("kafka.publish-in-transactions", producer.IN_TRANSACTIONS, in_transactions),
    ):
        yield Figure(
            name=name,
            what="catch-up of the publisher, from the log to the last commit",
            unit="1/s",
            values=ours,
            yardstick=yardstick,
            yardsticks=rates,
            aims=(at_least(0.5),),
            more={"events": head},
        )


def _views(bench: Bench, servers: str, told: str, head: int) -> Figure:
    """Catch-up from the topic; from its consumer's first look at its lanes on."""
    chosen = settings(servers, views=True)
    with services(bench.url(told)) as opened:
        publish(opened.feed, chosen, head)
    values, yardsticks = [], []
    for _ in range(bench.scale.rounds):
        bench.say(f"kafka: {head:,} events become views, by way of Kafka and from the log")
        values.append(head / _caught_up(bench, told, chosen))
        yardsticks.append(head / _caught_up(bench, told, None))
    return Figure(
        name="kafka.catch-up",
        what="catch-up of all projections through Kafka, events of the log",
        unit="1/s",
        values=values,
        yardstick="the same from the store's own feed",
        yardsticks=yardsticks,
        aims=(at_least(0.7),),
        more={"events": head, "projections": len(PROJECTIONS)},
    )


def _caught_up(bench: Bench, told: str, chosen: KafkaSettings | None) -> float:
    """Seconds for all views of a copy of the log, from the first step that finds something to do.

    Without settings straight from the log.
    """
    copy = bench.database(told)
    more = {} if chosen is None else {"kafka": chosen}
    with services(bench.url(copy), **more) as opened:
        deadline = time.monotonic() + _PATIENCE
        begun = time.perf_counter()
        while not opened.runner.step():
            _until(deadline, "The group gave out no lanes.")
            begun = time.perf_counter()
        catch_up(opened)
        while behind(opened):
            _until(deadline, "The views did not come to the end.")
            catch_up(opened)
        seconds = time.perf_counter() - begun
    bench.drop(copy)
    return seconds


def _delay(bench: Bench, servers: str) -> Figure:
    """With `chronodesk worker --publish` in a process, and a plain consumer in another."""
    chosen = settings(servers)
    url = bench.url(bench.database())
    seconds = bench.scale.foreign
    with services(url) as opened:
        lanes = opened.feed.lanes()

        def append() -> int:
            ((_, position),) = opened.store.append(append_of(new_stream(), 1)).position.lanes
            return position

        topic_of(chosen).prepare(lanes)
        with worker(url, chosen, "--publish"):
            append()
            _await_published(chosen, lanes[0], 1)
            bench.say(f"kafka: {_PER_SECOND} events a second to a consumer, {seconds:g} s")
            pause = 1 / _PER_SECOND
            through = seen("topic", f"{servers}/{chosen.topic}", append, seconds, pause=pause)
        bench.say(f"kafka: {_PER_SECOND} events a second to a reader of the log, {seconds:g} s")
        straight = seen("ours", url, append, seconds, pause=pause)
    return Figure(
        name="kafka.consumer",
        what=f"append until seen by a consumer, {_PER_SECOND} events a second, p99",
        unit="ms",
        values=[through.p99_ms or 0.0],
        yardstick="until seen by a reader of the log",
        yardsticks=[straight.p99_ms or 0.0],
        aims=(at_most(100, "p99_ms"),),
        p50_ms=through.p50_ms,
        p99_ms=through.p99_ms,
        yardstick_p99_ms=straight.p99_ms,
        more={"events": through.count},
    )


def _await_published(chosen: KafkaSettings, lane: int, position: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    topic = topic_of(chosen)
    while (mark := topic.marks([lane])[lane]) is None or mark.position < position:
        _until(deadline, "The publisher did not start.")


def _take_over(bench: Bench, servers: str) -> Figure:
    """Of two workers one is killed, the one that has the lane: the seconds until views go on."""
    values, yardsticks = [], []
    for _ in range(bench.scale.rounds):
        bench.say("kafka: a worker is killed, fed from Kafka and from the log")
        values.append(_taken_over(bench, settings(servers, views=True)))
        yardsticks.append(_taken_over(bench, settings(servers)))
    return Figure(
        name="kafka.take-over",
        what="a killed worker's lanes are with another one, and its views go on",
        unit="s",
        values=values,
        yardstick="the same with workers that read the log",
        yardsticks=yardsticks,
        aims=(at_most(15, "value"),),
    )


def _taken_over(bench: Bench, chosen: KafkaSettings) -> float:
    database = bench.database()
    url = bench.url(database)
    migrate(url, lanes=2)  # one for each worker
    with services(url) as opened, ExitStack() as running:
        topic_of(chosen).prepare(opened.feed.lanes())
        running.enter_context(worker(url, chosen, "--publish"))
        first = running.enter_context(worker(url, chosen, "--processes", "1"))
        _told_and_seen(opened)
        second = running.enter_context(worker(url, chosen, "--processes", "1"))
        deadline = time.monotonic() + _PATIENCE
        while not has_lanes(opened, chosen, second.pid):
            _until(deadline, "The second worker got no lanes.")
        _told_and_seen(opened)
        first.send_signal(signal.SIGKILL)
        begun = time.perf_counter()
        _told_and_seen(opened)
        seconds = time.perf_counter() - begun
    bench.drop(database)
    return seconds


def has_lanes(opened: Services, chosen: KafkaSettings, pid: int) -> bool:
    """Whether the worker of that process has joined: in the group, or by leases of its own."""
    if chosen.views:
        group = KafkaGroup(Connection(servers=chosen.addresses), chosen.topic, chosen.group)
        owners = [member.worker for member in group.members() if member.lanes]
    else:
        owners = [lease.worker for lease in opened.owners.leases().values() if lease.left > 0]
    return any(owner.endswith(f":{pid}") for owner in owners)


def _told_and_seen(opened: Services) -> None:
    """An event in each lane, until all views have them."""
    lanes = set(opened.feed.lanes())
    while lanes:
        told = opened.store.append(append_of(new_stream(), 1)).position
        lanes -= {lane for lane, _ in told.lanes}
    deadline = time.monotonic() + _PATIENCE
    while behind(opened):
        _until(deadline, "The views did not go on.")


def _until(deadline: float, why: str) -> None:
    """Wait a little. Raises TimeoutError after the deadline."""
    if time.monotonic() > deadline:
        raise TimeoutError(why)
    time.sleep(0.02)
