"""The feed from Kafka, under the contract of the feed from the log; with one lane and several."""

from collections.abc import Iterator

import pytest

from adapters.postgres.pool import open_pool
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from tests.adapters.kafka_world import PublishedStore, following, published
from tests.contracts.feed import FeedContract
from tests.contracts.newer_events import NewerEventsContract


class TestKafkaFeed(FeedContract, NewerEventsContract):
    @pytest.fixture(params=[1, 3], ids=lambda lanes: f"lanes={lanes}")
    def store(
        self, request: pytest.FixtureRequest, empty_database_url: str, kafka: str
    ) -> Iterator[PublishedStore]:
        migrate(empty_database_url, lanes=request.param)
        with (
            open_pool(empty_database_url, role="chronodesk_writer") as pool,
            published(kafka, PostgresStore(pool)) as topic,
            following(kafka, PostgresStore(pool), topic) as feed,
        ):
            yield PublishedStore(PostgresStore(pool), feed)
