"""Workers fed from Kafka: whoever is killed or frozen, every view is what the log says."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from kafka.admin import KafkaAdminClient

from adapters.postgres.lanes import Lanes
from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.store import PostgresStore
from projections import PROJECTIONS
from projections.run import Runner
from projections.verify import verify
from tests.adapters.kafka_world import following, published
from tests.crash.test_workers import write
from tests.projections.postgres import Views, eventually, running, views_on

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PATIENCE = 90


@pytest.fixture
def views(database_url: str) -> Iterator[Views]:
    Lanes(database_url).set(4)
    with views_on(database_url) as views:
        yield views


def log_of(views: Views) -> PostgresStore:
    store = PostgresStore(views.pool)
    store.epoch(fresh=True)
    return store


@contextmanager
def worker(url: str, kafka: str, topic: str) -> Iterator["subprocess.Popen[str]"]:
    """`chronodesk worker`, one process, fed from the topic."""
    mine = {
        "CHRONODESK_DATABASE_URL": url,
        "CHRONODESK_KAFKA__SERVERS": kafka,
        "CHRONODESK_KAFKA__TOPIC": topic,
        "CHRONODESK_KAFKA__GROUP": f"{topic}.views",
        "CHRONODESK_KAFKA__VIEWS": "true",
    }
    with subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "worker", "--processes", "1"],
        env=os.environ | mine,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def caught_up(views: Views) -> bool:
    head = PostgresStore(views.pool).head()
    reached = [views.store.positions(projection.name) for projection in PROJECTIONS]
    return all(position is not None and head.covered_by(position) for position in reached)


def sound(views: Views) -> None:
    """Every row is what a fold of the log from zero gives."""
    for projection in PROJECTIONS:
        verified = verify(projection, PostgresStore(views.pool), views.store)
        assert verified is not None
        assert verified.sound, verified


def members(kafka: str, topic: str) -> int:
    with KafkaAdminClient(bootstrap_servers=kafka) as admin:
        (group,) = admin.describe_groups([f"{topic}.views"]).values()
    return len(group["members"])


def test_views_fed_from_kafka_are_what_the_log_says(views: Views, kafka: str) -> None:
    store = log_of(views)
    write(views, 40)
    with published(kafka, store) as topic, following(kafka, store, topic) as feed:
        runner = Runner(store, PostgresRowStore(views.pool), PROJECTIONS, tail=feed)
        with running(runner):
            eventually(lambda: caught_up(views), PATIENCE)
            write(views, 20)
            eventually(lambda: caught_up(views), PATIENCE)
    sound(views)


def test_two_members_and_a_zombie_double_nothing(views: Views, kafka: str) -> None:
    """Both believe that they have every lane: what they read is the log, and rows are theirs."""
    store = log_of(views)
    write(views, 40)
    with (
        published(kafka, store) as topic,
        following(kafka, store, topic) as one,
        following(kafka, store, topic, group=f"{topic}.zombie") as two,
        running(Runner(store, PostgresRowStore(views.pool), PROJECTIONS, tail=one, page=7)),
        running(Runner(store, PostgresRowStore(views.pool), PROJECTIONS, tail=two, page=11)),
    ):
        eventually(lambda: caught_up(views), PATIENCE)
        write(views, 20)
        eventually(lambda: caught_up(views), PATIENCE)
    sound(views)


def test_what_a_killed_worker_had_another_one_takes_over(views: Views, kafka: str) -> None:
    store = log_of(views)
    write(views, 20)
    with published(kafka, store) as topic, worker(views.url, kafka, topic) as killed:
        eventually(lambda: caught_up(views), PATIENCE)
        with worker(views.url, kafka, topic):
            eventually(lambda: members(kafka, topic) == 2, PATIENCE)
            write(views, 10)
            eventually(lambda: caught_up(views), PATIENCE)
            killed.kill()
            write(views, 10)
            eventually(lambda: caught_up(views), PATIENCE)
    sound(views)


def test_a_frozen_worker_that_comes_back_doubles_nothing(views: Views, kafka: str) -> None:
    store = log_of(views)
    write(views, 20)
    with published(kafka, store) as topic, worker(views.url, kafka, topic) as frozen:
        eventually(lambda: caught_up(views), PATIENCE)
        write(views, 10)
        os.kill(frozen.pid, signal.SIGSTOP)
        with worker(views.url, kafka, topic):
            write(views, 10)
            eventually(lambda: caught_up(views), PATIENCE)
            os.kill(frozen.pid, signal.SIGCONT)
            write(views, 10)
            eventually(lambda: caught_up(views), PATIENCE)
    sound(views)
