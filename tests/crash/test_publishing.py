"""A publisher is killed, frozen or replaced at any point: the topic has each event once."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import pytest
from kafka.errors import KafkaError

from adapters.clock import SystemClock
from adapters.postgres.lanes import Lanes
from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.pool import open_pool
from adapters.postgres.projection_leases import PostgresLeases
from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.store import PostgresStore
from commands import COMMANDS
from commands.envelope import Request
from commands.handle import Handler
from commands.people.requester import RegisterRequester
from domain.ids import CommandId, RequesterId, WorkspaceId
from projections import queue
from tests.broker.broker import Broker
from tests.broker.topics import read_all
from tests.crash.publishing import POINTS
from tests.projections.log import KIM
from tests.projections.postgres import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
PATIENCE = 90


@pytest.fixture
def topic() -> str:
    return f"test-{uuid4().hex}"


@pytest.fixture
def store(database_url: str) -> Iterator[PostgresStore]:
    with open_pool(database_url, 4) as pool:
        PostgresRowStore(pool).prepare(queue.PROJECTION, [0])  # and with it the table of leases
        yield PostgresStore(pool)


def write(store: PostgresStore, pool_url: str, count: int) -> None:
    with open_pool(pool_url, 2) as pool:
        handler = Handler(store, PostgresNumbers(pool), SystemClock(), COMMANDS)
        for n in range(count):
            handler.handle(
                Request(
                    workspace=WorkspaceId("home"),
                    command=RegisterRequester(
                        requester=RequesterId(uuid4().hex), display_name=f"Ann {n}"
                    ),
                    command_id=CommandId(uuid4()),
                    by=KIM,
                )
            )


@contextmanager
def publisher(url: str, servers: str, topic: str, point: str = "") -> "Iterator[Publishing]":
    with subprocess.Popen(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "tests.crash.publishing",
            url,
            servers,
            topic,
            point,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


Publishing = subprocess.Popen[str]


def at(process: Publishing, point: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline().strip() == point


def published(servers: str, topic: str, lane: int = 0) -> list[tuple[int, str]]:
    """Position and id of what who follows has been given."""
    told = [dict(record.headers) for record in read_all(servers, topic, lane)]
    return [(int(headers["ce_position"]), headers["ce_id"].decode()) for headers in told]


def whole(store: PostgresStore, servers: str, topic: str) -> bool:
    """Whether the topic has everything; what it has must be right at any time."""
    complete = True
    for lane in store.lanes():
        log = [(e.position, e.event_id) for e in store.page(lane, 0, 1_000_000)]
        try:
            found = published(servers, topic, lane)
        except (KafkaError, AssertionError):  # not there yet
            return False
        assert found == log[: len(found)], "each once, in order, and nothing else"
        assert [position for position, _ in found] == list(range(1, len(found) + 1))
        complete = complete and len(found) == len(log)
    return complete


@pytest.mark.parametrize("point", POINTS)
def test_what_a_killed_publisher_was_doing_the_next_one_finds_out(
    kafka: str, database_url: str, store: PostgresStore, topic: str, point: str
) -> None:
    write(store, database_url, 60)
    with publisher(database_url, kafka, topic, point) as killed:
        at(killed, point)
        killed.kill()
    write(store, database_url, 5)
    with publisher(database_url, kafka, topic):
        eventually(lambda: whole(store, kafka, topic), PATIENCE)


@pytest.mark.parametrize("point", ["sent", "committed"])
def test_a_frozen_publisher_that_comes_back_is_fenced(
    kafka: str, database_url: str, store: PostgresStore, topic: str, point: str
) -> None:
    write(store, database_url, 60)
    with publisher(database_url, kafka, topic, point) as frozen:
        at(frozen, point)
        os.kill(frozen.pid, signal.SIGSTOP)
        with publisher(database_url, kafka, topic) as heir:
            eventually(lambda: whole(store, kafka, topic), PATIENCE)
            assert frozen.stdin is not None
            frozen.stdin.write("go on\n")
            frozen.stdin.flush()
            os.kill(frozen.pid, signal.SIGCONT)
            write(store, database_url, 5)
            eventually(lambda: whole(store, kafka, topic), PATIENCE)
            assert frozen.poll() is None
            assert heir.poll() is None


def test_publishers_that_are_killed_all_the_time_lose_and_double_nothing(
    kafka: str, database_url: str, store: PostgresStore, topic: str
) -> None:
    Lanes(database_url).set(3)
    store.epoch(fresh=True)
    seed = random.randrange(2**32)
    rng = random.Random(seed)
    stop = Event()

    def traffic() -> None:
        while not stop.is_set():
            write(store, database_url, 10)

    writing = Thread(target=traffic)
    writing.start()
    try:
        for _ in range(6):
            with publisher(database_url, kafka, topic) as killed:
                stop.wait(1 + rng.random() * 2)
                killed.kill()
    finally:
        stop.set()
        writing.join()
    with publisher(database_url, kafka, topic):
        eventually(lambda: whole(store, kafka, topic), PATIENCE)
    assert all(published(kafka, topic, lane) for lane in (0, 1, 2)), f"seed {seed}"


def test_two_publishers_share_the_lanes_and_one_takes_over_from_the_other(
    kafka: str, database_url: str, store: PostgresStore, topic: str
) -> None:
    Lanes(database_url).set(4)
    store.epoch(fresh=True)
    with open_pool(database_url, 2) as pool:
        leases = PostgresLeases(pool)

        def lanes_of(process: Publishing) -> int:
            held = [h for h in leases.holdings() if h.left > 0]
            return sum(h.worker.endswith(f":{process.pid}") for h in held)

        with publisher(database_url, kafka, topic) as one:
            eventually(lambda: lanes_of(one) == 4, PATIENCE)
            with publisher(database_url, kafka, topic) as two:
                eventually(lambda: lanes_of(one) == lanes_of(two) == 2, PATIENCE)
                write(store, database_url, 40)
                eventually(lambda: whole(store, kafka, topic), PATIENCE)
            write(store, database_url, 40)
            eventually(lambda: whole(store, kafka, topic), PATIENCE)


def test_a_broker_that_is_killed_and_comes_back_loses_and_doubles_nothing(
    own_broker: Broker, database_url: str, store: PostgresStore, topic: str
) -> None:
    write(store, database_url, 30)
    with publisher(database_url, own_broker.servers, topic) as process:
        eventually(lambda: whole(store, own_broker.servers, topic), PATIENCE)
        for _ in range(2):
            writing = Thread(target=write, args=[store, database_url, 200])
            writing.start()
            own_broker.kill()
            writing.join()
            own_broker.start()
            write(store, database_url, 5)
            eventually(lambda: whole(store, own_broker.servers, topic), PATIENCE)
        assert process.poll() is None
