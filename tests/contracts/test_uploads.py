"""Every list of uploads there is, under the one contract."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.memory_uploads import MemoryUploads
from adapters.postgres.pool import open_pool
from adapters.postgres.uploads import PostgresUploads, migrate_content
from commands.ports import StoreUnavailable
from domain.ids import WorkspaceId
from tests.contracts.uploads import BLOB, HOUR, KIM, MINA, NOON, UploadsContract, put, upload


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
            lambda: closed.expect(upload()),
            lambda: closed.find(WorkspaceId("here"), BLOB, MINA),
            lambda: closed.claim(WorkspaceId("here"), [BLOB], None, NOON),
        ):
            with pytest.raises(StoreUnavailable):
                ask()

    def test_of_a_claim_and_a_doom_at_the_same_time_one_wins(
        self, uploads: PostgresUploads
    ) -> None:
        """Rows of two people, one of which is claimed while the file is looked at."""
        here, before = WorkspaceId("here"), NOON + HOUR
        for _ in range(20):
            put(uploads, upload(), upload(by=KIM))
            with ThreadPoolExecutor(2) as pool:
                claimed = pool.submit(uploads.claim, here, [BLOB], MINA, before)
                doomed = pool.submit(uploads.doom, here, BLOB, before)
            assert bool(claimed.result()) != doomed.result()
            uploads.claim(here, [BLOB], None, before)
            if not doomed.result():
                assert uploads.doom(here, BLOB, before + HOUR)
            uploads.forget(here, BLOB)
