"""Workers of intake are killed, frozen, and dealt new partitions: each report is there once."""

import json
import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from kafka import KafkaProducer

from adapters.kafka.connection import Connection
from adapters.kafka.dead_letters import KafkaDeadLetters
from adapters.kafka.group import KafkaGroup
from adapters.kafka.inbox import KafkaInbox
from adapters.postgres.pool import open_pool
from adapters.postgres.store import PostgresStore
from domain.intake import IntakeTaken
from projections.publish_ports import TopicUnavailable
from tests.broker.broker import Broker
from tests.crash.taking_in import IN_A_REBALANCE, POINTS
from tests.projections.postgres import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
PATIENCE = 90
TALKS = 12
REPORTS = 6

Process = subprocess.Popen[str]


class World:
    """A topic of intake, its workers, and what there must be in the end."""

    def __init__(self, url: str, servers: str) -> None:
        self.url, self.servers, self.name = url, servers, f"test-{uuid4().hex}"
        cluster = Connection(servers=(servers,))
        self.inbox = KafkaInbox(cluster, self.name, self.name, partitions=4, replication=1)
        self.letters = KafkaDeadLetters(cluster, self.name, replication=1)
        self.group = KafkaGroup(cluster, self.name, self.name)
        self.expected: dict[str, list[str]] = defaultdict(list)
        self.bad: list[str] = []

    def leave(self, talks: int = TALKS) -> None:
        """Whole conversations of newcomers, one report of each of which is refused."""
        run = uuid4().hex[:6]
        names = [f"{run} {n}" for n in range(talks)]
        with KafkaProducer(bootstrap_servers=self.servers) as producer:
            for step in range(REPORTS):
                for talk in names:
                    key, value = self._report(talk, step)
                    producer.send(self.name, value, key=key)
                    if step == 2:  # by mistake, twice
                        producer.send(self.name, value, key=key)
                    if step == 3:
                        self.bad.append(f"{talk}/bad")
                        wrong = {**json.loads(value), "external_id": self.bad[-1], "colour": "red"}
                        producer.send(self.name, json.dumps(wrong).encode(), key=key)
            producer.flush()

    def _report(self, talk: str, step: int) -> tuple[bytes, bytes]:
        name = f"{talk}/{step}"
        self.expected[talk].append(name)
        report: dict[str, Any] = {"source": "crm", "external_id": name, "conversation": talk}
        requester = {"email": f"{talk.replace(' ', '.')}@example.com", "name": talk}
        match step:
            case 0:
                report |= {"kind": "open", "subject": talk, "requester": requester}
            case _ if step == REPORTS - 1:
                report |= {"kind": "resolve", "note": "It is over."}
            case _:
                report |= {"kind": "message", "body": name, "requester": requester}
        return f"crm:{talk}".encode(), json.dumps(report).encode()

    @contextmanager
    def worker(self, point: str = "") -> Iterator[Process]:
        mine = {
            "CHRONODESK_DATABASE_URL": self.url,
            "CHRONODESK_LOG_LEVEL": "error",
            "CHRONODESK_KAFKA__SERVERS": self.servers,
            "CHRONODESK_KAFKA__INTAKE": self.name,
            "CHRONODESK_KAFKA__INTAKE_GROUP": self.name,
            "CHRONODESK_KAFKA__REPLICATION": "1",
        }
        with subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.crash.taking_in", point],
            env=os.environ | mine,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def empty(self) -> bool:
        with suppress(TopicUnavailable):
            return self.inbox.lag() == 0
        return False

    def members(self) -> list[int]:
        """How many partitions each worker has."""
        with suppress(TopicUnavailable):
            return [len(member.lanes) for member in self.group.members()]
        return []

    def taken(self) -> dict[str, list[str]]:
        """By conversation, in the order of its stream."""
        found: dict[str, list[str]] = defaultdict(list)
        with open_pool(self.url, 2) as pool:
            store = PostgresStore(pool)
            for lane in store.lanes():
                for recorded in store.page(lane, 0, 1_000_000):
                    if isinstance(recorded.event, IntakeTaken):
                        event = recorded.event
                        found[event.conversation].append(event.external_id)
                        assert recorded.version == len(found[event.conversation])
        return found

    def check(self) -> None:
        assert self.taken() == self.expected, "each once, in its order, and nothing else"
        dead = [json.loads(one.delivery.value or b"")["external_id"] for one in self._dead()]
        assert sorted(dead) == sorted(self.bad), "each once"

    def _dead(self) -> list[Any]:
        return list(self.letters.letters())


