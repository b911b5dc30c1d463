"""The log on PostgreSQL keeps the contract of every event store."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.postgres.pool import open_pool
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from tests.contracts.event_store import EventStoreContract
from tests.database import Databases


class TestPostgresStore(EventStoreContract):
    @pytest.fixture(params=[1, 3], ids=["1 lane", "3 lanes"])
    def store(self, request: Any, databases: Databases) -> Iterator[PostgresStore]:
        with databases.fresh(migrated=request.param == 1) as url:
            migrate(url, lanes=request.param)
            with open_pool(url, 4, role="chronodesk_writer") as pool:
                yield PostgresStore(pool)
