"""Every list of uploads there is, under the one contract."""

from collections.abc import Iterator

import pytest

from adapters.memory_uploads import MemoryUploads
from adapters.postgres.pool import open_pool
from adapters.postgres.uploads import PostgresUploads, migrate_content
from commands.ports import StoreUnavailable
from domain.ids import WorkspaceId
from tests.contracts.uploads import BLOB, MINA, NOON, UploadsContract, upload


class TestMemoryUploads(UploadsContract):
    @pytest.fixture
    def uploads(self) -> MemoryUploads:
        return MemoryUploads()


class TestPostgresUploads(UploadsContract):
    @pytest.fixture
    def uploads(self, empty_database_url: str) -> Iterator[PostgresUploads]:
        migrate_content(empty_database_url)
        with open_pool(empty_database_url, 2) as pool:
            yield PostgresUploads(pool)

    def test_a_database_that_is_away_is_called_that(self, empty_database_url: str) -> None:
        with open_pool(empty_database_url, 1) as pool:
            closed = PostgresUploads(pool)
        for ask in (
            lambda: closed.put(upload()),
            lambda: closed.find(WorkspaceId("here"), BLOB, MINA),
            lambda: closed.claim(WorkspaceId("here"), [BLOB], None, NOON),
        ):
            with pytest.raises(StoreUnavailable):
                ask()
