"""Every event store there is, under the one contract; with one lane and with several."""

from collections.abc import Iterator

import pytest

from adapters.memory import MemoryStore
from adapters.postgres.pool import open_pool
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from tests.contracts.event_store import EventStoreContract
from tests.contracts.newer_events import NewerEventsContract


class TestMemoryStore(EventStoreContract):
    @pytest.fixture(params=[1, 3], ids=lambda lanes: f"lanes={lanes}")
    def store(self, request: pytest.FixtureRequest) -> MemoryStore:
        return MemoryStore(request.param)


class TestPostgresStore(EventStoreContract, NewerEventsContract):
    @pytest.fixture(params=[1, 3], ids=lambda lanes: f"lanes={lanes}")
    def store(
        self, request: pytest.FixtureRequest, empty_database_url: str
    ) -> Iterator[PostgresStore]:
        migrate(empty_database_url, lanes=request.param)
        with open_pool(empty_database_url, role="chronodesk_writer") as pool:
            yield PostgresStore(pool)
