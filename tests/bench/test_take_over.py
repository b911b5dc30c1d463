"""A worker that is to take over has joined before the other one is killed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from adapters.kafka.connection import Connection
from adapters.kafka.feed import KafkaFeed
from api.services import Services
from bench.benchmarks.kafka import has_lanes
from bench.context import Bench
from bench.desk import services
from bench.kafka import settings, topic_of
from tests.projections.postgres import eventually


@pytest.fixture
def opened(bench: Bench) -> Iterator[Services]:
    with services(bench.url(bench.database())) as made:
        yield made


def test_of_workers_that_read_the_log_leases_tell(opened: Services) -> None:
    chosen = settings("nowhere:1")
    assert not has_lanes(opened, chosen, os.getpid())
    assert opened.runner.step() == 0
    with share_of(opened):
        eventually(lambda: has_lanes(opened, chosen, os.getpid()))
        assert not has_lanes(opened, chosen, os.getpid() + 1)


def test_of_workers_that_read_the_topic_the_group_tells(opened: Services, kafka: str) -> None:
    chosen = settings(kafka, views=True)
    topic_of(chosen).prepare(opened.feed.lanes())
    cluster = Connection(servers=chosen.addresses)
    feed = KafkaFeed(cluster, chosen.topic, chosen.group, opened.feed.load)
    try:
        eventually(lambda: bool(feed.lanes()))
        eventually(lambda: has_lanes(opened, chosen, os.getpid()))
        assert not has_lanes(opened, chosen, os.getpid() + 1)
    finally:
        feed.close()


@contextmanager
def share_of(opened: Services) -> Iterator[None]:
    """What is to be done here is this process's, for the block."""
    share = opened.runner._share
    assert share is not None
    with share:
        yield
