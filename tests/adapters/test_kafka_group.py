"""The cluster tells who reads which lane."""

from collections.abc import Iterator

import pytest

from adapters.kafka.connection import Connection
from adapters.kafka.group import KafkaGroup, client_id
from adapters.postgres.pool import open_pool
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from projections.owners import Member
from projections.publish_ports import TopicUnavailable
from tests.adapters.kafka_world import following, published

ME = client_id().removeprefix("chronodesk-")


@pytest.fixture
def store(empty_database_url: str) -> Iterator[PostgresStore]:
    migrate(empty_database_url, lanes=3)
    with open_pool(empty_database_url) as pool:
        yield PostgresStore(pool)


def test_a_member_is_told_with_its_lanes_and_is_gone_when_it_leaves(
    kafka: str, store: PostgresStore
) -> None:
    with published(kafka, store) as topic:
        group = KafkaGroup(Connection(servers=(kafka,)), topic, f"{topic}.views")
        other = KafkaGroup(Connection(servers=(kafka,)), "another", f"{topic}.views")
        with following(kafka, store, topic):
            assert group.members() == [Member(worker=ME, lanes=(0, 1, 2))]
            assert other.members() == [Member(worker=ME, lanes=())]
        assert group.members() == []


def test_nobody_is_in_a_group_that_never_was(kafka: str) -> None:
    assert KafkaGroup(Connection(servers=(kafka,)), "topic", "never").members() == []


def test_a_cluster_that_is_away_is_told_as_such() -> None:
    away = Connection(servers=("127.0.0.1:1",), security={"bootstrap_timeout_ms": 100})
    with pytest.raises(TopicUnavailable, match="cannot be reached"):
        KafkaGroup(away, "topic", "group").members()