def at(process: Process, point: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline().strip() == point


def go_on(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.write("go on\n")
    process.stdin.flush()


@pytest.fixture
def world(database_url: str, kafka: str) -> World:
    made = World(database_url, kafka)
    made.inbox.prepare()
    made.letters.prepare()
    return made


@pytest.mark.parametrize("point", POINTS)
def test_what_a_killed_worker_was_doing_the_next_one_does_once(world: World, point: str) -> None:
    world.leave()
    with world.worker(point) as killed:
        at(killed, point)
        killed.kill()
    with world.worker():
        eventually(world.empty, PATIENCE)
    world.check()


@pytest.mark.parametrize("point", ["taken", "appended", "refused"])
def test_a_frozen_worker_that_comes_back_doubles_nothing(world: World, point: str) -> None:
    world.leave()
    with world.worker(point) as frozen:
        at(frozen, point)
        os.kill(frozen.pid, signal.SIGSTOP)
        with world.worker():
            eventually(world.empty, PATIENCE)
            world.check()
            go_on(frozen)
            os.kill(frozen.pid, signal.SIGCONT)
            world.leave()
            eventually(world.empty, PATIENCE)
            eventually(lambda: world.members() == [2, 2], PATIENCE)
            world.leave()
            eventually(world.empty, PATIENCE)
        assert frozen.poll() is None
    world.check()


@pytest.mark.parametrize("point", IN_A_REBALANCE)
def test_a_worker_that_is_killed_while_partitions_are_dealt_out_loses_and_doubles_nothing(
    world: World, point: str
) -> None:
    """The one that joins is killed when it is given some, or the one that they are taken from."""
    older, newer = ("revoked", "") if point == "revoked" else ("", "given")
    with world.worker(older) as first:
        world.leave()
        eventually(world.empty, PATIENCE)
        with world.worker(newer) as second:
            killed = first if older else second
            world.leave()
            at(killed, point)
            world.leave()
            killed.kill()
            eventually(world.empty, PATIENCE)
            eventually(lambda: world.members() == [4], PATIENCE)
    world.check()


def test_workers_that_are_killed_all_the_time_while_connections_break_lose_and_double_nothing(
    world: World,
) -> None:
    seed = random.randrange(2**32)
    rng = random.Random(seed)
    stop = Event()

    def traffic() -> None:
        while not stop.wait(0.2):
            world.leave(4)
            with psycopg.connect(world.url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND application_name = 'chronodesk'"
                )

    writing = Thread(target=traffic)
    writing.start()
    try:
        with world.worker():
            for _ in range(4):
                with world.worker() as killed:
                    stop.wait(2 + rng.random() * 3)
                    killed.kill()
    finally:
        stop.set()
        writing.join()
    with world.worker():
        eventually(world.empty, PATIENCE)
    world.check()
    assert len(world.expected) >= 4, f"seed {seed}"


def test_a_broker_that_is_killed_and_comes_back_loses_and_doubles_nothing(
    own_broker: Broker, database_url: str
) -> None:
    world = World(database_url, own_broker.servers)
    with world.worker() as worker:
        eventually(lambda: world.members() == [8], PATIENCE)
        for _ in range(2):
            world.leave()
            own_broker.kill()
            own_broker.start()
            world.leave()
            eventually(world.empty, PATIENCE)
        assert worker.poll() is None
    world.check()
