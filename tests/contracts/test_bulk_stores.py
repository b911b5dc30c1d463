"""Every bulk store there is, under the one contract; with one lane and with several."""

from collections.abc import Iterator

import pytest

from adapters.memory import MemoryStore
from adapters.postgres.bulk import LOADER, PostgresBulkStore
from adapters.postgres.pool import open_pool
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from commands.ports import Packed, Receipt, VersionConflict
from tests.contracts.bulk_store import BulkStoreContract


class TestMemoryStore(BulkStoreContract):
    @pytest.fixture(params=[1, 3], ids=lambda lanes: f"lanes={lanes}")
    def store(self, request: pytest.FixtureRequest) -> MemoryStore:
        return MemoryStore(request.param)


class Both(PostgresStore):
    """The two ways into one log."""

    bulk: PostgresBulkStore

    def append_history(self, requests: list[Packed]) -> list[Receipt | VersionConflict]:
        return self.bulk.append_history(requests)


class TestPostgresBulkStore(BulkStoreContract):
    @pytest.fixture(params=[1, 3], ids=lambda lanes: f"lanes={lanes}")
    def store(self, request: pytest.FixtureRequest, empty_database_url: str) -> Iterator[Both]:
        migrate(empty_database_url, lanes=request.param)
        with (
            open_pool(empty_database_url, role="chronodesk_writer") as pool,
            open_pool(empty_database_url, 1, role=LOADER) as loading,
        ):
            both = Both(pool)
            both.bulk = PostgresBulkStore(loading)
            yield both
